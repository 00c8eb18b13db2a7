namespace TalkGateway.Hosting;

/// <summary>
/// Log categories of the framework that repeat what clients sent: query strings, in which messages and tokens travel, paths, of which
/// links of shares are secret, and header lines that are malformed, which may be an Authorization. No configuration brings them out.
/// </summary>
internal static class SecretCategories
{
    private static readonly (string Name, LogLevel Least)[] Categories =
    [
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning),
        ("Microsoft.AspNetCore.Routing.EndpointRoutingMiddleware", LogLevel.Warning),
        ("Microsoft.AspNetCore.Routing.Matching.DfaMatcher", LogLevel.Warning),
        ("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Warning),

        // What this one says above Warning is what one client did to its own connection (rapid resets), as often as it likes.
        ("Microsoft.AspNetCore.Server.Kestrel.Http2", LogLevel.None),

        // The pass-through tells its failures itself, without the path.
        ("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.None),
    ];

    /// <summary>Adds rules that win over all others: they name the whole category, for every provider, and come last.</summary>
    public static void Silence(LoggerFilterOptions options)
    {
        foreach (var provider in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToList())
        {
            foreach (var (category, least) in Categories)
            {
                options.Rules.Add(new LoggerFilterRule(provider, category, least, filter: null));
            }
        }
    }
}
