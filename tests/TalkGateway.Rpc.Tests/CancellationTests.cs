using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
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

    [Fact]
    public async Task A_reset_that_comes_while_a_message_is_given_back_is_no_failure_of_the_handler()
    {
        await using var host = await StartAsync(
            http => http.Features.Set<IRequestBodyPipeFeature>(new ResetWhenGivenBack(http.Request.BodyReader)),
            echo => echo.Unary<EchoRequest, EchoResponse>("Unary", (_, _) => new(new EchoResponse())));

        await host.Client.CallAsync<EchoResponse>("/rpctest.EchoService/Unary", new EchoRequest());

        Assert.DoesNotContain(host.Logs, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reset_that_the_writer_sees_first_is_no_failure_of_the_handler()
    {
        await using var host = await StartAsync(
            http => http.Features.Set<IHttpResponseBodyFeature>(new GoneReader(http.Features.GetRequiredFeature<IHttpResponseBodyFeature>())),
            echo => echo.ServerStreaming<EchoRequest, EchoResponse>("ServerStream", (_, _, responses) => responses.WriteAsync(new EchoResponse())));
        using var call = host.Client.Start<EchoResponse>("/rpctest.EchoService/ServerStream");
        await call.WriteAsync(new EchoRequest());
        call.Complete();

        await Record.ExceptionAsync(call.FinishAsync);

        Assert.DoesNotContain(host.Logs, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    private static Task<RpcTestHost> StartAsync(Action<HttpContext> before, Action<RpcServiceBinder> bind) => RpcTestHost.StartAsync(app =>
    {
        app.Use((http, next) =>
        {
            before(http);
            return next(http);
        });
        app.MapRpcService(EchoReflection.Descriptor.Services[0], bind);
    });

    /// <summary>A body whose caller resets the request the moment a message was dealt with.</summary>
    private sealed class ResetWhenGivenBack(PipeReader body) : PipeReader, IRequestBodyPipeFeature
    {
        public PipeReader Reader => this;

        public override void AdvanceTo(SequencePosition consumed)
        {
            body.AdvanceTo(consumed);
            throw new IOException("The client reset the request stream.");
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => body.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => body.CancelPendingRead();

        public override void Complete(Exception? exception = null) => body.Complete(exception);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => body.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => body.TryRead(out result);
    }

    /// <summary>An answer whose reader is gone before the server's token says so.</summary>
    private sealed class GoneReader(IHttpResponseBodyFeature body) : PipeWriter, IHttpResponseBodyFeature
    {
        public Stream Stream => body.Stream;

        public PipeWriter Writer => this;

        public override void Advance(int bytes) => body.Writer.Advance(bytes);

        public override void CancelPendingFlush() => body.Writer.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => body.Writer.Complete(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => new(new FlushResult(isCanceled: false, isCompleted: true));

        public override Memory<byte> GetMemory(int sizeHint = 0) => body.Writer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => body.Writer.GetSpan(sizeHint);

        public void DisableBuffering() => body.DisableBuffering();

        public Task StartAsync(CancellationToken cancellationToken = default) => body.StartAsync(cancellationToken);

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) => body.SendFileAsync(path, offset, count, cancellationToken);

        public Task CompleteAsync() => body.CompleteAsync();
    }
}
