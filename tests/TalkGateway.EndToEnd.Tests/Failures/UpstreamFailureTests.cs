using System.Net;
using System.Net.Sockets;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Simulator;
using TalkGateway.Talk.V1;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Failures;

/// <summary>A server that is down, slow, broken or busy: one clear status, nothing lost, nothing sent twice.</summary>
public sealed class UpstreamFailureTests
{
    [Fact]
    public async Task A_server_that_is_down_is_unavailable()
    {
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = NobodyListens() });

        var failure = await gateway.As("alice").FailAsync(new ListRoomsRequest());

        Assert.Equal((Code.Unavailable, "UPSTREAM_UNAVAILABLE", TestGateway.Upstream), (failure.Code, failure.Reason, failure.Info.Metadata["upstream"]));
    }

    [Fact]
    public async Task A_server_that_goes_down_is_unavailable_and_works_again_when_it_is_back()
    {
        var simulator = await TalkSimulator.StartAsync();
        var address = simulator.BaseAddress;
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = address });
        var alice = gateway.As("alice");
        await alice.DoAsync(new ListRoomsRequest());

        await simulator.DisposeAsync();
        Assert.Equal(Code.Unavailable, (await alice.FailAsync(new ListRoomsRequest())).Code);
        Assert.Equal(Code.Unavailable, (await alice.FailAsync(new CreateRoomRequest { Type = RoomType.Group, Name = "x" })).Code);

        await using var again = await TalkSimulator.StartAsync(new SimulatorOptions { Port = address.Port });
        await alice.DoAsync(new ListRoomsRequest());
    }

    [Theory]
    [InlineData("10.1")]
    [InlineData("20")]
    public async Task A_created_room_without_a_word_about_it_is_a_malformed_answer(string profile)
    {
        await using var gateway = await TestGateway.StartAsync(profile);
        var alice = gateway.As("alice");
        await alice.DoAsync(new ListRoomsRequest());
        gateway.Simulator.Faults.Plan(Fault.Answering(201, """{"ocs":{"meta":{"status":"ok","statuscode":201,"message":"OK"},"data":[]}}"""), "POST", "/room");

        var failure = await alice.FailAsync(new CreateRoomRequest { Type = RoomType.Group, Name = "Silent" });

        Assert.Equal((Code.Internal, "MALFORMED_ANSWER"), (failure.Code, failure.Reason));
    }

    [Fact]
    public async Task A_servers_explanation_is_shortened_to_what_trailers_can_carry()
    {
        await using var gateway = await WarmAsync(new TestGatewayOptions());
        var body = $$$"""{"ocs":{"meta":{"status":"failure","statuscode":403,"message":"{{{new string('x', 100_000)}}}"},"data":[]}}""";
        gateway.Simulator.Faults.Plan(Fault.Answering(403, body));

        var failure = await gateway.As("alice").FailAsync(new ListRoomsRequest());

        Assert.Equal(Code.PermissionDenied, failure.Code);
        Assert.InRange(failure.Text.Length, 1000, 1100);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_does_not_answer_in_time_exceeds_the_deadline_once(bool write)
    {
        var time = new ManualTimeProvider();
        await using var gateway = await WarmAsync(new TestGatewayOptions { Time = time });
        using var fault = gateway.Simulator.Faults.Plan(Fault.Gated(Never()), times: null);

        var call = gateway.As("alice").FailAsync(write ? new CreateRoomRequest { Type = RoomType.Group, Name = "x" } : new GetRoomRequest { Token = "abcd1234" });
        await fault.WaitForStrikeAsync();
        time.Advance(TimeSpan.FromSeconds(30));

        var failure = await call;
        Assert.Equal((Code.DeadlineExceeded, "UPSTREAM_TIMEOUT"), (failure.Code, failure.Reason));
        Assert.Equal(1, fault.Struck);
        await AbortedAsync(gateway);
    }

    [Fact]
    public async Task A_long_poll_may_last_as_long_as_it_was_asked_to()
    {
        var time = new ManualTimeProvider();
        await using var gateway = await WarmAsync(new TestGatewayOptions { Time = time, Simulator = new SimulatorOptions { TimeProvider = time } });
        var alice = gateway.As("alice");
        var room = (await alice.AskAsync<ListRoomsResponse>(new ListRoomsRequest())).Rooms.First(room => room.LastMessage is not null);

        var waiting = time.WaitForTimerAsync(TimeSpan.FromSeconds(30));
        var poll = alice.AskAsync<ListMessagesResponse>(new ListMessagesRequest
        {
            Token = room.Token,
            Direction = ListDirection.Future,
            LastKnownMessageId = room.LastMessage.Id,
            Timeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(30)),
        });
        await waiting;
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.True((await poll).NotModified);
    }

    [Fact]
    public async Task The_callers_deadline_ends_the_request_to_the_server()
    {
        await using var gateway = await WarmAsync();
        using var fault = gateway.Simulator.Faults.Plan(Fault.Gated(Never()), times: null);

        var failure = await gateway.As("alice").SendAsync<GetRoomResponse>(new GetRoomRequest { Token = "abcd1234" }, new GrpcTestOptions { Timeout = "200m" });

        Assert.Equal((int)Code.DeadlineExceeded, failure.Code);
        await AbortedAsync(gateway);
        Assert.Equal(1, fault.Struck);
    }

    [Fact]
    public async Task The_callers_cancellation_ends_the_request_to_the_server()
    {
        await using var gateway = await WarmAsync();
        using var fault = gateway.Simulator.Faults.Plan(Fault.Gated(Never()), times: null);
        using var cancellation = new CancellationTokenSource();

        var call = gateway.As("alice").SendAsync<GetRoomResponse>(
            new GetRoomRequest { Token = "abcd1234" }, new GrpcTestOptions { CancellationToken = cancellation.Token });
        await fault.WaitForStrikeAsync();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await AbortedAsync(gateway);
    }

    [Fact]
    public async Task A_caller_that_goes_frees_the_long_poll_it_waited_on()
    {
        await using var gateway = await WarmAsync();
        var alice = gateway.As("alice");
        var room = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Group, Name = "Quiet" })).Room;
        var known = (await alice.AskAsync<ListMessagesResponse>(new ListMessagesRequest { Token = room.Token })).Messages[0].Id;
        using var cancellation = new CancellationTokenSource();

        var poll = alice.SendAsync<ListMessagesResponse>(
            new ListMessagesRequest { Token = room.Token, Direction = ListDirection.Future, LastKnownMessageId = known, Timeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(30)) },
            new GrpcTestOptions { CancellationToken = cancellation.Token });
        await gateway.Simulator.WaitForLongPollsAsync(1);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        await gateway.Simulator.WaitForLongPollsAsync(0);
    }

    [Theory]
    [InlineData("truncated JSON")]
    [InlineData("HTML")]
    [InlineData("nothing")]
    [InlineData("another JSON")]
    public async Task An_answer_that_is_none_is_internal(string body)
    {
        await using var gateway = await WarmAsync();
        using var fault = gateway.Simulator.Faults.Plan(
            body switch
            {
                "truncated JSON" => Fault.TruncatedJson(),
                "HTML" => Fault.Html(200),
                "nothing" => Fault.EmptyBody(),
                _ => Fault.Answering(200, "[1,2,3]"),
            },
            times: null);

        var read = await gateway.As("alice").FailAsync(new ListRoomsRequest());
        var write = await gateway.As("alice").FailAsync(new CreateRoomRequest { Type = RoomType.Group, Name = "x" });

        Assert.All([read, write], failure => Assert.Equal((Code.Internal, "MALFORMED_ANSWER", "talkgateway"), (failure.Code, failure.Reason, failure.Domain)));
        Assert.Equal(("conversation.list", "200"), (read.Info.Metadata["operation"], read.Info.Metadata["http_status"]));
        Assert.Equal(2, fault.Struck);
    }

    [Fact]
    public async Task Half_an_answer_to_a_read_is_asked_for_again()
    {
        await using var gateway = await WarmAsync();
        using var fault = gateway.Simulator.Faults.Plan(Fault.DropHalfway());

        await gateway.As("alice").DoAsync(new ListRoomsRequest());

        Assert.Equal(1, fault.Struck);
    }

    [Fact]
    public async Task Half_an_answer_each_time_is_internal()
    {
        await using var gateway = await WarmAsync();
        using var fault = gateway.Simulator.Faults.Plan(Fault.DropHalfway(), times: null);

        var failure = await gateway.As("alice").FailAsync(new ListRoomsRequest());

        Assert.Equal((Code.Internal, "MALFORMED_ANSWER"), (failure.Code, failure.Reason));
        Assert.Equal(3, fault.Struck);
    }

    [Theory]
    [InlineData(500, Code.Internal, "SERVER_ERROR", 1)]
    [InlineData(502, Code.Unavailable, "BAD_GATEWAY", 3)]
    [InlineData(503, Code.Unavailable, "SERVICE_UNAVAILABLE", 1)]
    [InlineData(504, Code.Unavailable, "GATEWAY_TIMEOUT", 3)]
    public async Task An_error_page_of_a_proxy_is_told_by_its_status(int status, Code code, string reason, int times)
    {
        await using var gateway = await WarmAsync();
        using var fault = gateway.Simulator.Faults.Plan(Fault.Html(status), times: null);

        var failure = await gateway.As("alice").FailAsync(new ListRoomsRequest());

        Assert.Equal((code, reason, $"{status}"), (failure.Code, failure.Reason, failure.Info.Metadata["http_status"]));
        Assert.DoesNotContain("<", failure.Text, StringComparison.Ordinal);
        Assert.Equal(times, fault.Struck);
    }

    [Fact]
    public async Task A_server_in_maintenance_is_unavailable_until_it_is_over()
    {
        await using var gateway = await WarmAsync();
        var alice = gateway.As("alice");

        gateway.Simulator.IsInMaintenance = true;
        var failure = await alice.FailAsync(new ListRoomsRequest());
        var status = (await alice.AskAsync<GetServerStatusResponse>(new GetServerStatusRequest())).Status;
        gateway.Simulator.IsInMaintenance = false;

        Assert.Equal((Code.Unavailable, "MAINTENANCE"), (failure.Code, failure.Reason));
        Assert.True(failure.RetryAfter > TimeSpan.Zero);
        Assert.True(status.Maintenance);
        await alice.DoAsync(new ListRoomsRequest());
    }

    [Fact]
    public async Task A_server_that_is_in_maintenance_from_the_start_is_unavailable()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.Simulator.IsInMaintenance = true;

        var failure = await gateway.As("alice").FailAsync(new ListRoomsRequest());

        Assert.Equal(Code.Unavailable, failure.Code);
        Assert.True(failure.RetryAfter > TimeSpan.Zero);
    }

    [Theory]
    [InlineData(17)]
    [InlineData(null)]
    public async Task A_server_that_throttles_is_asked_again_only_after_the_time_it_names(int? seconds)
    {
        await using var gateway = await WarmAsync();
        using var fault = gateway.Simulator.Faults.Plan(Fault.TooManyRequests(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null), times: null);

        var failure = await gateway.As("alice").FailAsync(new ListRoomsRequest());

        Assert.Equal((Code.ResourceExhausted, "TOO_MANY_REQUESTS"), (failure.Code, failure.Reason));
        Assert.Equal(TimeSpan.FromSeconds(seconds ?? 30), failure.RetryAfter);
        Assert.Equal(1, fault.Struck);
    }

    [Fact]
    public async Task A_server_that_redirects_is_a_mistake_of_the_configuration()
    {
        await using var gateway = await WarmAsync();
        gateway.Simulator.Faults.Plan(Fault.Answering(302, headers: ("Location", "https://elsewhere.example/login")), times: null);

        var failure = await gateway.As("alice").FailAsync(new ListRoomsRequest());

        Assert.Equal(Code.Internal, failure.Code);
        Assert.Contains("elsewhere.example", failure.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_tells_where_it_came_from()
    {
        await using var gateway = await WarmAsync();

        var failure = await gateway.As("alice").FailAsync(new GetRoomRequest { Token = "abcd1234" });

        Assert.Equal((Code.NotFound, "talk.nextcloud"), (failure.Code, failure.Domain));
        Assert.Equal(
            [("api_version", "4"), ("http_status", "404"), ("ocs_status", "404"), ("operation", "conversation.get"), ("talk_version", "25.0.0"), ("upstream", "main")],
            failure.Info.Metadata.Select(pair => (pair.Key, pair.Value)).Order());
    }

    private static async Task<TestGateway> WarmAsync(TestGatewayOptions? options = null)
    {
        var gateway = await TestGateway.StartAsync(options);
        await gateway.As("alice").DoAsync(new ListRoomsRequest());
        await gateway.As("alice").DoAsync(new ListRoomsRequest());
        gateway.Simulator.Requests.Clear();
        return gateway;
    }

    /// <summary>Completes when the server has seen that nobody waits for its answer any more.</summary>
    private static Task<LoggedRequest> AbortedAsync(TestGateway gateway) => gateway.Simulator.Requests.WaitForAsync(request => request.Status == 0);

    private static Task Never() => new TaskCompletionSource().Task;

    private static Uri NobodyListens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        return new Uri($"http://127.0.0.1:{port}");
    }
}
