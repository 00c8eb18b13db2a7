using Google.Rpc;
using Microsoft.AspNetCore.DataProtection;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Simulator;
using TalkGateway.Talk.V1;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Sessions;

/// <summary>A session belongs to the one client that was told its token.</summary>
public sealed class SessionTests
{
    private const string PassphraseCookie = "oc_sessionPassphrase=";

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task Two_clients_of_one_account_never_see_each_others_session(string profile)
    {
        await using var gateway = await TestGateway.StartAsync(profile);
        var phone = gateway.As("alice");
        var desktop = phone.Elsewhere();
        var (first, second) = (await RoomAsync(phone), await RoomAsync(phone));

        await phone.DoAsync(new JoinRoomRequest { Token = first });
        var onPhone = await CookiesOfAsync(gateway, phone, first);
        await desktop.DoAsync(new JoinRoomRequest { Token = second });
        var onDesktop = await CookiesOfAsync(gateway, desktop, second);
        var onNone = await CookiesOfAsync(gateway, phone.Elsewhere(), first);

        Assert.NotEqual(phone.Session, desktop.Session);
        Assert.NotEmpty(onPhone);
        Assert.NotEmpty(onDesktop);
        Assert.Empty(onPhone.Intersect(onDesktop));
        Assert.Empty(onNone.Intersect(onPhone.Concat(onDesktop)));
    }

    [Theory]
    [InlineData("12")]
    [InlineData("25")]
    public async Task Two_clients_of_one_account_are_in_a_call_each_for_themselves(string profile)
    {
        await using var gateway = await TestGateway.StartAsync(profile);
        var phone = gateway.As("alice");
        var desktop = phone.Elsewhere();
        var token = await RoomAsync(phone);

        await phone.DoAsync(new JoinCallRequest { Token = token, Flags = 1 });
        await desktop.DoAsync(new JoinCallRequest { Token = token, Flags = 3 });
        Assert.Equal(2, await PeersAsync());
        await phone.DoAsync(new LeaveCallRequest { Token = token });
        Assert.Equal(1, await PeersAsync());
        Assert.Equal(Code.FailedPrecondition, (await phone.FailAsync(new UpdateCallFlagsRequest { Token = token, Flags = 1 })).Code);
        await desktop.DoAsync(new UpdateCallFlagsRequest { Token = token, Flags = 1 });

        async Task<int> PeersAsync() => (await phone.Elsewhere().AskAsync<ListCallPeersResponse>(new ListCallPeersRequest { Token = token })).Peers.Count;
    }

    [Fact]
    public async Task The_token_of_the_answer_is_the_one_in_its_metadata()
    {
        await using var gateway = await TestGateway.StartAsync();
        var alice = gateway.As("alice");

        var joined = await alice.AskAsync<JoinRoomResponse>(new JoinRoomRequest { Token = await RoomAsync(alice) });

        Assert.NotEmpty(joined.SessionToken);
        Assert.Equal(joined.SessionToken, alice.Session);
    }

    [Fact]
    public async Task What_needs_a_session_says_so_without_asking_the_server()
    {
        await using var gateway = await TestGateway.StartAsync();

        var guest = await gateway.Guest().FailAsync(new LeaveCallRequest { Token = "abcd1234" });
        Assert.Equal((Code.FailedPrecondition, "SESSION_REQUIRED"), (guest.Code, guest.Reason));
        Assert.Empty(gateway.Simulator.Requests.All);

        // Who has a login is only asked whether it is one.
        var alice = await gateway.As("alice").FailAsync(new LeaveCallRequest { Token = "abcd1234" });
        Assert.Equal((Code.FailedPrecondition, "SESSION_REQUIRED"), (alice.Code, alice.Reason));
        Assert.Equal(["user.get"], gateway.Simulator.Requests.All.Select(request => request.Operation));
    }

    [Fact]
    public async Task A_session_is_of_no_use_to_another_account_or_guest()
    {
        await using var gateway = await TestGateway.StartAsync();
        var alice = gateway.As("alice");
        var token = await RoomAsync(alice);
        await alice.DoAsync(new JoinRoomRequest { Token = token });
        gateway.Simulator.Requests.Clear();

        foreach (var thief in new[] { gateway.As("bob"), gateway.Guest(), gateway.WithAppPassword("alice") })
        {
            thief.Session = alice.Session;
            var failure = await thief.FailAsync(new ListCallPeersRequest { Token = token });
            Assert.Equal((Code.PermissionDenied, "SESSION_INVALID"), (failure.Code, failure.Reason));
        }

        Assert.Empty(gateway.Simulator.Requests.All);
    }

