using Microsoft.AspNetCore.Cors;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using TalkGateway.Configuration;
using TalkGateway.Explorer;
using TalkGateway.Hosting;
using TalkGateway.PassThrough;
using TalkGateway.Rpc;
using TalkGateway.Rpcs;
using TalkGateway.Sessions;
using TalkGateway.Simulator;
using TalkGateway.Talk;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace TalkGateway;

/// <summary>Puts the parts together: configuration, endpoints, the embedded simulator, the pass-through.</summary>
internal static class GatewayHost
{
    /// <summary>The exit code of a start that the configuration or the command line keeps from succeeding.</summary>
    public const int ConfigurationIsWrong = 2;

    /// <summary>Runs the gateway until it is told to stop.</summary>
    /// <returns>The exit code: 0, or <see cref="ConfigurationIsWrong"/>.</returns>
    public static async Task<int> RunAsync(CommandLineSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await using var gateway = await StartAsync(settings, cancellationToken, static builder => builder.Services.AddHostedService<ProxyTrustCheck>());
            var hasExplorer = gateway.App.Configuration.Read<ExplorerOptions>(ExplorerOptions.Section).Enabled;
            Console.WriteLine(WelcomeText.For(gateway.Addresses, gateway.Simulator, hasExplorer));
            await WaitForEndAsync(gateway.App, cancellationToken);
            return 0;
        }
        catch (Exception wrong) when (wrong is ConfigurationException or OptionsValidationException)
        {
            await Console.Error.WriteLineAsync($"TalkGateway cannot start. {wrong.Message}");
            return ConfigurationIsWrong;
        }
    }

    private static async Task WaitForEndAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.WaitForShutdownAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Calls that lasted longer than they may after the order to stop were cut, as configured.
        }
    }

    /// <summary>Starts the gateway, and the simulator behind it where one is asked for.</summary>
    /// <exception cref="ConfigurationException">The configuration is wrong.</exception>
    /// <exception cref="OptionsValidationException">The configuration is wrong.</exception>
    public static async Task<RunningGateway> StartAsync(
        CommandLineSettings settings, CancellationToken cancellationToken, Action<WebApplicationBuilder>? configure = null)
    {
        var configuration = GivenConfiguration.Read(settings);

        // An empty builder, since the others read variables of everybody's, such as LISTEN, as keys.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT"),
        });
        builder.Configuration.AddConfiguration(configuration);

        var simulator = await StartSimulatorAsync(builder, cancellationToken);
        WebApplication? app = null;
        var started = false;
        try
        {
            builder.Logging.AddConfiguration(LoggingSettings.Check(configuration)).AddConsole();

            // A start that fails is told once, by whoever started it.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
            builder.Services.PostConfigure<LoggerFilterOptions>(SecretCategories.Silence);
            await AddServicesAsync(builder, cancellationToken);
            var listeners = Listeners.Add(builder);
            configure?.Invoke(builder);
            app = builder.Build();
            SharedKeys.CheckDefault(app.Services.GetRequiredService<IDataProtectionProvider>());
            Map(app, simulator);
            await listeners.StartAsync(app, cancellationToken);
            started = true;
            return new RunningGateway(app, simulator);
        }
        catch (OptionsValidationException wrong) when (wrong.OptionsType == typeof(RpcServerOptions))
        {
            throw new OptionsValidationException(wrong.OptionsName, wrong.OptionsType, wrong.Failures.Select(failure => $"{GivenConfiguration.RpcSection}:{failure}"));
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

    private static async Task AddServicesAsync(WebApplicationBuilder builder, CancellationToken cancellationToken)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        services.AddSingleton(TimeProvider.System);
        services.AddRouting();
        var limits = configuration.Read<LimitSettings>(LimitSettings.Section);
        limits.Check(configuration.Read<RpcServerOptions>(GivenConfiguration.RpcSection));
        var (requests, answers) = (limits.Requests(), limits.Answers());
        services.AddSingleton(new RpcBudgets(requests, answers));
        services.AddHostedService(provider => new MemoryReturn([requests, answers], provider.GetRequiredService<ConnectionMemory>(), provider.GetRequiredService<TimeProvider>()));
        services.AddRpc(options => configuration.GetSection(GivenConfiguration.RpcSection).Bind(options));
        services.AddTalk(configuration.Read<UpstreamsOptions>(UpstreamsOptions.Section), answers);
        services.AddHttpForwarder();
        services.AddCors();

        var shutdown = configuration.Read<ShutdownSettings>(ShutdownSettings.Section);
        shutdown.Check();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = shutdown.Delay + shutdown.Timeout);
        services.AddHostedService(provider => new Drain(shutdown, provider.GetRequiredService<TalkUpstreams>(), provider.GetRequiredService<TimeProvider>()));

        var directory = configuration.Read<SessionKeySettings>(SessionKeySettings.Section).KeyDirectory;
        if (directory.Length == 0)
        {
            services.AddDataProtection().SetApplicationName(SharedKeys.ApplicationName);
        }
        else
        {
            services.AddSingleton<IDataProtectionProvider>(await SharedKeys.OpenAsync(directory, cancellationToken));
        }
    }

    private static void Map(WebApplication app, TalkSimulator? simulator)
    {
        TrustedProxies.Use(app);
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
            var upstream = app.Services.GetRequiredService<TalkUpstreams>().OptionsOf(options.Upstream);
            var endpoint = new PassThroughEndpoint(app.Services.GetRequiredService<IHttpForwarder>(), options, upstream, app.Services.GetRequiredService<ILogger<PassThroughEndpoint>>());
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
