using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>A message as one viewer gets it.</summary>
internal sealed record MessageContext(Message Message, Room Room, Viewer Viewer, RichText Text)
{
    /// <summary>Inside a room: without parent, and without token on old servers.</summary>
    public bool IsLastMessage { get; init; }

    /// <summary>Inside another message: no parent of its own.</summary>
    public bool IsParent { get; init; }

    public TalkVersion Version => Viewer.Version;
}

/// <summary>The fields of a chat message over the versions.</summary>
internal static class MessageView
{
    private static readonly Field<MessageContext>[] Fields =
    [
        new("id", VersionRange.Between("3.0", "3.2"), c => World.Text(c.Message.Id)),
        new("id", "3.2", c => c.Message.Id),
        new("token", "3.0", c => c.IsLastMessage && !Rules.LastMessageHasToken.Contains(c.Version) ? Field.Absent : c.Room.Token),
        new("actorType", "3.0", c => c.Message.ActorType),
        new("actorId", "3.0", c => c.Message.ActorId),
        new("actorDisplayName", VersionRange.Between("3.0", "3.2"), c => c.Message.ActorDisplayName.Length > 0 ? c.Message.ActorDisplayName : null),
        new("actorDisplayName", "3.2", c => c.Message.ActorDisplayName),
        new("timestamp", "3.0", c => c.Message.Timestamp),
        new("message", "3.0", c => c.Text.Text),
        new("messageParameters", "3.2", c => PhpJson.Map(c.Text.Parameters)),
        new("systemMessage", "4.0", SystemKind),
        new("messageType", "7.0", c => c.Message.Deleted is not null ? "comment_deleted" : c.Message.MessageType),
        new("isReplyable", "8.0", c => c.Message is { IsSystem: false, Deleted: null, MessageType: "comment" } && c.Message.ActorType != ActorType.Bots),
        new("referenceId", "9.0", c => c.Message.ReferenceId),
        new("reactions", VersionRange.Between("14.0", "15.0"), _ => new JsonArray()),
        new("reactions", "15.0", _ => new JsonObject()),
        new("expirationTimestamp", "15.0", c => c.Message.Expires),
        new("markdown", "17.1", c => !c.Message.IsSystem),
        new("threadId", "22.0", c => c.Message.ThreadId),
        new("isThread", "22.0", c => Field.When(c.Room.FindMessage(c.Message.ThreadId)?.ThreadTitle is not null, true)),
        new("threadTitle", "22.0", c => c.Room.FindMessage(c.Message.ThreadId)?.ThreadTitle is { } title ? title : Field.Absent),
        new("threadReplies", "22.0", c => c.Room.FindMessage(c.Message.ThreadId)?.ThreadTitle is null
            ? Field.Absent
            : c.Room.Messages.Count(m => m.ThreadId == c.Message.ThreadId && m.Id != m.ThreadId && !m.IsSystem)),
        new("lastEditActorType", "19.0", c => c.Message.Edited is { } e ? e.ActorType : Field.Absent),
        new("lastEditActorId", "19.0", c => c.Message.Edited is { } e ? e.ActorId : Field.Absent),
        new("lastEditActorDisplayName", "19.0", c => c.Message.Edited is { } e ? e.DisplayName : Field.Absent),
        new("lastEditTimestamp", "19.0", c => c.Message.Edited is { } e ? e.Timestamp : Field.Absent),
        new("silent", "19.0", c => Field.When(c.Message.IsSilent, true)),
        new("deleted", "11.1", c => Field.When(c.Message.Deleted is not null, true)),
        new("parent", "7.0", Parent),
    ];

    public static bool IsVisible(Message message, TalkVersion version) => !message.IsSystem || SystemMessages.Exists(message.SystemKind, version);

    public static JsonObject Render(Message message, Room room, Viewer viewer) =>
        Render(new MessageContext(message, room, viewer, RichText.Of(message, room, viewer)));

    public static JsonObject RenderLast(Message message, Room room, Viewer viewer) =>
        Render(new MessageContext(message, room, viewer, RichText.Of(message, room, viewer)) { IsLastMessage = true });

    private static JsonObject Render(MessageContext context) => Field.Render(Fields, context, context.Version, context.Viewer.Api);

    /// <summary>A missed call reads as an attempt to whom tried it.</summary>
    private static JsonNode? SystemKind(MessageContext c) =>
        c.Message.SystemKind == "call_missed" && c.Message.ActorId == c.Viewer.ActorId ? "call_tried" : c.Message.SystemKind;

    private static JsonNode? Parent(MessageContext c)
    {
        if (c.IsLastMessage || c.IsParent || c.Message.ParentId == 0)
        {
            return Field.Absent;
        }

        return c.Room.FindMessage(c.Message.ParentId) is { } parent
            ? Render(new MessageContext(parent, c.Room, c.Viewer, RichText.Of(parent, c.Room, c.Viewer)) { IsParent = true })
            : new JsonObject { ["id"] = Rules.LostParentIsNumbered.Contains(c.Version) ? c.Message.ParentId : World.Text(c.Message.ParentId), ["deleted"] = true };
    }
}
