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

    private readonly IReadOnlyList<Place> _places;
    private readonly bool _isKestrels;

    private Listeners(IReadOnlyList<Place> places, bool isKestrels) => (_places, _isKestrels) = (places, isKestrels);

    /// <summary>Adds Kestrel as the configuration wants it.</summary>
    /// <exception cref="ConfigurationException">The configuration is wrong.</exception>
    public static Listeners Add(WebApplicationBuilder builder)
    {
        var limits = builder.Configuration.Read<LimitSettings>(LimitSettings.Section);
        var endpoints = KestrelSettings.Read(builder.Configuration).Endpoints;
        IReadOnlyList<ListenAddress> addresses = [];
        IReadOnlyList<Place> places;
        if (endpoints.Count == 0)
        {
            (var key, var value, addresses) = ListenAddress.Read(builder.Configuration, Environment.GetEnvironmentVariable);
            places = [.. addresses.Select(address => new Place(key, value, address))];
        }
        else if (builder.Configuration[ListenAddress.Key] is { } listen)
        {
            throw new ConfigurationException(ListenAddress.Key, listen, $"{KestrelSettings.Section}:{nameof(KestrelSettings.Endpoints)} is configured as well and says all of where to listen: remove either");
        }
        else
        {
            places = [.. endpoints.Select(endpoint => new Place($"{KestrelSettings.Section}:{nameof(KestrelSettings.Endpoints)}:{endpoint.Key}:Url", endpoint.Value.Url!, ListenAddress.Of(BindingAddress.Parse(endpoint.Value.Url!))))];
        }

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
        builder.Services.AddSingleton<ConnectionMemory>();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(provider => provider.GetRequiredService<ConnectionMemory>());
        return new Listeners(places, endpoints.Count != 0);
    }

    /// <summary>Starts the application.</summary>
    /// <exception cref="ConfigurationException">It can't listen there.</exception>
    public async Task StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception refused) when (refused is SocketException || refused.InnerException is AddressInUseException)
        {
            throw Explain(refused);
        }
        catch (Exception unusable) when (_isKestrels && unusable is InvalidOperationException or FormatException or CryptographicException or IOException or ArgumentException or NotSupportedException)
        {
            // Kestrel found what the checks before did not.
            throw new ConfigurationException(
                string.Join(", ", _places.Select(place => place.Key)), null, $"Kestrel cannot use what is configured there ({unusable.GetBaseException().Message}); docs/configuration.md lists the keys and their values");
        }
    }

    /// <summary>Finds the place that Kestrel could not listen at, which it does not tell, by trying each.</summary>
    private ConfigurationException Explain(Exception refused)
    {
        var place = _places.FirstOrDefault(place => !IsFree(place.Address)) ?? (_places.Count == 1 ? _places[0] : null);
        if (place is null)
        {
            return new ConfigurationException(string.Join(", ", _places.Select(each => each.Key)), null, "two of them name the same address: give each one of its own");
        }

        var option = place.Key == ListenAddress.Key ? " (--listen)" : "";
        return new ConfigurationException(place.Key, place.Value, refused is SocketException
            ? $"the gateway cannot listen there ({refused.Message}): choose an address of this machine, and a port that its user may take"
            : $"another program listens there: choose another address{option}, or stop that program");
    }

    private static bool IsFree(ListenAddress address)
    {
        try
        {
            using var listener = new TcpListener(address.IsLocalhost ? IPAddress.Loopback : address.Address ?? IPAddress.Any, address.Port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
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

    /// <summary>An address to listen on, and what named it.</summary>
    private sealed record Place(string Key, string Value, ListenAddress Address);
}
