using System.Buffers;
using Google.Protobuf;
using Google.Rpc;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using TalkGateway.Memory;
using TalkGateway.Ocs.V1;
using TalkGateway.Talk;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Servers;
using TalkGateway.Talk.Sessions;
using TalkGateway.Testing;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>What a client of the gateway gets.</summary>
/// <param name="Code">The canonical code.</param>
/// <param name="Message">The message of a failure.</param>
/// <param name="Response">The response of a call that went well.</param>
internal sealed record ReplayResult(Code Code, string Message, IMessage? Response);

/// <summary>The gateway's upstream side, from invoker to HTTP client, in front of one recorded server.</summary>
internal sealed class ReplayGateway : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ServiceProvider _services;
    private readonly TalkInvoker _invoker;
    private readonly UpstreamServer _server;

    public ReplayGateway(RecordedServer server, IEnumerable<ReplayCase> cases)
    {
        Upstream = new ReplayUpstream(server, cases);
        var options = new UpstreamsOptions();

        // Every exchange stands for itself: a refusal must not be remembered, and nothing is asked twice.
        options.Servers.Add("recorded", new UpstreamOptions
        {
            Address = "https://cloud.example.com",
            Retry = new RetryOptions { MaxRetries = 0 },
            CircuitBreaker = new CircuitBreakerOptions { Enabled = false },
            LoginJars = new LoginJarOptions { Enabled = false, RecheckInterval = TimeSpan.FromDays(1), Lifetime = TimeSpan.FromDays(1) },
            WrongCredentials = new WrongCredentialOptions { Duration = TimeSpan.Zero },
        });
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton<UpstreamHandlerFactory>(_ => Upstream);
        services.AddTalk(options, ByteBudget.Unlimited);
        _services = services.BuildServiceProvider();
        _invoker = _services.GetRequiredService<TalkInvoker>();
        _server = _services.GetRequiredService<UpstreamRegistry>().Default;
    }

    /// <summary>The recorded server.</summary>
    public ReplayUpstream Upstream { get; }

    /// <summary>Calls the rpc that means the same as the recorded request.</summary>
    public async Task<ReplayResult> InvokeAsync(ReplayCase replayed, CancellationToken cancellationToken)
    {
        Upstream.Expect(replayed);
        var plan = _invoker.Plans[replayed.Rpc!.Method];
        var authorization = replayed.Exchange.IsGuest
            ? null
            : "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{replayed.Exchange.Actor}:{replayed.Exchange.Credential}"));
        var metadata = new TalkCallMetadata
        {
            Authorization = authorization,
            SessionToken = plan.Session == SessionUse.Needs ? _server.SealSession(new SessionJar(), Credential.Parse(authorization)) : null,
        };
        var target = new ArrayBufferWriter<byte>();
        var outcome = await _invoker.InvokeAsync(plan, metadata, replayed.Request!.ToByteArray(), target, cancellationToken);
        if (plan.OperationId == "server.capabilities")
        {
            // What an exchange told of the server must not be remembered either.
            _time.Advance(new CapabilityOptions().MinRefreshInterval);
        }

        return outcome.Failure is { } failure
            ? new ReplayResult((Code)failure.Code, failure.Message, null)
            : new ReplayResult(Code.Ok, "", replayed.Rpc.Method.OutputType.Parser.ParseFrom(target.WrittenSpan));
    }

    public void Dispose() => _services.Dispose();
}
