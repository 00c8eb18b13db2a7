using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TalkGateway.Configuration;
using TalkGateway.Simulator;
using TalkGateway.Talk;
using TalkGateway.Testing;

namespace TalkGateway.EndToEnd.Tests.Fixtures;

/// <summary>How a <see cref="TestGateway"/> starts.</summary>
internal sealed record TestGatewayOptions
{
    /// <summary>The Talk behind the gateway.</summary>
    public SimulatorOptions Simulator { get; init; } = new() { SeedDemoData = false };

    /// <summary>Configuration keys of the gateway besides the upstream's address.</summary>
    public IReadOnlyDictionary<string, string?> Keys { get; init; } = new Dictionary<string, string?>();

    /// <summary>Another upstream than the simulator.</summary>
    public Uri? Upstream { get; init; }

    /// <summary>The password of an account.</summary>
    public Func<string, string> PasswordOf { get; init; } = user => user;

    /// <summary>Takes the place of the connections to the upstream.</summary>
    public HttpMessageHandler? Connections { get; init; }

    /// <summary>The gateway's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The keys of session tokens; replicas share them.</summary>
    public IDataProtectionProvider Keyring { get; init; } = new EphemeralDataProtectionProvider();

    /// <summary>Receives what the gateway logs; nothing is logged without it.</summary>
    public ILoggerProvider? Logs { get; init; }
}

/// <summary>A gateway on a port of its own, with a simulated Talk behind it.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    /// <summary>Name of the upstream.</summary>
    public const string Upstream = "main";

    private readonly RunningGateway _running;
    private readonly GrpcTestClient _client;
    private readonly Func<string, string> _passwordOf;

    private TestGateway(RunningGateway running, TalkSimulator simulator, Func<string, string> passwordOf)
    {
        _running = running;
        _passwordOf = passwordOf;
        _client = new GrpcTestClient(running.Address);
        Simulator = simulator;
    }

    /// <summary>The Talk behind the gateway.</summary>
    public TalkSimulator Simulator { get; }

    public Uri Address => _running.Address;

    public GrpcTestClient Client => _client;

    /// <summary>The gateway's own parts.</summary>
    public IServiceProvider Services => _running.App.Services;

    public static Task<TestGateway> StartAsync(string profile) =>
        StartAsync(new TestGatewayOptions { Simulator = new SimulatorOptions { Profile = profile, SeedDemoData = false } });

    public static async Task<TestGateway> StartAsync(TestGatewayOptions? options = null)
    {
        options ??= new TestGatewayOptions();
        var simulator = await TalkSimulator.StartAsync(options.Simulator);
        try
        {
            var keys = new Dictionary<string, string?>
            {
                ["Listen"] = "http://127.0.0.1:0",
                [$"Upstreams:Servers:{Upstream}:Address"] = (options.Upstream ?? simulator.BaseAddress).AbsoluteUri,
                [$"Upstreams:Servers:{Upstream}:Retry:BaseDelay"] = "00:00:00",
            };
            foreach (var (key, value) in options.Keys)
            {
                keys[key] = value;
            }

            var running = await GatewayHost.StartAsync(new CommandLineSettings(null, keys), CancellationToken.None, builder => Configure(builder, options));
            return new TestGateway(running, simulator, options.PasswordOf);
        }
        catch
        {
            await simulator.DisposeAsync();
            throw;
        }
    }

    /// <summary>An account, with its own password unless another is given.</summary>
    public Caller As(string user, string? password = null) => new(_client, Caller.Basic(user, password ?? _passwordOf(user)));

    /// <summary>An account that signs in with an app password, issued now.</summary>
    public Caller WithAppPassword(string user) => As(user, Simulator.IssueAppPassword(user));

    /// <summary>Somebody without an account.</summary>
    public Caller Guest() => new(_client, null);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Simulator.DisposeAsync();
        await _running.DisposeAsync();
    }

    private static void Configure(WebApplicationBuilder builder, TestGatewayOptions options)
    {
        builder.Logging.ClearProviders();
        if (options.Logs is not null)
        {
            builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(options.Logs);
        }

        if (options.Connections is { } connections)
        {
            builder.Services.AddSingleton<UpstreamHandlerFactory>(_ => connections);
        }

        builder.Services.AddSingleton(options.Time);
        builder.Services.AddSingleton(options.Keyring);
    }
}
