using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>A chat message as stored; <see cref="MessageView"/> renders it for a viewer and a version.</summary>
internal sealed class Message
{
    public required int Id { get; init; }

    public required string ActorType { get; init; }

    public required string ActorId { get; init; }

    public required string ActorDisplayName { get; init; }

    public required int Timestamp { get; init; }

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

    public int ThreadId { get; set; }

    public string? ThreadTitle { get; set; }

    public bool IsSilent { get; init; }

    public int Expires { get; init; }

    public JsonObject? SharedObject { get; init; }

    public Editor? Deleted { get; set; }

    public Editor? Edited { get; set; }

    public bool IsSystem => SystemKind.Length > 0;

    public bool IsSharedObject => SharedObject is not null;
}

/// <summary>Who changed a message, and when (seconds).</summary>
internal sealed record Editor(string ActorType, string ActorId, string DisplayName, int Timestamp);
