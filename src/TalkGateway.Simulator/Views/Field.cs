using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>
/// A member of an answer: its name, the versions and API versions that send it, and its value; a value that is <see cref="Field.Absent"/> is left out.
/// </summary>
internal sealed record Field<T>(string Name, VersionRange Versions, Func<T, JsonNode?> Value, int MinApi = 1, int MaxApi = 4)
{
    /// <summary>The value shown to somebody who is not in the room; null shows the real one.</summary>
    public Func<JsonNode?>? Hidden { get; init; }

    /// <summary>Open conversations show this field to outsiders all the same.</summary>
    public bool IsListed { get; init; }

    public bool IsSent(TalkVersion version, int api) => Versions.Contains(version) && api >= MinApi && api <= MaxApi;
}

internal static class Field
{
    public static readonly JsonNode Absent = JsonValue.Create("absent")!;

    /// <summary>The object that a table of fields makes of a context.</summary>
    public static JsonObject Render<T>(IEnumerable<Field<T>> fields, T context, TalkVersion version, int api) => Render(fields, f => f.Value(context), version, api);

    public static JsonObject Render<T>(IEnumerable<Field<T>> fields, Func<Field<T>, JsonNode?> value, TalkVersion version, int api)
    {
        var answer = new JsonObject();
        foreach (var field in fields.Where(f => f.IsSent(version, api)))
        {
            if (value(field) is var node && !ReferenceEquals(node, Absent))
            {
                answer[field.Name] = node;
            }
        }

        return answer;
    }

    /// <summary>The value while the condition holds, else nothing.</summary>
    public static JsonNode? When(bool condition, JsonNode? value) => condition ? value : Absent;
}
