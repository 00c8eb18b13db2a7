using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.HttpOverrides;
using TalkGateway.Configuration;
using IPNetwork = System.Net.IPNetwork;

namespace TalkGateway.Hosting;

/// <summary>
/// Where a request comes from: what the connection says, unless a proxy that the operator trusts opened it and says more in
/// <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c>. Configuration key <c>TrustedProxies</c>, a list of addresses and networks.
/// </summary>
internal static class TrustedProxies
{
    /// <summary>The configuration key.</summary>
    public const string Key = "TrustedProxies";

    /// <summary>What the middleware keeps of the headers it has taken; it is nobody else's.</summary>
    public static readonly string[] Originals = ["X-Original-For", "X-Original-Proto", "X-Original-Host"];

    private static readonly object PeerIsTrusted = new();

    /// <summary>Whether a proxy that the operator trusts sent the request.</summary>
    public static bool Sent(HttpContext context) => context.Items.ContainsKey(PeerIsTrusted);

    /// <exception cref="ConfigurationException">An entry is no address and no network.</exception>
    public static void Use(WebApplication app)
    {
        var networks = Read(app.Configuration);
        app.Use(static (context, next) =>
        {
            // HTTP/2 lets a client write any scheme it likes.
            context.Request.Scheme = context.Features.Get<ITlsHandshakeFeature>() is null ? Uri.UriSchemeHttp : Uri.UriSchemeHttps;
            return next(context);
        });
        if (networks.Count == 0)
        {
            return;
        }

        app.Use((context, next) =>
        {
            if (context.Connection.RemoteIpAddress is { } peer && networks.Exists(network => network.Contains(peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer)))
            {
                context.Items[PeerIsTrusted] = PeerIsTrusted;
            }

            return next(context);
        });

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All & ~ForwardedHeaders.XForwardedPrefix, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks)
        {
            options.KnownIPNetworks.Add(network);
        }

        app.UseForwardedHeaders(options);
    }

    private static List<IPNetwork> Read(IConfiguration configuration) =>
        [.. configuration.GetSection(Key).GetChildren().Select(entry => Parse(entry.Path, entry.Value!))];

    private static IPNetwork Parse(string path, string text)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        }

        return IPNetwork.TryParse(text, out var network)
            ? network
            : throw new ConfigurationException(path, text, "give an address such as 10.0.0.7, or a network such as 10.0.0.0/8 whose address ends where the prefix does");
    }
}
