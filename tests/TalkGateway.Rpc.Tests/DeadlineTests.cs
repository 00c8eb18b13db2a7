using TalkGateway.Rpc.Tests.Protos;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Rpc.Tests;

public sealed class DeadlineTests
{
    private const string Unary = "/rpctest.EchoService/Unary";
    private const string ServerStream = "/rpctest.EchoService/ServerStream";
    private const string ClientStream = "/rpctest.EchoService/ClientStream";
    private const string Bidi = "/rpctest.EchoService/Bidi";
    private static readonly GrpcTestOptions TwoSeconds = new() { Timeout = "2S" };

    [Fact]
    public async Task Deadline_is_told_to_the_handler()
    {
        DateTimeOffset? deadline = null;
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (call, _) =>
            {
                deadline = call.Deadline;
                return new(new EchoResponse());
            }));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest(), new GrpcTestOptions { Timeout = "1500m" });

        Assert.Equal(0, reply.Code);
        Assert.Equal(host.Time.GetUtcNow().AddMilliseconds(1500), deadline);
    }

    [Fact]
    public async Task What_a_handler_registered_for_its_deadline_may_fail()
    {
        var waiting = new TaskCompletionSource();
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", async (call, _) =>
            {
                using var registration = call.CancellationToken.Register(() => throw new InvalidOperationException("registered"));
                var cancelled = new TaskCompletionSource();
                using var last = call.CancellationToken.Register(cancelled.SetResult);
                waiting.SetResult();
                await cancelled.Task;
                return new EchoResponse();
            }));

        var call = host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest(), TwoSeconds);
        await waiting.Task;
        host.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal((int)RpcStatusCode.DeadlineExceeded, (await call).Code);
        Assert.DoesNotContain(host.Logs, line => line.Contains("An unhandled exception", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_without_timeout_has_no_deadline()
    {
        DateTimeOffset? deadline = DateTimeOffset.MinValue;
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (call, _) =>
            {
                deadline = call.Deadline;
                return new(new EchoResponse());
            }));

        await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest());

        Assert.Null(deadline);
    }

    [Fact]
    public async Task Timeout_of_eleven_thousand_years_is_the_end_of_time()
    {
        DateTimeOffset? deadline = null;
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (call, _) =>
            {
                deadline = call.Deadline;
                return new(new EchoResponse());
            }));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest(), new GrpcTestOptions { Timeout = "99999999H" });

        Assert.Equal(0, reply.Code);
        Assert.Equal(DateTimeOffset.MaxValue, deadline);
    }

    [Fact]
    public async Task Caller_is_answered_while_the_handler_still_runs()
    {
        var running = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", async (_, _) =>
            {
                running.SetResult();
                await release.Task;
                return new EchoResponse();
            }));
        var call = host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest(), TwoSeconds);
        await running.Task;

        host.Time.Advance(TimeSpan.FromSeconds(2));
        var reply = await call;

        Assert.Equal((int)RpcStatusCode.DeadlineExceeded, reply.Code);
        Assert.Empty(reply.Frames);
        release.SetResult();
    }

    [Fact]
    public async Task Call_goes_on_until_its_deadline()
    {
        var running = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", async (_, _) =>
            {
                running.SetResult();
                await release.Task;
                return new EchoResponse { Text = "just in time" };
            }));
        var call = host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest(), TwoSeconds);
        await running.Task;

        host.Time.Advance(TimeSpan.FromMilliseconds(1999));
        release.SetResult();
        var reply = await call;

        Assert.Equal("just in time", reply.Response.Text);
    }

    [Fact]
    public async Task Handler_is_told_that_the_deadline_passed()
    {
        var running = new TaskCompletionSource();
        var told = new TaskCompletionSource();
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", async (call, _) =>
            {
                running.SetResult();
                using var registration = call.CancellationToken.Register(told.SetResult);
                await told.Task;
                call.CancellationToken.ThrowIfCancellationRequested();
                return new EchoResponse();
            }));
        var call = host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest(), TwoSeconds);
        await running.Task;

        host.Time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal((int)RpcStatusCode.DeadlineExceeded, (await call).Code);
        await told.Task;
    }

    [Fact]
    public async Task Failure_of_a_handler_after_its_deadline_is_no_error_in_the_log()
    {
        var running = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        var completed = new TaskCompletionSource();
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", async (call, _) =>
            {
                call.Trailers.Add("x-early", "1");
                call.HttpContext.Response.RegisterForDispose(new OnDispose(completed.SetResult));
                running.SetResult();
                await release.Task;
                call.Trailers.Add("x-late", "1");
                return new EchoResponse();
            }));
        var call = host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest(), TwoSeconds);
        await running.Task;

        host.Time.Advance(TimeSpan.FromSeconds(2));
        var reply = await call;
        release.SetResult();
        await completed.Task;

        Assert.Equal((int)RpcStatusCode.DeadlineExceeded, reply.Code);
        Assert.Equal(["1"], reply.Headers.GetValues("x-early"));
        Assert.Contains(host.Logs, entry => entry.StartsWith("Debug 4", StringComparison.Ordinal) && entry.Contains("x-late", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Logs, entry => entry.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Success_that_comes_after_the_deadline_is_not_sent()
    {
        // The clock passes the deadline without a timer firing: the handler itself moves it, inside the call.
        var time = new LateTimers();
        await using var host = await RpcTestHost.StartAsync(
            app => app.MapRpcService(EchoReflection.Descriptor.Services[0], echo =>
                echo.Unary<EchoRequest, EchoResponse>("Unary", (_, _) =>
                {
                    time.Now += TimeSpan.FromSeconds(2);
                    return new(new EchoResponse { Text = "too late" });
                })),
            build: builder => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton<TimeProvider>(builder.Services, time));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest(), TwoSeconds);

        Assert.Equal((int)RpcStatusCode.DeadlineExceeded, reply.Code);
        Assert.Empty(reply.Frames);
    }

    [Theory]
    [InlineData("0S")]
    [InlineData("0n")]
    [InlineData("00000000H")]
    public async Task Call_without_time_left_does_not_reach_its_handler(string timeout)
    {
        var reached = false;
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (_, _) =>
            {
                reached = true;
                return new(new EchoResponse());
            }));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest(), new GrpcTestOptions { Timeout = timeout });

        Assert.Equal((int)RpcStatusCode.DeadlineExceeded, reply.Code);
        Assert.False(reached);
    }

    [Fact]
    public async Task Deadline_ends_a_stream_behind_the_messages_already_sent()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.ServerStreaming<EchoRequest, EchoResponse>("ServerStream", async (call, _, responses) =>
            {
                await responses.WriteAsync(new EchoResponse { Index = 1 });
                await new TaskCompletionSource().Task.WaitAsync(call.CancellationToken);
            }));
        using var call = host.Client.Start<EchoResponse>(ServerStream, TwoSeconds);
        await call.WriteAsync(new EchoRequest());
        call.Complete();
        Assert.Equal(1, (await call.ReadAsync())!.Index);

        host.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal((int)RpcStatusCode.DeadlineExceeded, (await call.FinishAsync()).Code);
    }

    [Fact]
    public async Task Deadline_ends_a_handler_that_waits_for_the_next_request()
    {
        var waiting = new TaskCompletionSource();
        var ended = new TaskCompletionSource<Exception?>();
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.ClientStreaming<EchoRequest, EchoResponse>("ClientStream", async (_, requests) =>
            {
                await requests.MoveNextAsync();
                var next = requests.MoveNextAsync();
                waiting.SetResult();
                ended.SetResult(await Record.ExceptionAsync(async () => await next));
                return new EchoResponse();
            }));
        using var call = host.Client.Start<EchoResponse>(ClientStream, TwoSeconds);
        await call.WriteAsync(new EchoRequest());
        await waiting.Task;

        host.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal((int)RpcStatusCode.DeadlineExceeded, (await call.FinishAsync()).Code);
        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task);
    }

    [Fact]
    public async Task Handler_that_writes_after_the_deadline_is_stopped()
    {
        var wrote = new TaskCompletionSource<Exception?>();
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.BidiStreaming<EchoRequest, EchoResponse>("Bidi", async (call, requests, responses) =>
            {
                await requests.MoveNextAsync();
                await responses.WriteAsync(new EchoResponse { Index = 1 });
                var told = new TaskCompletionSource();
                using var registration = call.CancellationToken.Register(told.SetResult);
                await told.Task;
                wrote.SetResult(await Record.ExceptionAsync(async () => await responses.WriteAsync(new EchoResponse { Index = 2 })));
            }));
        using var call = host.Client.Start<EchoResponse>(Bidi, TwoSeconds);
        await call.WriteAsync(new EchoRequest());
        Assert.Equal(1, (await call.ReadAsync())!.Index);

        host.Time.Advance(TimeSpan.FromSeconds(2));
        var reply = await call.FinishAsync();

        Assert.Empty(reply.Frames);
        Assert.Equal((int)RpcStatusCode.DeadlineExceeded, reply.Code);
        Assert.IsAssignableFrom<OperationCanceledException>(await wrote.Task);
    }

    [Fact]
    public async Task Deadline_ends_a_stream_whose_reader_is_stuck()
    {
        var ended = new TaskCompletionSource<Exception?>();
        var large = new EchoResponse { Data = Google.Protobuf.ByteString.CopyFrom(new byte[1 << 20]) };
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.ServerStreaming<EchoRequest, EchoResponse>("ServerStream", async (_, _, responses) =>
            {
                ended.SetResult(await Record.ExceptionAsync(async () =>
                {
                    while (true)
                    {
                        await responses.WriteAsync(large);
                    }
                }));
            }));
        using var call = host.Client.Start<EchoResponse>(ServerStream, TwoSeconds);
        await call.WriteAsync(new EchoRequest());
        call.Complete();
        await call.ResponseAsync;

        host.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("S")]
    [InlineData("-1S")]
    [InlineData("+1S")]
    [InlineData("1.5S")]
    [InlineData("1s")]
    [InlineData("1 S")]
    [InlineData("123456789S")]
    [InlineData("1S,2S")]
    public async Task Malformed_timeout_is_an_internal_error(string timeout)
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (_, _) => new(new EchoResponse())));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest(), new GrpcTestOptions { Timeout = timeout });

        Assert.Equal((int)RpcStatusCode.Internal, reply.Code);
        Assert.Contains("grpc-timeout", reply.Message, StringComparison.Ordinal);
    }

    private sealed class OnDispose(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
