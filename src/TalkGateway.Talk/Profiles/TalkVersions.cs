using System.Collections.Frozen;

namespace TalkGateway.Talk.Profiles;

/// <summary>
/// Infers the version of a Talk that does not publish it (before 15.0). The capabilities tell most, since each version brought
/// some; Nextcloud's major version, always ten above Talk's, tells 10.0 from 9.0.
/// </summary>
internal static class TalkVersions
{
    /// <summary>The first version, the only one that publishes nothing.</summary>
    public static Version First { get; } = new(3, 0, 0);

    // Newest first; a capability proves the version, since it stays published afterwards. The two that were withdrawn later
    // (chat, conversation-v2) stand below their successors.
    private static readonly (string Capability, Version Since)[] Introduced =
    [
        ("talk-polls", new(15, 0)),
        ("reactions", new(14, 0)),
        ("rich-object-delete", new(14, 0)),
        ("conversation-permissions", new(13, 0, 3)),
        ("direct-mention-flag", new(13, 0)),
        ("clear-history", new(12, 1)),
        ("conversation-v4", new(12, 0)),
        ("delete-messages", new(11, 1)),
        ("listable-rooms", new(11, 0)),
        ("conversation-v3", new(10, 1, 1)),
        ("sip-support", new(10, 1)),
        ("conversation-v2", new(9, 0)),
        ("chat-replies", new(8, 0)),
        ("webinary-lobby", new(7, 0)),
        ("read-only-rooms", new(6, 0)),
        ("invite-groups-and-mails", new(5, 0)),
        ("no-ping", new(4, 0)),
        ("chat-v2", new(3, 2)),
        ("guest-signaling", new(3, 1)),
        ("chat", new(3, 0, 1)),
    ];

    /// <summary>The oldest version that fits, or null where nothing is known.</summary>
    /// <param name="features">What Talk publishes; empty for 3.0.0.</param>
    /// <param name="nextcloudMajor">Nextcloud's major version, or null.</param>
    public static Version? Infer(FrozenSet<string> features, int? nextcloudMajor)
    {
        foreach (var (capability, since) in Introduced)
        {
            if (features.Contains(capability))
            {
                return since is { Major: 9 } && nextcloudMajor >= 20 ? new Version(10, 0) : since;
            }
        }

        return null;
    }
}
