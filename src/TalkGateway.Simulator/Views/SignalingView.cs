using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>Signaling settings of a server without high-performance backend and without STUN and TURN servers.</summary>
internal static class SignalingView
{
    private static readonly Field<(OcsCall Call, string Ticket)>[] Fields =
    [
        new("signalingMode", VersionRange.From("9.0"), _ => "internal"),
        new("userId", VersionRange.From("8.0"), c => c.Call.Account?.Id),
        new("hideWarning", VersionRange.From("6.0"), _ => false),
        new("server", VersionRange.Before("9.0"), _ => new JsonArray()),
        new("server", VersionRange.From("9.0"), _ => ""),
        new("ticket", VersionRange.Before("24.0"), c => c.Ticket),
        new("helloAuthParams", VersionRange.Between("15.0", "24.0"), c => new JsonObject
        {
            ["1.0"] = new JsonObject { ["userid"] = c.Call.Account?.Id, ["ticket"] = c.Ticket },
        }),
        new("federation", VersionRange.From("20.0"), _ => null),
        new("stunservers", VersionRange.Before("8.0"), _ => new JsonArray(new JsonObject { ["url"] = "" })),
        new("stunservers", VersionRange.Between("8.0", "12.0"), _ => new JsonArray()),
        new("stunservers", VersionRange.Between("12.0", "24.0"), _ => new JsonArray(new JsonObject { ["urls"] = new JsonArray() })),
        new("stunservers", VersionRange.From("24.0"), _ => new JsonArray()),
        new("turnservers", VersionRange.Always, _ => new JsonArray()),
        new("sipDialinInfo", VersionRange.From("10.1"), _ => "", MinApi: 2),
    ];

    public static JsonObject Settings(OcsCall call, string ticket)
    {
        var answer = new JsonObject();
        foreach (var field in Fields.Where(f => f.IsSent(call.Version, call.Api)))
        {
            answer[field.Name] = field.Value((call, ticket));
        }

        return answer;
    }
}
