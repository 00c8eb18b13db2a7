using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>A chat message as stored; <see cref="MessageView"/> renders it for a viewer and a version.</summary>
internal sealed class Message(int id, Author author)
{
    public int Id { get; } = id;

    public string ActorType => author.ActorType;

    public string ActorId => author.ActorId;

    public string ActorDisplayName => author.DisplayName;

    public int Timestamp => author.Timestamp;

    /// <summary>The text as typed; empty for system messages.</summary>
    public string Text { get; set; } = "";

    /// <summary>The kind of a system message ("user_added"), else empty.</summary>
    public string SystemKind { get; init; } = "";

    /// <summary>What the sentence of a system message speaks about: user, old and new name, duration.</summary>
    public IReadOnlyDictionary<string, JsonObject> Subjects { get; init; } = new Dictionary<string, JsonObject>();

    public IReadOnlyList<string> Words { get; init; } = [];

    public string MessageType { get; init; } = "comment";

    public string ReferenceId { get; init; } = "";

    public int ParentId { get; init; }

    /// <summary>The message that the thread began with: itself, unless it answers another.</summary>
    public int ThreadId { get; init; } = id;

    public string? ThreadTitle { get; set; }

    public bool IsSilent { get; init; }

    public int Expires { get; init; }

    public JsonObject? SharedObject { get; init; }

    public Author? Deleted { get; set; }

    public Author? Edited { get; set; }

    public bool IsSystem => SystemKind.Length > 0;

    public bool IsSharedObject => SharedObject is not null;

    public bool IsBy(Attendee attendee) => ActorType == attendee.ActorType && ActorId == attendee.ActorId;
}

/// <summary>Who wrote, changed or deleted a message, and when (seconds).</summary>
internal sealed record Author(string ActorType, string ActorId, string DisplayName, int Timestamp)
{
    public static Author Of(Attendee attendee, int now) => new(attendee.ActorType, attendee.ActorId, attendee.DisplayName, now);
}
