using Google.Protobuf;
using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Simulator;
using TalkGateway.Talk;
using TalkGateway.Talk.V1;
using TalkGateway.Testing;
using TalkGateway.Transcoding;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Sessions;

/// <summary>The gateway logs in as rarely as it can, and not at all with what it knows to be wrong.</summary>
public sealed class LoginTests
{
    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task Repeated_calls_log_in_once(string profile)
    {
        await using var gateway = await TestGateway.StartAsync(profile);

        await RepeatAsync(gateway.WithAppPassword("alice"));
        await RepeatAsync(gateway.As("bob"));

        Assert.Equal(2, Logins(gateway));
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task Who_is_no_administrator_is_told_so_and_stays_logged_in(string profile)
    {
        await using var gateway = await TestGateway.StartAsync(profile);
        var alice = gateway.As("alice");

        var failure = await alice.FailAsync(new GetServerWelcomeRequest());

        Assert.Equal(Gateways.VersionOf(profile).Major < 9 ? Code.Unimplemented : Code.PermissionDenied, failure.Code);
        await RepeatAsync(alice);
        Assert.Equal(1, Logins(gateway));
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task A_wrong_password_is_unauthenticated_where_guests_are_served_and_costs_one_request(string profile)
    {
        await using var gateway = await TestGateway.StartAsync(profile);
        var token = (await gateway.As("alice").AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Open" })).Room.Token;
        gateway.Simulator.Requests.Clear();

        var failure = await gateway.As("bob", "wrong").FailAsync(new GetRoomRequest { Token = token });

        Assert.Equal((Code.Unauthenticated, "401"), (failure.Code, failure.Info.Metadata["http_status"]));
        Assert.Contains("password is wrong", failure.Text, StringComparison.Ordinal);
        foreach (var request in new IMessage[] { new GetCapabilitiesRequest(), new GetServerStatusRequest(), new JoinRoomRequest { Token = token } })
        {
            Assert.Equal(Code.Unauthenticated, (await gateway.As("bob", "wrong").FailAsync(request)).Code);
        }

        Assert.Single(gateway.Simulator.Requests.All);
    }

    [Theory]
    [InlineData("3.2")]
    [InlineData("5")]
    [InlineData("25")]
    public async Task A_wrong_password_is_unauthenticated_on_every_rpc(string profile)
    {
        await using var gateway = await TestGateway.StartAsync(
            new TestGatewayOptions { Simulator = new SimulatorOptions { Profile = profile, SeedDemoData = false }, Time = new ManualTimeProvider() });
        foreach (var (number, plan) in TalkContract.Plans.Methods.Index())
        {
            var request = plan.Descriptor.InputType.Parser.ParseFrom(ByteString.Empty);
            request.Descriptor.FindFieldByName("token")?.Accessor.SetValue(request, "abcd1234");

            // Each as the first call of its caller, and as one that follows.
            var wrong = gateway.As("bob", $"wrong{number}");
            Assert.Equal((plan.OperationId, Code.Unauthenticated, "UNAUTHENTICATED"), Told(plan, await wrong.FailAsync(request)));
            Assert.Equal((plan.OperationId, Code.Unauthenticated, "CREDENTIAL_REFUSED_BEFORE"), Told(plan, await wrong.FailAsync(request)));
        }

        Assert.All(gateway.Simulator.Requests.All, request => Assert.Equal("user.get", request.Operation));
        Assert.Equal(TalkContract.Plans.Methods.Count, gateway.Simulator.Requests.All.Count);

        static (string Operation, Code Code, string Reason) Told(MethodPlan plan, RpcFailure failure) => (plan.OperationId, failure.Code, failure.Reason);
    }

    [Fact]
    public async Task The_page_of_a_proxy_makes_no_password_right()
    {
        await using var gateway = await TestGateway.StartAsync("5");
        var token = (await gateway.As("alice").AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Open" })).Room.Token;
        var wrong = gateway.As("bob", "wrong");
        using (gateway.Simulator.Faults.Plan(Fault.Html(200), "GET", "/cloud/user"))
        {
            var failure = await wrong.FailAsync(new GetRoomRequest { Token = token });
            Assert.Equal((Code.Internal, "UNEXPECTED_STATUS"), (failure.Code, failure.Reason));
            Assert.Contains("when asked who the caller is", failure.Text, StringComparison.Ordinal);
        }

        Assert.Equal(Code.Unauthenticated, (await wrong.FailAsync(new GetRoomRequest { Token = token })).Code);
    }

    [Fact]
    public async Task Without_login_jars_every_request_logs_in()
    {
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions
        {
            Keys = new Dictionary<string, string?> { [$"Upstreams:Servers:{TestGateway.Upstream}:LoginJars:Enabled"] = "false" },
        });

        await RepeatAsync(gateway.As("alice"));

        Assert.Equal(gateway.Simulator.Requests.All.Count, Logins(gateway));
    }

    [Fact]
    public async Task The_login_of_one_account_never_serves_another()
    {
        await using var gateway = await TestGateway.StartAsync();
        var (alice, bob) = (gateway.As("alice"), gateway.As("bob"));
        await RepeatAsync(alice);
        await RepeatAsync(bob);

        var mine = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Group, Name = "Mine" })).Room;

        Assert.Equal("alice", mine.ActorId);
        Assert.Equal(Code.NotFound, (await bob.FailAsync(new GetRoomRequest { Token = mine.Token })).Code);
        Assert.Equal(Code.Unauthenticated, (await gateway.Guest().FailAsync(new ListRoomsRequest())).Code);
    }

