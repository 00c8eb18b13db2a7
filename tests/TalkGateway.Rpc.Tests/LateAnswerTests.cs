using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using TalkGateway.Memory;
using TalkGateway.Rpc.Tests.Protos;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Rpc.Tests;

/// <summary>What the gateway answers in place of a handler that is too late.</summary>
public sealed class LateAnswerTests
{
    private const string Read = "/rpctest.EchoService/Read";
    private static readonly TimeSpan TwoSeconds = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task The_answer_to_a_call_that_its_deadline_ended_is_kept_by_no_cache()
    {
        var running = new TaskCompletionSource();
        await using var host = await RpcTestHost.StartEchoAsync(echo => echo.Unary<EchoRequest, EchoResponse>("Read", (call, _) => WaitAsync(call, running)));
        using var http = new HttpClient { BaseAddress = host.Address };
        using var request = GetInTwoSeconds();

        var answer = http.SendAsync(request);
        await running.Task;
        host.Time.Advance(TwoSeconds);

        using var response = await answer;
        Assert.Equal((HttpStatusCode.GatewayTimeout, "no-store"), (response.StatusCode, response.Headers.CacheControl?.ToString()));
    }

    [Fact]
    public async Task The_answer_to_a_call_that_came_back_after_its_deadline_is_kept_by_no_cache()
    {
        var time = new LateTimers();
        await using var host = await RpcTestHost.StartAsync(
            app => app.MapRpcService(EchoReflection.Descriptor.Services[0], echo => echo.Unary<EchoRequest, EchoResponse>("Read", (_, _) =>
            {
                time.Now += TwoSeconds;
                return new(new EchoResponse { Text = "too late" });
            })),
            build: builder => builder.Services.AddSingleton<TimeProvider>(time));
        using var http = new HttpClient { BaseAddress = host.Address };
        using var request = GetInTwoSeconds();

        using var response = await http.SendAsync(request);

        Assert.Equal((HttpStatusCode.GatewayTimeout, "no-store"), (response.StatusCode, response.Headers.CacheControl?.ToString()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_can_not_be_completed_leaves_the_handler_told_and_nothing_held(bool atOnce)
    {
        var (running, told) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (requests, responses) = (new ByteBudget(1 << 20, "full"), new ByteBudget(1 << 20, "full"));
        await using (var host = await RpcTestHost.StartAsync(
            app =>
            {
                app.Use((http, next) =>
                {
                    http.Features.Set<IHttpResponseBodyFeature>(new Incomplete(http.Features.GetRequiredFeature<IHttpResponseBodyFeature>(), atOnce));
                    return next(http);
                });
                app.MapRpcService(EchoReflection.Descriptor.Services[0], echo => echo.Unary<EchoRequest, EchoResponse>("Unary", async (call, request) =>
                {
                    try
                    {
                        return await WaitAsync(call, running);
                    }
                    finally
                    {
                        told.SetResult();
                    }
                }));
            },
            build: builder => builder.Services.AddSingleton(new RpcBudgets(requests, responses))))
        {
            var call = host.Client.CallAsync<EchoResponse>(
                "/rpctest.EchoService/Unary", new EchoRequest { Text = new string('x', 100_000) }, new GrpcTestOptions { Timeout = "2S" });
            await running.Task;

            host.Time.Advance(TwoSeconds);

            Assert.Equal((int)RpcStatusCode.DeadlineExceeded, (await call).Code);
            await told.Task;
            Assert.DoesNotContain(host.Logs, line => line.Contains("An unhandled exception", StringComparison.Ordinal));
        }

        Assert.Equal((0, 0), (requests.Used, responses.Used));
    }

    private static HttpRequestMessage GetInTwoSeconds()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"{Read}?encoding=json&message=%7B%7D");
        request.Headers.TryAddWithoutValidation("connect-timeout-ms", "2000");
        return request;
    }

    private static async ValueTask<EchoResponse> WaitAsync(RpcCall call, TaskCompletionSource running)
    {
        running.SetResult();
        await new TaskCompletionSource().Task.WaitAsync(call.CancellationToken);
        return new EchoResponse();
    }

    /// <summary>A response that reaches the caller, but whose end fails.</summary>
    private sealed class Incomplete(IHttpResponseBodyFeature body, bool atOnce) : IHttpResponseBodyFeature
    {
        public Stream Stream => body.Stream;

        public PipeWriter Writer => body.Writer;

        public Task CompleteAsync() => atOnce ? throw new IOException("at once") : Task.FromException(new IOException("later"));

        public void DisableBuffering() => body.DisableBuffering();

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
            body.SendFileAsync(path, offset, count, cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken = default) => body.StartAsync(cancellationToken);
    }
}
