using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>For whom an answer is rendered: the version, and the actor (a guest without a session is nobody).</summary>
internal sealed record Viewer(World World, int Api, Account? Account, Attendee? Attendee)
{
    public TalkVersion Version => World.Version;

    public string ActorType => Attendee?.ActorType ?? (Account is not null ? Simulator.ActorType.Users : "");

    public string ActorId => Attendee?.ActorId ?? Account?.Id ?? "";
}

/// <summary>
/// A field of an answer: its name, the versions and API versions that send it, and its value; a value that is <see cref="Absent"/> is left out.
/// </summary>
internal sealed record Field<T>(string Name, VersionRange Versions, Func<T, JsonNode?> Value, int MinApi = 1, int MaxApi = 4)
{
    public static readonly JsonNode Absent = JsonValue.Create("absent")!;

    /// <summary>The value shown to somebody who is not in the room; null shows the real one.</summary>
    public Func<JsonNode?>? Hidden { get; init; }

    /// <summary>Open conversations show this field to outsiders all the same.</summary>
    public bool IsListed { get; init; }

    public bool IsSent(TalkVersion version, int api) => Versions.Contains(version) && api >= MinApi && api <= MaxApi;
}
