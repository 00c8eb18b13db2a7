using TalkGateway.Configuration;

namespace TalkGateway.PassThrough;

/// <summary>What happens to requests that are no rpc. Configuration section <c>PassThrough</c>.</summary>
public sealed class PassThroughOptions
{
    /// <summary>The configuration section.</summary>
    internal const string Section = "PassThrough";

    private static readonly TimeSpan ShortestIdleTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestIdleTimeout = TimeSpan.FromHours(1);

    /// <summary>Whether such requests go to the upstream at all; when not, they are answered with 404.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Path prefixes that are passed through, matched by whole segments (<c>/ocs</c> covers <c>/ocs/v2.php</c>, not <c>/ocsx</c>).
    /// Empty: every path.
    /// </summary>
    public IList<string> Prefixes { get; } = [];

    /// <summary>Name of the upstream that receives them. Empty: the default upstream.</summary>
    public string Upstream { get; set; } = "";

    /// <summary>
    /// Ask the upstream by the host that the client asked for, instead of by its own. Nextcloud then makes links and redirects with
    /// it, and must have it among its <c>trusted_domains</c>.
    /// </summary>
    public bool KeepHost { get; set; }

    /// <summary>
    /// How long the upstream may stay silent in either direction before the request is given up. Range: 1 s to 1 h.
    /// Longer than Talk's long polls (30 s; 60 s before Talk 4).
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <exception cref="ConfigurationException">A value cannot be used.</exception>
    internal void Check(IReadOnlyCollection<string> upstreams)
    {
        foreach (var (index, prefix) in Prefixes.Index())
        {
            if (!prefix.StartsWith('/'))
            {
                throw new ConfigurationException($"{Section}:{nameof(Prefixes)}:{index}", prefix, $"a path prefix begins with '/', such as /{prefix.TrimStart('/')}");
            }
        }

        if (Upstream.Length != 0 && !upstreams.Contains(Upstream))
        {
            throw new ConfigurationException($"{Section}:{nameof(Upstream)}", Upstream, $"set it to one of {string.Join(", ", upstreams)}");
        }

        if (IdleTimeout < ShortestIdleTimeout || IdleTimeout > LongestIdleTimeout)
        {
            throw new ConfigurationException($"{Section}:{nameof(IdleTimeout)}", $"{IdleTimeout:c}", $"set it to a value from {ShortestIdleTimeout:c} to {LongestIdleTimeout:c}");
        }
    }
}
