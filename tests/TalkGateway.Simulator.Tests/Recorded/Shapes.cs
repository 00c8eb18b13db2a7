using System.Text.Json;
using System.Text.Json.Nodes;

namespace TalkGateway.Simulator.Tests;

/// <summary>Names the kind of a piece of JSON, and checks objects of a kind against the members real servers sent.</summary>
internal static class Shapes
{
    private static readonly (string Kind, string[] Members)[] Signatures =
    [
        ("Room", ["token", "participantType", "hasPassword"]),
        ("Participant", ["participantType", "displayName", "lastPing"]),
        ("Message", ["actorDisplayName", "message"]),
        ("Mention", ["label", "source"]),
        ("Peer", ["token", "lastPing", "sessionId"]),
        ("Settings", ["stunservers"]),
        ("UserInRoom", ["roomId", "inCall", "userId"]),
        ("Capabilities", ["capabilities", "version"]),
    ];

    private static readonly Dictionary<(string Kind, string Profile), Dictionary<string, string>> Fields = Load();

    public static string KindOf(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray { Count: 0 } => "[]",
        JsonArray list => $"[{string.Join('|', list.Select(KindOf).Distinct().Order(StringComparer.Ordinal))}]",
        JsonObject { Count: 0 } => "{}",
        JsonObject map => Signatures.FirstOrDefault(s => s.Members.All(map.ContainsKey)).Kind
            ?? (map.ContainsKey("type") && map.ContainsKey("data") && map.Count == 2 ? "Signal" : $"{{{string.Join(',', map.Select(m => m.Key).Order(StringComparer.Ordinal))}}}"),
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => "text",
            JsonValueKind.Number => "int",
            _ => "bool",
        },
    };

    /// <summary>Everything in a piece of JSON that the profile's real server never sent so, or always sent and is missing.</summary>
    public static IEnumerable<string> Differences(JsonNode? node, string profile, bool isJoinAnswer = false, string owner = "")
    {
        switch (node)
        {
            case JsonArray list:
                return list.SelectMany(n => Differences(n, profile, isJoinAnswer: false, owner)).Distinct();
            case JsonObject map:
                var inner = map.SelectMany(m => Differences(m.Value, profile, isJoinAnswer: false, m.Key));
                var kind = KindOf(map) switch
                {
                    "Room" when isJoinAnswer => "JoinAnswer",
                    "Message" when owner == "lastMessage" => "LastMessage",
                    var other => other,
                };
                return Fields.TryGetValue((kind, profile), out var known) ? Compare(kind, map, known).Concat(inner).Distinct() : inner.Distinct();
            default:
                return [];
        }
    }

    private static IEnumerable<string> Compare(string kind, JsonObject map, Dictionary<string, string> known)
    {
        foreach (var (name, value) in map)
        {
            if (!known.TryGetValue(name, out var types) || types == "-")
            {
                yield return $"{kind}.{name} is not sent";
            }
            else if (!types.TrimEnd('?').Split('|').Contains(TypeOf(value)))
            {
                yield return $"{kind}.{name} is {TypeOf(value)}, not {types}";
            }
        }

        foreach (var (name, types) in known.Where(k => k.Value != "-" && !k.Value.EndsWith('?') && !map.ContainsKey(k.Key)))
        {
            yield return $"{kind}.{name} is missing";
        }
    }

    private static string TypeOf(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray { Count: 0 } => "[]",
        JsonArray => "list",
        JsonObject { Count: 0 } => "{}",
        JsonObject => "obj",
        _ => node.GetValueKind() switch { JsonValueKind.String => "str", JsonValueKind.Number => "int", _ => "bool" },
    };

    private static Dictionary<(string Kind, string Profile), Dictionary<string, string>> Load()
    {
        var rows = RecordedTables.Rows("fields.tsv");
        var profiles = rows[0][2..];
        var fields = new Dictionary<(string, string), Dictionary<string, string>>();
        foreach (var row in rows.Skip(1))
        {
            for (var i = 0; i < profiles.Length; i++)
            {
                var cell = i + 2 < row.Length ? row[i + 2] : "";
                if (cell.Length == 0)
                {
                    continue;
                }

                if (!fields.TryGetValue((row[0], profiles[i]), out var known))
                {
                    fields.Add((row[0], profiles[i]), known = []);
                }

                known.Add(row[1], cell);
            }
        }

        return fields;
    }
}
