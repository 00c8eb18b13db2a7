using System.Collections.Frozen;

namespace TalkGateway.Talk.Profiles;

/// <summary>The API version chosen per family that has more than one.</summary>
internal readonly record struct ApiVersions(int Conversation, int Call, int Signaling)
{
    /// <summary>The version of a family by its name; everything else has version 1 only.</summary>
    public int Of(string family) => family switch
    {
        "conversation" => Conversation,
        "call" => Call,
        "signaling" => Signaling,
        "tags" or "calendar" => 4,
        _ => 1,
    };
}

/// <summary>Chooses API versions from a server's capabilities.</summary>
internal static class VersionRouter
{
    private const string Prefix = "/ocs/v2.php/apps/spreed/api/v";

    private static readonly string[] BasePaths = [.. Enumerable.Range(0, 5).Select(v => Prefix + v)];

    // Read from the top; the first row whose capabilities are all published decides. One server never offers v4 together
    // with v1 to v3, nor signaling v3 together with v1 and v2.
    private static readonly Rule[] Rules =
    [
        new("conversation", 4, ["conversation-v4"]),
        new("conversation", 3, ["conversation-v3"]),
        // Talk 10.1.0: the routes of v3 are there, the flag came with 10.1.1.
        new("conversation", 3, ["conversation-v2", "sip-support"]),
        new("conversation", 2, ["conversation-v2"]),
        new("conversation", 1, []),

        new("call", 4, ["conversation-v4"]),
        // Calls follow the conversation's version from 10.1 on; Talk 9 and 10.0 have conversation v2, but calls in v1 only.
        new("call", 3, ["conversation-v3", "sip-support"]),
        new("call", 3, ["conversation-v2", "sip-support"]),
        new("call", 1, []),

        new("signaling", 3, ["signaling-v3"]),
        new("signaling", 2, ["sip-support"]),
        new("signaling", 1, []),

        new("chat", 1, []),
        new("v1", 1, []),
    ];

    /// <summary>The families that the contract can name.</summary>
    public static IReadOnlySet<string> Families { get; } = Rules.Select(rule => rule.Family).ToFrozenSet(StringComparer.Ordinal);

    public static ApiVersions Select(FrozenSet<string> features) =>
        new(Select("conversation", features), Select("call", features), Select("signaling", features));

    public static string BasePath(int version, string family) => family.Length == 0 ? "" : BasePaths[version];

    private static int Select(string family, FrozenSet<string> features)
    {
        foreach (var rule in Rules)
        {
            if (rule.Family == family && Array.TrueForAll(rule.Capabilities, features.Contains))
            {
                return rule.Version;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(family), family, "No version rule for this API family.");
    }

    private sealed record Rule(string Family, int Version, string[] Capabilities);
}
