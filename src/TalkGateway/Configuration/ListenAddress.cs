using System.Net;

namespace TalkGateway.Configuration;

/// <summary>
/// Where the gateway listens: configuration key <c>Listen</c>, or what ASP.NET Core's own variables say where that is not set.
/// <c>Kestrel:Endpoints</c> takes its place where TLS or several ports are wanted.
/// </summary>
/// <param name="Address">Address to bind; null for every interface.</param>
/// <param name="IsLocalhost">Bind both loopback addresses.</param>
/// <param name="Port">TCP port; 0 takes a free one.</param>
internal sealed record ListenAddress(IPAddress? Address, bool IsLocalhost, int Port)
{
    /// <summary>The configuration key.</summary>
    public const string Key = "Listen";

    /// <summary>What is used where nothing is set.</summary>
    public const string Default = "http://localhost:8080";

    private const string UrlsVariable = "ASPNETCORE_URLS";
    private const string HttpPortsVariable = "ASPNETCORE_HTTP_PORTS";
    private const string HttpsPortsVariable = "ASPNETCORE_HTTPS_PORTS";
    private const string TlsRemedy = "for TLS, configure Kestrel:Endpoints instead";

    /// <summary>The addresses, and the key or variable that named them.</summary>
    /// <param name="configuration">What is configured.</param>
    /// <param name="variable">The value of an environment variable.</param>
    /// <exception cref="ConfigurationException">One of them cannot be listened on.</exception>
    public static (string Key, string Value, IReadOnlyList<ListenAddress> Addresses) Read(IConfiguration configuration, Func<string, string?> variable)
    {
        if (configuration[Key] is { } listen)
        {
            return (Key, listen, [Parse(Key, listen)]);
        }

        if (variable(UrlsVariable) is { Length: > 0 } urls)
        {
            return (UrlsVariable, urls, [.. Parts(UrlsVariable, urls).Select(url => Parse(UrlsVariable, url))]);
        }

        if (variable(HttpsPortsVariable) is { Length: > 0 } tls)
        {
            throw new ConfigurationException(HttpsPortsVariable, tls, $"remove it; {TlsRemedy}");
        }

        return variable(HttpPortsVariable) is { Length: > 0 } ports
            ? (HttpPortsVariable, ports, [.. Parts(HttpPortsVariable, ports).Select(OfPort)])
            : (Key, Default, [Parse(Key, Default)]);
    }

    /// <summary>What Kestrel makes of an endpoint's address.</summary>
    public static ListenAddress Of(BindingAddress address) =>
        new(IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) ? ip : null, address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase), address.Port);

    private static string[] Parts(string variable, string list) =>
        list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: not 0 } parts
            ? parts
            : throw new ConfigurationException(variable, list, "it names nothing: remove it, or give what its name says, separated by ';'");

    private static ListenAddress OfPort(string text) => int.TryParse(text, out var port) && port is >= 0 and <= IPEndPoint.MaxPort
        ? new ListenAddress(null, false, port)
        : throw new ConfigurationException(HttpPortsVariable, text, "give port numbers, separated by ';'");

    /// <summary>Reads an address such as <c>http://127.0.0.1:8080</c> or <c>http://*:8080</c>.</summary>
    private static ListenAddress Parse(string key, string value)
    {
        // '*' and '+' are how ASP.NET Core writes "every interface"; they are no host names to Uri.
        var text = value.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.PathAndQuery != "/" || uri.UserInfo.Length != 0)
        {
            throw new ConfigurationException(
                key, value, $"give an address such as http://127.0.0.1:8080 or http://*:8080, with nothing before or behind it; {TlsRemedy}");
        }

        if (uri.Host == "localhost")
        {
            return new ListenAddress(null, true, uri.Port);
        }

        return IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address)
            ? new ListenAddress(address.Equals(IPAddress.Any) ? null : address, false, uri.Port)
            : throw new ConfigurationException(key, value, "give an IP address, * or localhost as the host: a server cannot listen on a name");
    }
}
