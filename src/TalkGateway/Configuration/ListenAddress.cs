using System.Net;

namespace TalkGateway.Configuration;

/// <summary>Where the gateway listens. Configuration key <c>Listen</c>; <c>Kestrel:Endpoints</c> takes its place where TLS or several ports are wanted.</summary>
/// <param name="Address">Address to bind; null for every interface.</param>
/// <param name="IsLocalhost">Bind both loopback addresses.</param>
/// <param name="Port">TCP port; 0 takes a free one.</param>
internal sealed record ListenAddress(IPAddress? Address, bool IsLocalhost, int Port)
{
    /// <summary>The configuration key.</summary>
    public const string Key = "Listen";

    /// <summary>What is used where the key is not set.</summary>
    public const string Default = "http://localhost:8080";

    /// <summary>Reads an address such as <c>http://127.0.0.1:8080</c> or <c>http://*:8080</c>.</summary>
    /// <exception cref="ConfigurationException">It is no such address.</exception>
    public static ListenAddress Parse(string value)
    {
        // '*' and '+' are how ASP.NET Core writes "every interface"; they are no host names to Uri.
        var text = value.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.PathAndQuery != "/")
        {
            throw new ConfigurationException(
                Key, value, "give an address such as http://127.0.0.1:8080 or http://*:8080; for TLS, configure Kestrel:Endpoints instead");
        }

        if (uri.Host == "localhost")
        {
            return new ListenAddress(null, true, uri.Port);
        }

        return IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address)
            ? new ListenAddress(address.Equals(IPAddress.Any) ? null : address, false, uri.Port)
            : throw new ConfigurationException(Key, value, "give an IP address, * or localhost as the host: a server cannot listen on a name");
    }
}
