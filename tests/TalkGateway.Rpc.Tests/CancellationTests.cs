using TalkGateway.Rpc.Tests.Protos;
using Xunit;

namespace TalkGateway.Rpc.Tests;

public sealed class CancellationTests
{
    [Fact]
    public async Task Reset_of_a_call_fires_its_token()
    {
        var running = new TaskCompletionSource();
        var told = new TaskCompletionSource();
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", async (call, _) =>
            {
                using var registration = call.CancellationToken.Register(told.SetResult);
                running.SetResult();
                await told.Task;
                call.CancellationToken.ThrowIfCancellationRequested();
                return new EchoResponse();
            }));
        using var call = host.Client.Start<EchoResponse>("/rpctest.EchoService/Unary");
        await call.WriteAsync(new EchoRequest());
        call.Complete();
        await running.Task;

        await call.CancelAsync();

        await told.Task;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(call.FinishAsync);
    }

    [Fact]
    public async Task Reset_of_a_call_with_a_deadline_fires_its_token_too()
    {
        var running = new TaskCompletionSource();
        var told = new TaskCompletionSource();
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.ServerStreaming<EchoRequest, EchoResponse>("ServerStream", async (call, _, _) =>
            {
                using var registration = call.CancellationToken.Register(told.SetResult);
                running.SetResult();
                await told.Task;
            }));
        using var call = host.Client.Start<EchoResponse>("/rpctest.EchoService/ServerStream", new Testing.GrpcTestOptions { Timeout = "1H" });
        await call.WriteAsync(new EchoRequest());
        call.Complete();
        await running.Task;

        await call.CancelAsync();

        await told.Task;
    }

    [Fact]
    public async Task Reset_ends_the_wait_for_the_next_request()
    {
        var reading = new TaskCompletionSource();
        var ended = new TaskCompletionSource<Exception?>();
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.BidiStreaming<EchoRequest, EchoResponse>("Bidi", async (_, requests, _) =>
            {
                await requests.MoveNextAsync();
                var next = requests.MoveNextAsync();
                reading.SetResult();
                ended.SetResult(await Record.ExceptionAsync(async () => await next));
            }));
        using var call = host.Client.Start<EchoResponse>("/rpctest.EchoService/Bidi");
        await call.WriteAsync(new EchoRequest());
        await reading.Task;

        await call.CancelAsync();

        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task);
    }

    [Fact]
    public async Task Reset_stops_a_handler_that_only_writes()
    {
        var ended = new TaskCompletionSource<Exception?>();
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.ServerStreaming<EchoRequest, EchoResponse>("ServerStream", async (_, _, responses) =>
                ended.SetResult(await Record.ExceptionAsync(async () =>
                {
                    while (true)
                    {
                        await responses.WriteAsync(new EchoResponse { Text = "again" });
                    }
                }))));
        using var call = host.Client.Start<EchoResponse>("/rpctest.EchoService/ServerStream");
        await call.WriteAsync(new EchoRequest());
        call.Complete();
        await call.ReadAsync();

        await call.CancelAsync();

        Assert.IsAssignableFrom<OperationCanceledException>(await ended.Task);
    }

    [Fact]
    public async Task Failure_after_the_caller_left_is_no_error_in_the_log()
    {
        var running = new TaskCompletionSource();
        var failed = new TaskCompletionSource();
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", async (call, _) =>
            {
                var told = new TaskCompletionSource();
                using var registration = call.CancellationToken.Register(told.SetResult);
                running.SetResult();
                await told.Task;
                call.HttpContext.Response.OnCompleted(() =>
                {
                    failed.SetResult();
                    return Task.CompletedTask;
                });
                throw new IOException("upstream went with the caller");
            }));
        using var call = host.Client.Start<EchoResponse>("/rpctest.EchoService/Unary");
        await call.WriteAsync(new EchoRequest());
        call.Complete();
        await running.Task;

        await call.CancelAsync();
        await failed.Task;

        Assert.Contains(host.Logs, entry => entry.StartsWith("Debug 4", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Logs, entry => entry.StartsWith("Error", StringComparison.Ordinal));
    }
}
