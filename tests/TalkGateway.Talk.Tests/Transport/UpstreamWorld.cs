using System.Collections.Concurrent;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using TalkGateway.Memory;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Servers;
using TalkGateway.Talk.Sessions;
using TalkGateway.Talk.Transport;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Talk.Tests.Transport;

/// <summary>One upstream in front of a fake server, a clock and a log to look at.</summary>
internal sealed class UpstreamWorld : IDisposable
{
    private readonly RecordingLoggers _loggers = new();

    public UpstreamWorld(Func<UpstreamOptions, UpstreamOptions>? configure = null, HttpMessageHandler? handler = null)
    {
        Options = new UpstreamOptions { Address = "http://cloud.test", Retry = new RetryOptions { BaseDelay = TimeSpan.Zero } };
        Options = configure?.Invoke(Options) ?? Options;
        Server = new UpstreamServer("main", Options, new SessionTokens(new EphemeralDataProtectionProvider(), Clock), Clock, _loggers, ByteBudget.Unlimited, handler ?? Nextcloud);
    }

    public ManualTimeProvider Clock { get; } = new();

    public FakeNextcloud Nextcloud { get; } = new();

    public UpstreamOptions Options { get; }

    public UpstreamServer Server { get; }

    public IEnumerable<string> Logs => _loggers.Lines;

    /// <summary>Writes to <see cref="Logs"/>.</summary>
    public ILogger Logger => _loggers;

    public static OcsRequest Get(string path = "/ocs/v2.php/apps/spreed/api/v4/room") =>
        new() { Method = HttpMethod.Get, PathAndQuery = path, Repeatability = Repeatability.Safe };

    public static OcsRequest Post(string path = "/ocs/v2.php/apps/spreed/api/v4/room", bool stateful = false) =>
        new() { Method = HttpMethod.Post, PathAndQuery = path, Body = "{}"u8.ToArray(), ContentType = "application/json", Stateful = stateful };

    /// <summary>Sends a request and returns its status and body.</summary>
    public async Task<(int Status, string Body)> SendAsync(OcsRequest request, string? authorization = null, SessionJar? session = null, CancellationToken cancellationToken = default)
    {
        using var answer = (await Server.Client.SendAsync(request, new CallIdentity(Credential.Parse(authorization), session), cancellationToken)).OrThrow();
        return (answer.Status, System.Text.Encoding.UTF8.GetString(answer.Body.Span));
    }

    public async Task<UpstreamFailure> FailAsync(OcsRequest request, string? authorization = null, SessionJar? session = null) =>
        (await Assert.ThrowsAsync<UpstreamException>(() => SendAsync(request, authorization, session))).Failure;

    public void Dispose()
    {
        Server.Dispose();
        Nextcloud.Dispose();
    }

    private sealed class RecordingLoggers : ILoggerFactory, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IEnumerable<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{eventId.Id} {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
