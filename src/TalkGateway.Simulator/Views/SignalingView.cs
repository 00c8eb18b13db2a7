using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>Signaling settings of a server without high-performance backend and without STUN and TURN servers.</summary>
internal static class SignalingView
{
    /// <summary>The settings around a ticket.</summary>
    public static readonly Field<Seen<string>>[] Settings =
    [
        new("signalingMode", "9.0", _ => "internal"),
        new("userId", "8.0", s => s.Call.Account?.Id),
        new("hideWarning", "6.0", _ => false),
        new("server", VersionRange.Before("9.0"), _ => new JsonArray()),
        new("server", "9.0", _ => ""),
        new("ticket", VersionRange.Before("24.0"), s => s.Item),
        new("helloAuthParams", VersionRange.Between("15.0", "24.0"), s => new JsonObject
        {
            ["1.0"] = new JsonObject { ["userid"] = s.Call.Account?.Id, ["ticket"] = s.Item },
        }),
        new("federation", "20.0", _ => null),
        new("stunservers", VersionRange.Before("8.0"), _ => new JsonArray(new JsonObject { ["url"] = "" })),
        new("stunservers", VersionRange.Between("8.0", "12.0"), _ => new JsonArray()),
        new("stunservers", VersionRange.Between("12.0", "24.0"), _ => new JsonArray(new JsonObject { ["urls"] = new JsonArray() })),
        new("stunservers", "24.0", _ => new JsonArray()),
        new("turnservers", VersionRange.Always, _ => new JsonArray()),
        new("sipDialinInfo", "10.1", _ => "", MinApi: 2),
    ];
}