    [Fact]
    public async Task A_server_that_forgot_its_sessions_is_logged_in_to_again()
    {
        await using var gateway = await TestGateway.StartAsync();
        var alice = gateway.WithAppPassword("alice");
        await RepeatAsync(alice);

        gateway.Simulator.ForgetSessions();
        await RepeatAsync(alice);

        Assert.Equal(2, Logins(gateway));
    }

    [Fact]
    public async Task A_revoked_app_password_stops_working_at_once()
    {
        await using var gateway = await TestGateway.StartAsync();
        var password = gateway.Simulator.IssueAppPassword("alice");
        var alice = gateway.As("alice", password);
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Room" })).Room.Token;
        var joined = alice.Elsewhere();
        await joined.DoAsync(new JoinRoomRequest { Token = token });
        await RepeatAsync(alice);

        Assert.True(gateway.Simulator.RevokeAppPassword(password));

        Assert.Equal(Code.Unauthenticated, (await alice.FailAsync(new ListRoomsRequest())).Code);
        Assert.Equal(Code.Unauthenticated, (await joined.FailAsync(new SendMessageRequest { Token = token, Message = "Let me in" })).Code);
    }

    [Fact]
    public async Task A_changed_account_password_stops_working_at_once()
    {
        await using var gateway = await TestGateway.StartAsync();
        var alice = gateway.As("alice");
        await RepeatAsync(alice);

        gateway.Simulator.ChangePassword("alice", "n3w");

        Assert.Equal(Code.Unauthenticated, (await alice.FailAsync(new ListRoomsRequest())).Code);
        await gateway.As("alice", "n3w").DoAsync(new ListRoomsRequest());
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task A_wrong_password_is_sent_once_and_then_refused_by_the_gateway(string profile)
    {
        var time = new ManualTimeProvider();
        await using var gateway = await TestGateway.StartAsync(
            new TestGatewayOptions { Simulator = new SimulatorOptions { Profile = profile }, Time = time });
        var wrong = gateway.As("alice", "wrong");

        var first = await wrong.FailAsync(new ListRoomsRequest());
        var sent = gateway.Simulator.Requests.All.Count;
        var second = await wrong.FailAsync(new CreateRoomRequest { Type = RoomType.Group, Name = "Mine" });

        Assert.Equal(Code.Unauthenticated, first.Code);
        Assert.Equal((Code.Unauthenticated, "CREDENTIAL_REFUSED_BEFORE"), (second.Code, second.Reason));
        Assert.Equal(1, Logins(gateway));
        Assert.Equal(sent, gateway.Simulator.Requests.All.Count);
        Assert.Equal(TimeSpan.FromSeconds(5), second.RetryAfter);
        await gateway.As("alice").DoAsync(new ListRoomsRequest());

        // The server may have learnt the password by then.
        gateway.Simulator.ChangePassword("alice", "wrong");
        time.Advance(second.RetryAfter!.Value);
        await wrong.DoAsync(new ListRoomsRequest());
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic YWxpY2U=")]
    [InlineData("Bearer")]
    [InlineData("Digest username=\"alice\"")]
    [InlineData("alice:alice")]
    public async Task Authorization_that_cannot_be_valid_is_refused_by_the_gateway(string authorization)
    {
        await using var gateway = await TestGateway.StartAsync();

        var failure = await (gateway.Guest() with { Authorization = authorization }).FailAsync(new ListRoomsRequest());

        Assert.Equal((Code.Unauthenticated, "MALFORMED_CREDENTIAL", "talkgateway"), (failure.Code, failure.Reason, failure.Domain));
        Assert.Empty(gateway.Simulator.Requests.All);
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task Without_authorization_the_servers_own_answer_counts(string profile)
    {
        await using var gateway = await TestGateway.StartAsync(profile);

        var failure = await gateway.Guest().FailAsync(new ListRoomsRequest());

        Assert.Equal((Code.Unauthenticated, "talk.nextcloud", "401"), (failure.Code, failure.Domain, failure.Info.Metadata["http_status"]));
    }

    private static int Logins(TestGateway gateway) => gateway.Simulator.Requests.All.Count(request => request.Headers.ContainsKey("Authorization"));

    private static async Task RepeatAsync(Caller caller)
    {
        for (var times = 0; times < 4; times++)
        {
            await caller.DoAsync(new ListRoomsRequest());
        }
    }
}
