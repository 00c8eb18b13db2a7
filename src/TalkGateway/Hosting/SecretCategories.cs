namespace TalkGateway.Hosting;

/// <summary>
/// Log categories of the framework that repeat below Warning what clients sent: query strings, in which messages and tokens travel, and
/// header lines that are malformed, which may be an Authorization. No configuration brings them out.
/// </summary>
internal static class SecretCategories
{
    private static readonly string[] Names =
    [
        "Microsoft.AspNetCore.Hosting.Diagnostics",
        "Microsoft.AspNetCore.Server.Kestrel.BadRequests",
        "Yarp.ReverseProxy.Forwarder.HttpForwarder",
    ];

    /// <summary>Adds rules that win over all others: they name the whole category, for every provider, and come last.</summary>
    public static void Silence(LoggerFilterOptions options)
    {
        foreach (var provider in options.Rules.Select(rule => rule.ProviderName).Append(null).Distinct().ToList())
        {
            foreach (var category in Names)
            {
                options.Rules.Add(new LoggerFilterRule(provider, category, LogLevel.Warning, filter: null));
            }
        }
    }
}
