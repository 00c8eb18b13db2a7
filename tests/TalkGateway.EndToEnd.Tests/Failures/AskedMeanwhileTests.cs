using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Simulator;
using TalkGateway.Talk.V1;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Failures;

/// <summary>What the gateway asks on its own around a write, and what becomes of that, is never taken for the write.</summary>
public sealed class AskedMeanwhileTests
{
    private const string NoSuchRoute = """{"ocs":{"meta":{"status":"failure","statuscode":998,"message":"Invalid query"},"data":[]}}""";
    private const string NoTalk = """{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":{"version":{"major":35},"capabilities":{"core":{}}}}}""";

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_message_is_posted_once_though_another_user_has_other_capabilities()
    {
        await using var gateway = await StartAsync();
        gateway.Simulator.SetAttachmentFolder("bob", "/Elsewhere");
        var (alice, token) = await RoomAsync(gateway);
        await gateway.As("bob").DoAsync(new ListRoomsRequest());
        gateway.Simulator.Requests.Clear();
        _time.Advance(TimeSpan.FromMinutes(2));
        gateway.Simulator.Faults.Plan(Fault.Answering(404, NoSuchRoute), "POST", "/chat/", times: null);

        var failure = await alice.FailAsync(new SendMessageRequest { Token = token, Message = "Once" });

        Assert.Equal((Code.Internal, "NO_SUCH_ROUTE"), (failure.Code, failure.Reason));
        Assert.Single(gateway.Simulator.Requests.Of("server.capabilities"));
        Assert.Single(gateway.Simulator.Requests.All, request => request.Method == "POST");
    }

    [Fact]
    public async Task A_message_whose_route_is_gone_is_not_looked_for_because_Talk_is_gone()
    {
        await using var gateway = await StartAsync();
        var (alice, token) = await RoomAsync(gateway);
        _time.Advance(TimeSpan.FromMinutes(2));
        gateway.Simulator.Requests.Clear();
        gateway.Simulator.Faults.Plan(Fault.Answering(200, NoTalk), "GET", "/cloud/capabilities", times: null);
        gateway.Simulator.Faults.Plan(Fault.Answering(404, NoSuchRoute), (_, path) => path.Contains("/apps/spreed/", StringComparison.Ordinal), times: null);

        var failure = await FailAtOnceAsync(alice, token);

        Assert.Equal((Code.Unimplemented, "TALK_NOT_AVAILABLE"), (failure.Code, failure.Reason));
        Assert.Single(gateway.Simulator.Requests.All, request => request.Path.Contains("/chat/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_is_not_looked_for_because_the_proof_of_its_login_was_lost()
    {
        await using var gateway = await StartAsync();
        var (alice, token) = await RoomAsync(gateway);
        _time.Advance(TimeSpan.FromMinutes(6));
        gateway.Simulator.Requests.Clear();
        using var lost = gateway.Simulator.Faults.Plan(Fault.DropAfter(), "GET", "/cloud/user", times: null);

        var failure = await FailAtOnceAsync(alice, token);

        Assert.Equal((Code.Unavailable, "UPSTREAM_UNAVAILABLE"), (failure.Code, failure.Reason));
        Assert.NotEqual(0, lost.Struck);
        Assert.DoesNotContain(gateway.Simulator.Requests.All, request => request.Path.Contains("/chat/", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/cloud/user")]
    [InlineData("/cloud/capabilities")]
    public async Task A_room_that_was_never_asked_for_leaves_no_session_behind(string question)
    {
        await using var gateway = await StartAsync();
        using var failing = gateway.Simulator.Faults.Plan(Fault.Answering(500), "GET", question, times: null);

        var failure = await gateway.As("alice").FailAsync(new JoinRoomRequest { Token = "abcd1234" });

        Assert.Equal(["SERVER_ERROR"], failure.Infos.Select(info => info.Reason));
    }

    /// <summary>Sends a message that is looked for when it is lost, which begins with a pause on the clock that stands still here.</summary>
    private static Task<RpcFailure> FailAtOnceAsync(Caller caller, string token) =>
        caller.FailAsync(new SendMessageRequest { Token = token, Message = "Once", ReferenceId = "ref-1" }).WaitAsync(TimeSpan.FromMinutes(1));

    private static async Task<(Caller Alice, string Token)> RoomAsync(TestGateway gateway)
    {
        var alice = gateway.As("alice");
        return (alice, (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Room" })).Room.Token);
    }

    private Task<TestGateway> StartAsync() => TestGateway.StartAsync(new TestGatewayOptions { Time = _time });
}
