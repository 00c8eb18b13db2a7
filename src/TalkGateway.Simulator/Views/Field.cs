using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>
/// A member of an answer: its name, the versions and API versions that send it, and its value; a value that is <see cref="Field.Absent"/> is left out.
/// </summary>
/// <param name="Name">The member's name.</param>
/// <param name="Versions">The versions that send it.</param>
/// <param name="Value">What it says of something.</param>
/// <param name="Hidden">The value shown to somebody who is not in the room; null shows the real one.</param>
/// <param name="IsListed">Open conversations show this field to outsiders all the same.</param>
/// <param name="MinApi">The first API version that sends it.</param>
/// <param name="MaxApi">The last one.</param>
internal sealed record Field<T>(
    string Name, VersionRange Versions, Func<T, JsonNode?> Value, Func<JsonNode?>? Hidden = null, bool IsListed = false, int MinApi = 1, int MaxApi = 4)
{
    public bool IsSent(TalkVersion version, int api) => Versions.Contains(version) && api >= MinApi && api <= MaxApi;
}

/// <summary>Something as the answer to a call shows it.</summary>
internal readonly record struct Seen<T>(OcsCall Call, T Item);

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

    public static JsonObject Render<T>(IEnumerable<Field<Seen<T>>> fields, OcsCall call, T item) => Render(fields, new Seen<T>(call, item), call.Version, call.Api);

    /// <summary>The value while the condition holds, else nothing.</summary>
    public static JsonNode? When(bool condition, JsonNode? value) => condition ? value : Absent;

    /// <summary>The members that show a user's status, if there is one to show.</summary>
    public static Field<T>[] Status<T>(VersionRange versions, Func<T, UserStatus?> status) =>
    [
        new("status", versions, c => status(c) is { } s ? s.Status : Absent),
        new("statusIcon", versions, c => status(c) is { } s ? s.Icon : Absent),
        new("statusMessage", versions, c => status(c) is { } s ? s.Message : Absent),
        new("statusClearAt", versions, c => status(c) is { } s ? s.ClearAt : Absent),
    ];
}
