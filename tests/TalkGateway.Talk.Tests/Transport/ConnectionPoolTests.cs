using TalkGateway.Memory;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Transport;
using Xunit;
using static TalkGateway.Talk.Tests.Transport.UpstreamWorld;

namespace TalkGateway.Talk.Tests.Transport;

/// <summary>Who waits for a connection, and what is known of a request that never got one.</summary>
public sealed class ConnectionPoolTests
{
    private static readonly OcsRequest Poll = Get("/poll") with { LongPoll = TimeSpan.FromSeconds(30) };

    [Fact]
    public async Task Long_polls_take_no_connection_from_anything_else()
    {
        await using var server = await HoldingServer.StartAsync("/poll");
        using var transport = Transport(server, connections: 1, longPolls: 3);
        using var over = new CancellationTokenSource();
        var polls = Enumerable.Range(0, 3).Select(_ => transport.ExchangeAsync(Attempt(Poll), over.Token).AsTask()).ToList();
        await server.HoldsAsync(3);

        using var answer = (await transport.ExchangeAsync(Attempt(Get("/room")), CancellationToken.None)).OrThrow();

        Assert.Equal(200, answer.Status);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(polls));
    }

    [Fact]
    public async Task A_write_that_only_waited_for_a_connection_was_not_sent()
    {
        await using var server = await HoldingServer.StartAsync("/slow");
        using var transport = Transport(server, connections: 1, longPolls: 1);
        using var over = new CancellationTokenSource();
        var slow = transport.ExchangeAsync(Attempt(Get("/slow")), over.Token).AsTask();
        await server.HoldsAsync(1);
        using var patience = new CancellationTokenSource();

        var write = transport.ExchangeAsync(Attempt(Post("/room")), patience.Token).AsTask();
        await patience.CancelAsync();

        await Assert.ThrowsAsync<UnsentException>(() => write);
        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);
        Assert.DoesNotContain("POST", server.Methods);
    }

    [Fact]
    public async Task A_write_that_was_given_up_while_the_server_was_at_it_may_have_arrived()
    {
        await using var server = await HoldingServer.StartAsync("/slow");
        using var transport = Transport(server, connections: 1, longPolls: 1);
        using var patience = new CancellationTokenSource();

        var write = transport.ExchangeAsync(Attempt(Post("/slow") with { Body = default }), patience.Token).AsTask();
        await server.HoldsAsync(1);
        await patience.CancelAsync();

        Assert.IsNotType<UnsentException>(await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write));
    }

    [Fact]
    public async Task A_write_that_waited_for_a_connection_in_vain_is_told_from_one_that_was_not_answered()
    {
        using var handler = new WaitingHandler();
        using var world = new UpstreamWorld(o => o with { CircuitBreaker = new CircuitBreakerOptions { MinimumAttempts = 2 } }, handler);
        for (var i = 0; i < 4; i++)
        {
            var call = world.FailAsync(Post());
            await handler.Waits();
            world.Clock.Advance(world.Options.AttemptTimeout);
            var failure = await call;

            // It says nothing against the server either: the circuit stays closed.
            Assert.Equal((UpstreamFailureKind.NoConnectionFree, false), (failure.Kind, failure.MayHaveArrived));
            Assert.Contains("MaxConnections", failure.Message, StringComparison.Ordinal);
        }
    }

    private static OcsAttempt Attempt(OcsRequest request) => new(request, null, null, CallIdentity.Anonymous);

    private static OcsTransport Transport(HoldingServer server, int connections, int longPolls) => new(
        "main",
        new UpstreamOptions { Address = server.Address, MaxConnections = connections, LongPolls = new LongPollOptions { MaxCount = longPolls } },
        ByteBudget.Unlimited,
        handler: null);

    /// <summary>A server that never answers at one path.</summary>
    private sealed class HoldingServer : IAsyncDisposable
    {
        private readonly SemaphoreSlim _held = new(0);
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _methods = new();
        private LocalServer? _server;

        public string Address => _server!.Address;

        public IEnumerable<string> Methods => _methods;

        public static async Task<HoldingServer> StartAsync(string path)
        {
            var holding = new HoldingServer();
            holding._server = await LocalServer.StartAsync(async context =>
            {
                holding._methods.Enqueue(context.Request.Method);
                if (context.Request.Path == path)
                {
                    holding._held.Release();
                    await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            });
            return holding;
        }

        public async Task HoldsAsync(int requests)
        {
            for (var i = 0; i < requests; i++)
            {
                await _held.WaitAsync();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _server!.DisposeAsync();
            _held.Dispose();
        }
    }

    /// <summary>Connections that are all in use: requests wait, and their bodies are never asked for.</summary>
    private sealed class WaitingHandler : HttpMessageHandler
    {
        private readonly SemaphoreSlim _waiting = new(0);

        public Task Waits() => _waiting.WaitAsync();

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            _waiting.Release();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("The delay has no end.");
        }

        protected override void Dispose(bool disposing)
        {
            _waiting.Dispose();
            base.Dispose(disposing);
        }
    }
}
