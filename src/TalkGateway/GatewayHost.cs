using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Cors;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using TalkGateway.Configuration;
using TalkGateway.Explorer;
using TalkGateway.PassThrough;
using TalkGateway.Rpc;
using TalkGateway.Rpcs;
using TalkGateway.Simulator;
using TalkGateway.Talk;
using TalkGateway.Talk.Invocation;
using TalkGateway.Talk.Upstream;
using Yarp.ReverseProxy.Forwarder;

namespace TalkGateway;

/// <summary>Puts the parts together: configuration, endpoints, the embedded simulator, the pass-through.</summary>
internal static class GatewayHost
{
    /// <summary>Runs the gateway until it is told to stop.</summary>
    /// <returns>The exit code: 0, or 2 if the configuration is wrong.</returns>
    public static async Task<int> RunAsync(CommandLineSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await using var gateway = await StartAsync(settings, cancellationToken);
            var hasExplorer = gateway.App.Configuration.Read<ExplorerOptions>(ExplorerOptions.Section).Enabled;
            Console.WriteLine(WelcomeText.For(gateway.Addresses, gateway.Simulator, hasExplorer));
            await gateway.App.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (Exception wrong) when (wrong is ConfigurationException or OptionsValidationException)
        {
            await Console.Error.WriteLineAsync($"TalkGateway cannot start. {wrong.Message}");
            return 2;
        }
    }

    /// <summary>Starts the gateway, and the simulator behind it where one is asked for.</summary>
    /// <exception cref="ConfigurationException">The configuration is wrong.</exception>
    /// <exception cref="OptionsValidationException">The configuration is wrong.</exception>
    public static async Task<RunningGateway> StartAsync(
        CommandLineSettings settings, CancellationToken cancellationToken, Action<WebApplicationBuilder>? configure = null)
    {
        // appsettings.json lies beside the program, wherever it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(GivenConfiguration.Read(settings));

        var simulator = await StartSimulatorAsync(builder, cancellationToken);
        WebApplication? app = null;
        var started = false;
        try
        {
            // A start that fails is told once, by whoever started it.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
            AddServices(builder);
            Listen(builder);
            configure?.Invoke(builder);
            app = builder.Build();
            Map(app, simulator);
            await app.StartAsync(cancellationToken);
            started = true;
            return new RunningGateway(app, simulator);
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            throw new ConfigurationException(
                ListenAddress.Key, builder.Configuration[ListenAddress.Key] ?? ListenAddress.Default, "another program listens there: choose another address (--listen), or stop that program");
        }
        finally
        {
            if (!started)
            {
                await (app?.DisposeAsync() ?? default);
                await (simulator?.DisposeAsync() ?? default);
            }
        }
    }

    private static async Task<TalkSimulator?> StartSimulatorAsync(WebApplicationBuilder builder, CancellationToken cancellationToken)
    {
        var settings = builder.Configuration.Read<SimulatorSettings>(SimulatorSettings.Section);
        var hasUpstream = UpstreamNames(builder.Configuration).Length != 0;
        if (settings.Profile.Length == 0)
        {
            if (hasUpstream)
            {
                return null;
            }

            if (!builder.Environment.IsDevelopment())
            {
                throw new ConfigurationException(
                    "Upstreams:Servers", null, "no upstream is configured: name a Nextcloud (--upstream https://cloud.example.com), or ask for the embedded simulator (--simulate 25)");
            }
        }
        else if (hasUpstream)
        {
            throw new ConfigurationException(
                "Simulator:Profile", settings.Profile, "an upstream is configured as well: the simulator is for running without one, so remove either");
        }

        try
        {
            var options = settings.Profile.Length == 0 ? new SimulatorOptions() : new SimulatorOptions { Profile = settings.Profile };
            options = options with { LogRequests = false };
            var simulator = await TalkSimulator.StartAsync(options, cancellationToken);
            builder.Configuration.AddInMemoryCollection([new("Upstreams:Servers:simulator:Address", simulator.BaseAddress.AbsoluteUri)]);
            return simulator;
        }
        catch (ArgumentException)
        {
            throw new ConfigurationException(
                "Simulator:Profile", settings.Profile, $"there is no such profile, only {string.Join(", ", TalkProfile.All.Select(profile => profile.Name))}");
        }
    }

