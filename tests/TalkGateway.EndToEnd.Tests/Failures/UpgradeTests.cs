using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Simulator;
using TalkGateway.Talk.V1;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Failures;

/// <summary>A server that is upgraded under a running gateway is asked again what it can do, and calls take their new way.</summary>
public sealed class UpgradeTests
{
    [Theory]
    [InlineData("3.2", "12")]
    [InlineData("9", "25")]
    [InlineData("11", "12")]
    [InlineData("12", "11")]
    [InlineData("25", "5")]
    public async Task Calls_go_on_after_the_server_changed_its_version(string before, string after)
    {
        var time = new ManualTimeProvider();
        await using var gateway = await TestGateway.StartAsync(
            new TestGatewayOptions { Simulator = new SimulatorOptions { Profile = before, SeedDemoData = false }, Time = time });
        var alice = gateway.As("alice");
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Constant" })).Room.Token;
        await alice.DoAsync(new GetRoomRequest { Token = token });

        gateway.Simulator.Profile = TalkProfile.Find(after);
        gateway.Simulator.Requests.Clear();
        time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal("Constant", (await alice.AskAsync<GetRoomResponse>(new GetRoomRequest { Token = token })).Room.DisplayName);
        Assert.Single(gateway.Simulator.Requests.Of("server.capabilities"));
        await alice.DoAsync(new JoinCallRequest { Token = token });
        await alice.DoAsync(new SendMessageRequest { Token = token, Message = "Still here" });
        Assert.Single(gateway.Simulator.Requests.Of("server.capabilities"));
    }

    [Fact]
    public async Task Who_asks_for_capabilities_gets_those_of_now_and_so_does_every_call_after()
    {
        await using var gateway = await TestGateway.StartAsync(
            new TestGatewayOptions { Simulator = new SimulatorOptions { Profile = "12", SeedDemoData = false }, Time = new ManualTimeProvider() });
        var alice = gateway.As("alice");
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Group, Name = "Upgraded" })).Room.Token;
        Assert.Equal("NOT_SUPPORTED_BY_SERVER", (await alice.FailAsync(new ArchiveRoomRequest { Token = token })).Reason);

        gateway.Simulator.Profile = TalkProfile.Find("25");
        var capabilities = await alice.AskAsync<GetCapabilitiesResponse>(new GetCapabilitiesRequest());

        Assert.True(capabilities.Rpcs.Single(rpc => rpc.Rpc == "talk.v1.RoomService/ArchiveRoom").Supported);
        await alice.DoAsync(new ArchiveRoomRequest { Token = token });
    }

    [Fact]
    public async Task Nothing_is_called_supported_once_Talk_is_gone()
    {
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Time = new ManualTimeProvider() });
        var alice = gateway.As("alice");
        Assert.NotEmpty((await alice.AskAsync<GetCapabilitiesResponse>(new GetCapabilitiesRequest())).Rpcs);
        using var gone = gateway.Simulator.Faults.Plan(
            Fault.Answering(200, """{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":{"version":{"major":35,"minor":0,"micro":0},"capabilities":{"core":{}}}}}"""), "GET", "/cloud/capabilities", times: null);
        using var routes = gateway.Simulator.Faults.Plan(Fault.Answering(404, """{"ocs":{"meta":{"status":"failure","statuscode":998,"message":""},"data":[]}}"""), "GET", "/room", times: null);

        foreach (var _ in Enumerable.Range(0, 2))
        {
            var capabilities = await alice.AskAsync<GetCapabilitiesResponse>(new GetCapabilitiesRequest());

            Assert.Equal("", capabilities.TalkVersion);
            Assert.Empty(capabilities.Rpcs);
        }

        // Once for each of the two calls, and once more to learn whether Talk is gone.
        Assert.Equal(3, gone.Struck);
    }

    [Fact]
    public async Task A_write_that_was_refused_for_its_route_is_done_once_on_the_new_one()
    {
        var time = new ManualTimeProvider();
        await using var gateway = await TestGateway.StartAsync(
            new TestGatewayOptions { Simulator = new SimulatorOptions { Profile = "11", SeedDemoData = false }, Time = time });
        var alice = gateway.As("alice");
        await alice.DoAsync(new ListRoomsRequest());

        gateway.Simulator.Profile = TalkProfile.Find("12");
        time.Advance(TimeSpan.FromMinutes(2));
        await alice.DoAsync(new CreateRoomRequest { Type = RoomType.Group, Name = "New" });

        Assert.Single((await alice.AskAsync<ListRoomsResponse>(new ListRoomsRequest())).Rooms, room => room.DisplayName == "New");
    }

    [Fact]
    public async Task A_server_without_the_route_is_asked_for_its_capabilities_once_a_minute_at_most()
    {
        var time = new ManualTimeProvider();
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Time = time });
        var alice = gateway.As("alice");
        await alice.DoAsync(new ListRoomsRequest());
        time.Advance(TimeSpan.FromMinutes(2));
        gateway.Simulator.Requests.Clear();
        gateway.Simulator.Faults.Plan(
            Fault.Answering(404, """{"ocs":{"meta":{"status":"failure","statuscode":998,"message":"Invalid query"},"data":[]}}"""),
            (_, path) => path.EndsWith("/room", StringComparison.Ordinal),
            times: null);

        for (var times = 0; times < 5; times++)
        {
            var failure = await alice.FailAsync(new ListRoomsRequest());
            Assert.Equal((Code.Internal, "NO_SUCH_ROUTE"), (failure.Code, failure.Reason));
        }

        Assert.Single(gateway.Simulator.Requests.Of("server.capabilities"));
    }
}
