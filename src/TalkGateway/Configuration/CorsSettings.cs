using Microsoft.AspNetCore.Cors.Infrastructure;
using TalkGateway.Rpc;
using TalkGateway.Talk.Calls;

namespace TalkGateway.Configuration;

/// <summary>
/// Which pages of other origins may call rpcs from a browser (Fetch standard, "CORS protocol"). Configuration section <c>Cors</c>.
/// What is passed through is left to the upstream's own rules.
/// </summary>
public sealed class CorsSettings
{
    /// <summary>The configuration section.</summary>
    internal const string Section = "Cors";

    private const string AnyOrigin = "*";

    private static readonly TimeSpan LongestPreflightMaxAge = TimeSpan.FromDays(1);

    /// <summary>
    /// Origins, each as <c>scheme://host</c> with the port where it is not the scheme's own; <c>https://*.example.com</c> for all
    /// subdomains, <c>*</c> alone for every page there is. Empty (the default): only pages of the gateway's own origin.
    /// </summary>
    public IList<string> Origins { get; } = [];

    /// <summary>How long a browser may remember that it may call, instead of asking before each call. 0 to 1 day; browsers have limits of their own.</summary>
    public TimeSpan PreflightMaxAge { get; set; } = TimeSpan.FromHours(2);

    /// <summary>The policy for rpcs; null where pages of other origins may not call.</summary>
    /// <exception cref="ConfigurationException">A value cannot be used.</exception>
    internal CorsPolicy? ToPolicy()
    {
        foreach (var (index, origin) in Origins.Index())
        {
            if (!IsOrigin(origin) && (origin != AnyOrigin || Origins.Count != 1))
            {
                throw new ConfigurationException(
                    $"{Section}:{nameof(Origins)}:{index}", origin, "give scheme, host and port as browsers do, in lower case and without a path, such as https://app.example.com, or * alone for every page");
            }
        }

        if (PreflightMaxAge < TimeSpan.Zero || PreflightMaxAge > LongestPreflightMaxAge)
        {
            throw new ConfigurationException(
                $"{Section}:{nameof(PreflightMaxAge)}", $"{PreflightMaxAge:c}", $"set it to a value from {TimeSpan.Zero:c} to {LongestPreflightMaxAge:c}");
        }

        if (Origins.Count == 0)
        {
            return null;
        }

        // No credentials: rpcs know no cookies, and what a page sends as authorization it has to know itself.
        return new CorsPolicyBuilder([.. Origins])
            .SetIsOriginAllowedToAllowWildcardSubdomains()
            .WithRpc("authorization", TalkCallMetadata.SessionKey, TalkCallMetadata.UpstreamKey)
            .WithExposedMetadata(TalkCallMetadata.SessionKey)
            .SetPreflightMaxAge(PreflightMaxAge)
            .Build();
    }

    private static bool IsOrigin(string text)
    {
        // The star stands for one label or more, so any label may take its place here.
        var one = text.Replace("://*.", "://any.", StringComparison.Ordinal);
        return Uri.TryCreate(one, UriKind.Absolute, out var uri)
            && uri.Host.Length != 0
            && uri.UserInfo.Length == 0
            && one == $"{uri.Scheme}://{uri.IdnHost}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}";
    }
}
