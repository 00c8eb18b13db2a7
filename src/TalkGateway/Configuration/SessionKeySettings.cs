namespace TalkGateway.Configuration;

/// <summary>The keys that seal session tokens. Configuration section <c>Sessions</c>.</summary>
public sealed class SessionKeySettings
{
    /// <summary>The configuration section.</summary>
    internal const string Section = "Sessions";

    /// <summary>
    /// Directory of the keys, shared by all replicas. Empty: the platform's default for the user the gateway runs as, which
    /// survives restarts on one machine only.
    /// </summary>
    public string KeyDirectory { get; set; } = "";
}