    private static string[] UpstreamNames(IConfiguration configuration) =>
        [.. configuration.GetSection($"{UpstreamsOptions.Section}:{nameof(UpstreamsOptions.Servers)}").GetChildren().Select(server => server.Key)];

    private static void AddServices(WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddRpc(options => builder.Configuration.ReadInto(GivenConfiguration.RpcSection, options));
        services.AddTalk(builder.Configuration.Read<UpstreamsOptions>(UpstreamsOptions.Section));
        services.AddHttpForwarder();
        services.AddCors();

        var keys = services.AddDataProtection().SetApplicationName("TalkGateway");
        if (builder.Configuration.Read<SessionKeySettings>(SessionKeySettings.Section).OpenDirectory() is { } directory)
        {
            keys.PersistKeysToFileSystem(directory);
        }
    }

    private static void Listen(WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // A plaintext HTTP/2 connection looks like TLS to Kestrel (see UseHttp1AndHttp2Detection), its scheme does not.
            kestrel.AllowAlternateSchemes = true;
            kestrel.AddServerHeader = false;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http1AndHttp2;
                endpoint.UseHttp1AndHttp2Detection();
            });
            if (builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
            {
                return;
            }

            var address = ListenAddress.Parse(builder.Configuration[ListenAddress.Key] ?? ListenAddress.Default);
            switch (address)
            {
                case { IsLocalhost: true, Port: not 0 }:
                    kestrel.ListenLocalhost(address.Port);
                    break;
                case { IsLocalhost: true }:
                    kestrel.Listen(IPAddress.Loopback, 0);
                    break;
                case { Address: { } ip }:
                    kestrel.Listen(ip, address.Port);
                    break;
                default:
                    kestrel.ListenAnyIP(address.Port);
                    break;
            }
        });
    }

    private static void Map(WebApplication app, TalkSimulator? simulator)
    {
        var rpcs = app.MapGroup("");
        rpcs.MapTalkServices(app.Services.GetRequiredService<TalkInvoker>());
        rpcs.MapRpcReflection();
        rpcs.MapRpcHealth();
        rpcs.WithMetadata(TalkServices.CallerHeaders);
        if (app.Configuration.Read<CorsSettings>(CorsSettings.Section).ToPolicy() is { } cors)
        {
            app.UseCors();
            rpcs.WithMetadata(new CorsPolicyMetadata(cors));
        }

        if (app.Configuration.Read<ExplorerOptions>(ExplorerOptions.Section).Enabled)
        {
            ExplorerEndpoint.Map(app, simulator);
        }

        var options = app.Configuration.Read<PassThroughOptions>(PassThroughOptions.Section);
        options.Check(UpstreamNames(app.Configuration));
        if (options.Enabled)
        {
            var endpoint = new PassThroughEndpoint(
                app.Services.GetRequiredService<IHttpForwarder>(),
                options,
                app.Services.GetRequiredService<TalkUpstreams>().AddressOf(options.Upstream),
                app.Services.GetRequiredService<ILogger<PassThroughEndpoint>>());
            app.Lifetime.ApplicationStopped.Register(endpoint.Dispose);
            app.MapFallback("{**path}", endpoint.ForwardAsync);
        }
    }
}

/// <summary>A gateway that listens.</summary>
/// <param name="App">The web application.</param>
/// <param name="Simulator">The embedded simulator; null in front of a real server.</param>
internal sealed record RunningGateway(WebApplication App, TalkSimulator? Simulator) : IAsyncDisposable
{
    /// <summary>The addresses it listens on.</summary>
    public IReadOnlyList<Uri> Addresses =>
        [.. App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address))];

    /// <summary>The first of them.</summary>
    public Uri Address => Addresses[0];

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        if (Simulator is not null)
        {
            await Simulator.DisposeAsync();
        }
    }
}
