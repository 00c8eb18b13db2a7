using System.Globalization;
using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Talk.V1;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Story;

/// <summary>What the gateway makes of a server is there to be read, and is what it acts upon.</summary>
public sealed class CapabilitiesTests(Gateways gateways) : IClassFixture<Gateways>
{
    [Theory]
    [InlineData("3.0.0", "3.0.0", 1, 1, 1)]
    [InlineData("3.0", "3.0.1", 1, 1, 1)]
    [InlineData("3.2", "3.2", 1, 1, 1)]
    [InlineData("4", "4.0", 1, 1, 1)]
    [InlineData("5", "5.0", 1, 1, 1)]
    [InlineData("7", "7.0", 1, 1, 1)]
    [InlineData("9", "9.0", 2, 1, 1)]
    [InlineData("10.0", "10.0", 2, 1, 1)]
    [InlineData("10.1.0", "10.1", 3, 3, 2)]
    [InlineData("10.1", "10.1.1", 3, 3, 2)]
    [InlineData("11", "11.1", 3, 3, 2)]
    [InlineData("12", "12.1", 4, 4, 3)]
    [InlineData("16", "16.0.10", 4, 4, 3)]
    [InlineData("20", "20.1.0", 4, 4, 3)]
    [InlineData("21", "21.0.3", 4, 4, 3)]
    [InlineData("25", "25.0.0", 4, 4, 3)]
    public async Task The_api_versions_fit_the_server(string profile, string talkVersion, uint conversation, uint call, uint signaling)
    {
        var gateway = await gateways.InFrontOfAsync(profile);

        var capabilities = await gateway.As("alice").AskAsync<GetCapabilitiesResponse>(new GetCapabilitiesRequest());

        Assert.Equal(talkVersion, capabilities.TalkVersion);
        Assert.Equal(
            (conversation, call, signaling, 1u, 1u),
            (capabilities.ApiVersions["conversation"], capabilities.ApiVersions["call"], capabilities.ApiVersions["signaling"], capabilities.ApiVersions["chat"], capabilities.ApiVersions["v1"]));
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task Every_rpc_is_listed_with_what_the_server_lacks_for_it(string profile)
    {
        var gateway = await gateways.InFrontOfAsync(profile);

        var rpcs = (await gateway.As("alice").AskAsync<GetCapabilitiesResponse>(new GetCapabilitiesRequest())).Rpcs;

        Assert.Equal(RpcPaths.All.Order(), rpcs.Select(rpc => rpc.Rpc).Order());
        Assert.All(rpcs, rpc => Assert.Equal(rpc.Supported, rpc.Missing.Length == 0));
        Assert.Contains(rpcs, rpc => rpc is { Rpc: "talk.v1.RoomService/CreateRoom", Supported: true });
    }

    [Fact]
    public async Task Newer_servers_support_more()
    {
        var supported = new List<int>();
        foreach (var profile in Simulator.TalkProfile.All)
        {
            var gateway = await gateways.InFrontOfAsync(profile.Name);
            supported.Add((await gateway.As("alice").AskAsync<GetCapabilitiesResponse>(new GetCapabilitiesRequest())).Rpcs.Count(rpc => rpc.Supported));
        }

        // SetPublishingPermissions was there in Talk 12 only.
        Assert.All(supported.Zip(supported.Skip(1)), pair => Assert.True(pair.Second >= pair.First - 1, string.Join(' ', supported.Select(n => n.ToString(CultureInfo.InvariantCulture)))));
        Assert.True(supported[^1] > supported[0] + 30);
    }

    [Fact]
    public async Task The_server_status_needs_no_login()
    {
        var gateway = await gateways.InFrontOfAsync("25");

        var status = (await gateway.Guest().AskAsync<GetServerStatusResponse>(new GetServerStatusRequest())).Status;

        Assert.True(status.Installed);
        Assert.False(status.Maintenance);
    }

    [Theory]
    [InlineData("3.0", true)]
    [InlineData("3.2", true)]
    [InlineData("4", false)]
    [InlineData("25", false)]
    public async Task Only_old_servers_are_pinged(string profile, bool needed)
    {
        await using var gateway = await TestGateway.StartAsync(profile);
        var alice = gateway.As("alice");
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Call" })).Room.Token;
        await alice.DoAsync(new JoinCallRequest { Token = token });
        gateway.Simulator.Requests.Clear();

        var answer = await alice.AskAsync<PingCallResponse>(new PingCallRequest { Token = token });

        Assert.Equal(needed, answer.Needed);
        Assert.Equal(needed ? ["call.ping"] : [], gateway.Simulator.Requests.All.Select(request => request.Operation));
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task Call_flags_are_changed_where_the_server_knows_them(string profile)
    {
        var gateway = await gateways.InFrontOfAsync(profile);
        var alice = gateway.As("alice");
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Call" })).Room.Token;
        await alice.DoAsync(new JoinCallRequest { Token = token, Flags = 1 });
        var update = new UpdateCallFlagsRequest { Token = token, Flags = 3 };

        if (Gateways.VersionOf(profile).Major < 4)
        {
            var failure = await alice.FailAsync(update);
            Assert.Equal((Code.Unimplemented, "in-call-flags"), (failure.Code, failure.Info.Metadata["missing"]));
        }
        else
        {
            await alice.DoAsync(update);
        }

        var self = Assert.Single((await alice.AskAsync<ListParticipantsResponse>(new ListParticipantsRequest { Token = token })).Participants);
        Assert.Equal(Gateways.VersionOf(profile).Major < 4 ? 7u : 3u, self.InCall);
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task Signaling_settings_have_one_shape(string profile)
    {
        var gateway = await gateways.InFrontOfAsync(profile);

        var settings = (await gateway.As("alice").AskAsync<GetSettingsResponse>(new GetSettingsRequest())).Settings;

        // The simulator has no signaling server; before Talk 9 that shows in an empty address, as an empty list in fact.
        Assert.Equal(Gateways.VersionOf(profile).Major < 9 ? "" : "internal", settings.SignalingMode);
        Assert.Equal("", settings.Server);
        Assert.Empty(settings.TurnServers);
    }
}
