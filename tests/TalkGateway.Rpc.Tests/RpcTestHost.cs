using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TalkGateway.Rpc.Tests.Protos;
using TalkGateway.Testing;

namespace TalkGateway.Rpc.Tests;

/// <summary>A server with test services on a loopback port of its own, its clock in the test's hand, and a client of it.</summary>
internal sealed class RpcTestHost : IAsyncDisposable
{
    private readonly CollectedLogs _logs;

    private RpcTestHost(WebApplication app, ManualTimeProvider time, CollectedLogs logs)
    {
        App = app;
        Time = time;
        _logs = logs;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Client = new GrpcTestClient(Address);
    }

    public WebApplication App { get; }

    public Uri Address { get; }

    public GrpcTestClient Client { get; }

    public ManualTimeProvider Time { get; }

    public IReadOnlyCollection<string> Logs => _logs.Entries;

    /// <summary>Starts a server with <c>rpctest.EchoService</c> bound as told.</summary>
    public static Task<RpcTestHost> StartEchoAsync(Action<RpcServiceBinder> bind, Action<RpcServerOptions>? options = null) =>
        StartAsync(app => app.MapRpcService(EchoReflection.Descriptor.Services[0], bind), options);

    /// <summary>Starts a server with <c>rpctest.BytesService</c> bound as told.</summary>
    public static Task<RpcTestHost> StartBytesAsync(Action<RpcServiceBinder> bind, Action<RpcServerOptions>? options = null) =>
        StartAsync(app => app.MapRpcService(EchoReflection.Descriptor.Services[1], bind), options);

    public static async Task<RpcTestHost> StartAsync(
        Action<WebApplication> map,
        Action<RpcServerOptions>? options = null,
        Action<WebApplicationBuilder>? build = null,
        Action<ListenOptions>? listen = null)
    {
        var time = new ManualTimeProvider();
        var logs = new CollectedLogs();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddFilter("Microsoft", LogLevel.Warning).AddProvider(logs);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen ?? (port => port.UseHttp1AndHttp2Detection())));
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddRpc(options);
        build?.Invoke(builder);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new RpcTestHost(app, time, logs);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await App.StopAsync(atOnce.Token);
        await App.DisposeAsync();
    }

    private sealed class CollectedLogs : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _entries = new();

        public IReadOnlyCollection<string> Entries => _entries;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _entries.Enqueue($"{logLevel} {eventId.Id}: {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
