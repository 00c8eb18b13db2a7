using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TalkGateway.Testing;

namespace TalkGateway.Simulator.Tests;

/// <summary>
/// Names the kind of a piece of JSON, and checks objects of a kind against every object of that kind that the profile's real server was
/// recorded with. What no signature names is a kind of its own by operation and status.
/// </summary>
internal static partial class Shapes
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

    private static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, Members>> Recorded = new();

    /// <summary>The members of every recorded object of a kind, each with its types, and those that were always there.</summary>
    private sealed record Members(IReadOnlyDictionary<string, HashSet<string>> Types, IReadOnlyList<string> Always);

    public static string KindOf(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray { Count: 0 } => "[]",
        JsonArray list => $"[{string.Join('|', list.Select(KindOf).Distinct().Order(StringComparer.Ordinal))}]",
        JsonObject { Count: 0 } => "{}",
        JsonObject map => SignedKind(map)
            ?? (map.ContainsKey("type") && map.ContainsKey("data") && map.Count == 2 ? "Signal" : $"{{{string.Join(',', map.Select(m => m.Key).Order(StringComparer.Ordinal))}}}"),
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => "text",
            JsonValueKind.Number => "int",
            _ => "bool",
        },
    };

    /// <summary>What the profile's real server was recorded to do, in the versions of the API that a client of it asks.</summary>
    public static IEnumerable<string> OperationsOf(string profile) => Exchanges(profile).Where(e => e.Response.Status < 400).Select(e => e.Operation).Distinct();

    /// <summary>Everything in an answer that the profile's real server never sent so, or always sent and is missing.</summary>
    public static IEnumerable<string> Differences(string profile, string operation, int status, JsonNode? data)
    {
        var recorded = Recorded.GetOrAdd(profile, Load);
        return Objects(data, operation, status).Where(o => recorded.ContainsKey(o.Kind)).SelectMany(o => Compare(o.Kind, o.Object, recorded)).Distinct();
    }

    private static IEnumerable<string> Compare(string kind, JsonObject map, IReadOnlyDictionary<string, Members> recorded)
    {
        var known = recorded[kind];
        foreach (var (name, value) in map)
        {
            if (!known.Types.TryGetValue(name, out var types))
            {
                yield return $"{kind}.{name} is not sent";
            }
            else if (!types.Contains(TypeOf(value)) && !(value is JsonArray { Count: 0 } && (types.Contains("list") || IsEmptyElsewhere(name, recorded))))
            {
                yield return $"{kind}.{name} is {TypeOf(value)}, not {string.Join('|', types)}";
            }
        }

        foreach (var name in known.Always.Where(name => !map.ContainsKey(name)))
        {
            yield return $"{kind}.{name} is missing";
        }
    }

    /// <summary>Whether the server was seen to write nothing as <c>[]</c> there, in an object of whichever kind.</summary>
    private static bool IsEmptyElsewhere(string name, IReadOnlyDictionary<string, Members> recorded) =>
        recorded.Values.Any(known => known.Types.TryGetValue(name, out var types) && types.Contains("[]"));

    /// <summary>The objects in an answer, each with its kind: the data itself, what a list of it holds, and what is inside and signed.</summary>
    private static IEnumerable<(string Kind, JsonObject Object)> Objects(JsonNode? data, string operation, int status)
    {
        foreach (var map in data is JsonArray list ? list.OfType<JsonObject>() : data is JsonObject one ? [one] : [])
        {
            var kind = operation == "participant.join" && SignedKind(map) == "Room" ? "JoinAnswer" : SignedKind(map);
            foreach (var inner in map.SelectMany(m => Inside(m.Value, m.Key)).Prepend((kind ?? $"{operation} {status}", map)))
            {
                yield return inner;
            }
        }
    }

    private static IEnumerable<(string Kind, JsonObject Object)> Inside(JsonNode? node, string owner) => node switch
    {
        JsonArray list => list.SelectMany(n => Inside(n, owner)),
        JsonObject map => map.SelectMany(m => Inside(m.Value, m.Key)).Concat(
            SignedKind(map) is { } kind ? [(owner == "lastMessage" ? "LastMessage" : kind, map)] : []),
        _ => [],
    };

    private static string? SignedKind(JsonObject map) => Signatures.FirstOrDefault(s => s.Members.All(map.ContainsKey)).Kind;

    private static string TypeOf(JsonNode? node) => node switch
    {
        null => "null",
        JsonArray { Count: 0 } => "[]",
        JsonArray => "list",
        JsonObject { Count: 0 } => "{}",
        JsonObject => "obj",
        _ => node.GetValueKind() switch { JsonValueKind.String => "str", JsonValueKind.Number => "int", _ => "bool" },
    };

    private static IEnumerable<RecordedExchange> Exchanges(string profile) =>
        Recordings.ForServer($"talk{profile}").Exchanges.Where(e => IsChosen(e.Request.Path, ApiVersions.Of(profile)));

    private static Dictionary<string, Members> Load(string profile) => Exchanges(profile)
        .Where(e => e.Response.Data.ValueKind != JsonValueKind.Undefined)
        .SelectMany(e => Objects(JsonNode.Parse(e.Response.Data.GetRawText()), e.Operation, e.Response.Status))
        .GroupBy(o => o.Kind, o => o.Object)
        .ToDictionary(g => g.Key, g => new Members(
            g.SelectMany(o => o).GroupBy(m => m.Key, m => TypeOf(m.Value)).ToDictionary(m => m.Key, m => m.ToHashSet()),
            [.. g.First().Select(m => m.Key).Where(name => g.All(o => o.ContainsKey(name)))]));

    /// <summary>Whether a client of that server asks this version of the API.</summary>
    private static bool IsChosen(string path, ApiVersions versions) => ApiPath().Match(path) is not { Success: true } match || match.Groups[1].Value == match.Groups[2].Value switch
    {
        "room" or "listed-room" => $"{versions.Room}",
        "call" => $"{versions.Call}",
        "signaling" => $"{versions.Signaling}",
        _ => "1",
    };

    [GeneratedRegex("/api/v([0-9]+)/([a-z-]+)")]
    private static partial Regex ApiPath();
}
