using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TalkGateway.Configuration;
using TalkGateway.Rpc;

namespace TalkGateway.Hosting;

/// <summary>Where Kestrel listens and within which limits, and what is said when it can't.</summary>
internal sealed class Listeners
{
    // What a connection may send ahead, in bytes: uploads that pass through need some, and what nobody reads stays in memory.
    private const int RequestBuffer = 128 * 1024;

    // Credential, session token, cookies of a browser; in bytes.
    private const int RequestHeaders = 16 * 1024;

    private readonly string _key;
    private readonly string? _value;

    private Listeners(string key, string? value)
    {
        _key = key;
        _value = value;
    }

    /// <summary>Adds Kestrel as the configuration wants it.</summary>
    /// <exception cref="ConfigurationException">The configuration is wrong.</exception>
    public static Listeners Add(WebApplicationBuilder builder)
    {
        var limits = builder.Configuration.Read<LimitSettings>(LimitSettings.Section);
        var hasEndpoints = KestrelSettings.Read(builder.Configuration).HasEndpoints;
        var (key, value, addresses) = hasEndpoints
            ? ($"{KestrelSettings.Section}:{nameof(KestrelSettings.Endpoints)}", null, [])
            : ListenAddress.Read(builder.Configuration, Environment.GetEnvironmentVariable);
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.Configure(builder.Configuration.GetSection(KestrelSettings.Section), reloadOnChange: false);

            // A plaintext HTTP/2 connection looks like TLS to Kestrel (see UseHttp1AndHttp2Detection), its scheme does not.
            kestrel.AllowAlternateSchemes = true;
            kestrel.AddServerHeader = false;
            kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            kestrel.Limits.MaxConcurrentConnections = limits.MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = limits.MaxConnections;
            kestrel.Limits.Http2.MaxStreamsPerConnection = limits.MaxStreamsPerConnection;
            kestrel.Limits.MaxRequestHeadersTotalSize = RequestHeaders;
            kestrel.Limits.MaxRequestBufferSize = RequestBuffer;
            kestrel.Limits.Http2.InitialStreamWindowSize = RequestBuffer;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 2 * RequestBuffer;
            kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                endpoint.Protocols = HttpProtocols.Http1AndHttp2;
                endpoint.UseHttp1AndHttp2Detection();
            });
            foreach (var address in addresses)
            {
                Listen(kestrel, address);
            }
        });

        // Behind Kestrel's own.
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, ConnectionMemory>();
        return new Listeners(key, value);
    }

    /// <summary>Starts the application.</summary>
    /// <exception cref="ConfigurationException">It can't listen there.</exception>
    public async Task StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException taken) when (taken.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new ConfigurationException(_key, _value, "another program listens there: choose another address (--listen), or stop that program");
        }
        catch (SocketException refused)
        {
            throw new ConfigurationException(_key, _value, $"the gateway cannot listen there ({refused.Message}): choose an address of this machine, and a port that its user may take");
        }
        catch (Exception unusable) when (_value is null && unusable is InvalidOperationException or FormatException or CryptographicException or IOException or ArgumentException)
        {
            // Kestrel found what the checks before did not.
            throw new ConfigurationException(_key, _value, $"Kestrel cannot use what is configured there: {unusable.GetBaseException().Message}");
        }
    }

    private static void Listen(KestrelServerOptions kestrel, ListenAddress address)
    {
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
    }
}
