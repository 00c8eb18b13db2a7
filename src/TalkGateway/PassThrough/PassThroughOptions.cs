namespace TalkGateway.PassThrough;

/// <summary>What happens to requests that are no rpc. Configuration section <c>Gateway:PassThrough</c>.</summary>
public sealed class PassThroughOptions
{
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
    /// How long the upstream may stay silent in either direction before the request is given up. Range: 1 s to 1 h.
    /// Longer than Talk's long polls (30 s; 60 s before Talk 4).
    /// </summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(100);
}