    [Fact]
    public async Task A_session_is_of_no_use_at_another_server()
    {
        await using var other = await TalkSimulator.StartAsync();
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions
        {
            Keys = new Dictionary<string, string?>
            {
                ["Upstreams:Default"] = TestGateway.Upstream,
                ["Upstreams:Servers:other:Address"] = other.BaseAddress.AbsoluteUri,
            },
        });
        var alice = gateway.As("alice");
        await alice.DoAsync(new JoinRoomRequest { Token = await RoomAsync(alice) });

        var failure = await (alice with { Metadata = [("talk-upstream", "other")] }).FailAsync(new ListRoomsRequest());

        Assert.Equal((Code.PermissionDenied, "SESSION_INVALID"), (failure.Code, failure.Reason));
        Assert.Empty(other.Requests.All);
    }

    [Fact]
    public async Task A_session_that_was_tampered_with_or_made_up_is_refused()
    {
        await using var gateway = await TestGateway.StartAsync();
        var alice = gateway.As("alice");
        await alice.DoAsync(new JoinRoomRequest { Token = await RoomAsync(alice) });
        var middle = alice.Session!.Length / 2;
        var tampered = string.Concat(alice.Session.AsSpan(0, middle), alice.Session[middle] == 'A' ? "B" : "A", alice.Session.AsSpan(middle + 1));
        gateway.Simulator.Requests.Clear();

        foreach (var token in new[] { tampered, alice.Session[..^8], "made-up", "!", new string('A', 5000) })
        {
            alice.Session = token;
            var failure = await alice.FailAsync(new ListRoomsRequest());
            Assert.Equal((Code.InvalidArgument, "SESSION_INVALID"), (failure.Code, failure.Reason));
            Assert.DoesNotContain(token, failure.Text, StringComparison.Ordinal);
        }

        Assert.Empty(gateway.Simulator.Requests.All);
    }

    [Fact]
    public async Task A_session_goes_on_at_another_replica_that_shares_the_keys()
    {
        var keyring = new EphemeralDataProtectionProvider();
        await using var one = await TestGateway.StartAsync(new TestGatewayOptions { Keyring = keyring });
        await using var two = await TestGateway.StartAsync(new TestGatewayOptions { Keyring = keyring, Upstream = one.Simulator.BaseAddress });
        var guest = one.Guest();
        var token = await RoomAsync(one.As("alice"));
        await guest.DoAsync(new JoinRoomRequest { Token = token });

        var elsewhere = guest with { Client = two.Client };
        await elsewhere.DoAsync(new SendMessageRequest { Token = token, Message = "Served by another replica" });
        await elsewhere.DoAsync(new LeaveRoomRequest { Token = token });

        Assert.Equal(Code.NotFound, (await guest.FailAsync(new SendMessageRequest { Token = token, Message = "Gone" })).Code);
    }

    [Fact]
    public async Task A_session_is_refused_by_a_gateway_with_other_keys()
    {
        await using var one = await TestGateway.StartAsync();
        await using var two = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = one.Simulator.BaseAddress });
        var guest = one.Guest();
        await guest.DoAsync(new JoinRoomRequest { Token = await RoomAsync(one.As("alice")) });

        var failure = await (guest with { Client = two.Client }).FailAsync(new ListRoomsRequest());

        Assert.Equal((Code.InvalidArgument, "SESSION_INVALID"), (failure.Code, failure.Reason));
    }

    [Fact]
    public async Task The_password_of_a_room_is_given_once_per_session()
    {
        await using var gateway = await TestGateway.StartAsync();
        var (alice, guest) = (gateway.As("alice"), gateway.Guest());
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Locked", Password = "s3cret" })).Room.Token;

        await guest.DoAsync(new JoinRoomRequest { Token = token, Password = "s3cret" });
        await guest.DoAsync(new LeaveRoomRequest { Token = token });
        await guest.DoAsync(new JoinRoomRequest { Token = token });

        Assert.Equal(Code.PermissionDenied, (await guest.Elsewhere().FailAsync(new JoinRoomRequest { Token = token })).Code);
    }

    private static async Task<string> RoomAsync(Caller alice) =>
        (await alice.Elsewhere().AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Room" })).Room.Token;

    /// <summary>The PHP sessions that a client's calls travel in.</summary>
    private static async Task<IReadOnlyList<string>> CookiesOfAsync(TestGateway gateway, Caller caller, string token)
    {
        gateway.Simulator.Requests.Clear();
        await caller.DoAsync(new GetRoomRequest { Token = token });
        await caller.DoAsync(new ListRoomsRequest());
        return
        [
            .. gateway.Simulator.Requests.All
                .SelectMany(request => request.Headers.GetValueOrDefault("Cookie", "").Split("; "))
                .Where(cookie => cookie.StartsWith(PassphraseCookie, StringComparison.Ordinal))
                .Distinct(),
        ];
    }
}
