using System.Text.Json;
using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>Writing chat: send, share, edit, delete, clear.</summary>
internal static class ChatWriteHandlers
{
    private const int LongestReferenceId = 64;
    private const int DeleteMaxAge = 6 * 3600;
    private const int EditMaxAge = 24 * 3600;

    public static OcsResult Send(OcsCall call)
    {
        var p = call.Parameters;
        if (call.Has(Rules.MissingMessageIsBadRequest) && !p.Has("message"))
        {
            return OcsResult.Error(400);
        }

        var text = p.RequiredText("message").Trim();
        if (TextRefusal(call, text) is { } refusal)
        {
            return refusal;
        }

        Message? parent = null;
        if (call.Has(Rules.Replies) && p.Int("replyTo", 0) is var replyTo and not 0)
        {
            parent = call.Room.FindMessage(replyTo);
            if (parent is null or { IsSystem: true } || parent.Deleted is not null)
            {
                return OcsResult.Error(400, "reply-to");
            }
        }

        var threadId = 0;
        if (call.Has(Rules.Threads))
        {
            threadId = p.Int("threadId", 0);
            if (threadId != 0 && call.Room.FindMessage(threadId)?.ThreadTitle is null)
            {
                return OcsResult.Error(400, "reply-to");
            }
        }

        FillOneToOne(call);
        var title = call.Has(Rules.Threads) && p.Text("threadTitle") is { Length: > 0 } given && parent is null ? given : null;
        var id = call.World.NextMessageId();
        var message = Post(call, new Message
        {
            Id = id,
            ActorType = call.Attendee.ActorType,
            ActorId = call.Attendee.ActorId,
            ActorDisplayName = call.Attendee.DisplayName,
            Timestamp = call.World.Now,
            Text = text,
            ReferenceId = ReferenceId(call),
            ParentId = parent?.Id ?? 0,
            ThreadId = threadId != 0 ? threadId : parent?.ThreadId ?? id,
            ThreadTitle = title,
            IsSilent = call.Has(Rules.SilentSend) && p.Bool("silent", false),
            Expires = Expiry(call),
        });
        if (title is not null)
        {
            call.World.Announce(call.Room, call.Attendee, "thread_created", user: null, message, title);
        }

        NoteMentions(call, message);
        return Posted(call, message);
    }

    public static OcsResult Share(OcsCall call)
    {
        var type = call.Parameters.RequiredText("objectType");
        var id = call.Parameters.RequiredText("objectId");
        if (SharedObject(call, type, id, call.Parameters.Text("metaData")) is not { } shared)
        {
            return OcsResult.Error(400, "object");
        }

        if (shared.ToJsonString().Length > Rules.LongestMessage.At(call.Version))
        {
            return OcsResult.Error(413, "message");
        }

        var messageId = call.World.NextMessageId();
        var message = Post(call, new Message
        {
            Id = messageId,
            ActorType = call.Attendee.ActorType,
            ActorId = call.Attendee.ActorId,
            ActorDisplayName = call.Attendee.DisplayName,
            Timestamp = call.World.Now,
            SharedObject = shared,
            ReferenceId = ReferenceId(call),
            ThreadId = messageId,
            Expires = Expiry(call),
        });
        return Posted(call, message);
    }

    public static OcsResult Edit(OcsCall call)
    {
        var text = call.Parameters.RequiredText("message").Trim();
        if (call.Room.FindMessage(call.Number("messageId")) is not { } message)
        {
            return OcsResult.Error(404, "message");
        }

        if (message.IsSystem || message.Deleted is not null || message.IsSharedObject)
        {
            return OcsResult.Error(405, "message");
        }

        if (!MayChange(call, message))
        {
            return OcsResult.Error(403, "permission");
        }

        if (call.Room.Type != RoomType.NoteToSelf && call.World.Now - message.Timestamp > EditMaxAge)
        {
            return OcsResult.Error(400, "age");
        }

        if (TextRefusal(call, text) is { } refusal)
        {
            return refusal;
        }

        message.Text = text;
        message.Edited = Me(call);
        return Told(call, message, "message_edited");
    }

    public static OcsResult Delete(OcsCall call)
    {
        if (call.Room.FindMessage(call.Number("messageId")) is not { } message)
        {
            return OcsResult.Error(404, "message");
        }

        if (message.IsSystem || message.Deleted is not null)
        {
            return OcsResult.Error(405, "message");
        }

        if (!MayChange(call, message))
        {
            return OcsResult.Error(403, "permission");
        }

        if (call.Has(Rules.DeleteHasAgeLimit) && call.World.Now - message.Timestamp > DeleteMaxAge)
        {
            return OcsResult.Error(400);
        }

        message.Deleted = Me(call);
        return Told(call, message, "message_deleted");
    }

    public static OcsResult Clear(OcsCall call)
    {
        if (call.Room.IsOneToOne || ConversationSettings.IsPreserved(call.Room))
        {
            return OcsResult.Error(403);
        }

        call.Room.Messages.Clear();
        foreach (var attendee in call.Room.Attendees)
        {
            attendee.LastReadMessage = ChatReadHandlers.NothingRead(call);
        }

        var told = call.World.Announce(call.Room, call.Attendee, "history_cleared")!;
        return OcsResult.Ok(MessageView.Render(told, call.Room, call.View)).With("X-Chat-Last-Common-Read", ChatReadHandlers.CommonRead(call));
    }

    private static OcsResult? TextRefusal(OcsCall call, string text)
    {
        if (text.Length == 0 && call.Has(Rules.EmptyMessagesAreRefused))
        {
            return OcsResult.Error(400, "message");
        }

        if (CreateRoom.Count(text) <= Rules.LongestMessage.At(call.Version))
        {
            return null;
        }

        return call.Has(Rules.LongMessageIsServerError) ? throw new BadParameterException("message") : OcsResult.Error(413, "message");
    }

    private static bool MayChange(OcsCall call, Message message) =>
        (message.ActorType == call.Attendee.ActorType && message.ActorId == call.Attendee.ActorId)
        || (call.Attendee.IsModerator && !call.Room.IsOneToOne);

    private static Editor Me(OcsCall call) => new(call.Attendee.ActorType, call.Attendee.ActorId, call.Attendee.DisplayName, call.World.Now);

    private static string ReferenceId(OcsCall call)
    {
        var id = call.Has(Rules.ReferenceIds) ? call.Parameters.Text("referenceId").Trim() : "";
        return id.Length > LongestReferenceId ? id[..LongestReferenceId] : id;
    }

    private static int Expiry(OcsCall call) => call.Room.MessageExpiration > 0 ? call.World.Now + call.Room.MessageExpiration : 0;

    private static Message Post(OcsCall call, Message message)
    {
        // Whoever writes has read what stands above.
        call.Attendee.LastReadMessage = Math.Max(call.Attendee.LastReadMessage, message.Id);
        return call.Room.Post(message);
    }

    private static OcsResult Posted(OcsCall call, Message message) =>
        (call.Has(Rules.SendAnswersMessage) ? OcsResult.Ok(MessageView.Render(message, call.Room, call.View), 201) : OcsResult.Ok(new JsonArray(), 201))
            .With("X-Chat-Last-Common-Read", ChatReadHandlers.CommonRead(call));

    private static OcsResult Told(OcsCall call, Message message, string kind)
    {
        var told = call.World.Announce(call.Room, call.Attendee, kind, user: null, message)!;
        return OcsResult.Ok(MessageView.Render(told, call.Room, call.View)).With("X-Chat-Last-Common-Read", ChatReadHandlers.CommonRead(call));
    }

    /// <summary>Writing in a one-to-one brings the partner in, who may never have been there or have left.</summary>
    private static void FillOneToOne(OcsCall call)
    {
        if (!call.Room.IsOneToOne)
        {
            return;
        }

        foreach (var account in call.World.Accounts.All.Where(a => call.Room.Name.Contains($"\"{a.Id}\"", StringComparison.Ordinal)))
        {
            if (call.Room.Find(ActorType.Users, account.Id) is null)
            {
                call.World.AddUser(call.Room, account, ParticipantType.Owner).LastReadMessage = ChatReadHandlers.NothingRead(call);
            }
        }
    }

    private static void NoteMentions(OcsCall call, Message message)
    {
        var (actors, all) = RichText.Addressed(message.Text);
        foreach (var attendee in call.Room.Users.Where(a => a != call.Attendee))
        {
            var isDirect = actors.Contains(attendee.ActorId);
            if (isDirect || all || call.Room.IsOneToOne)
            {
                attendee.LastMentionMessage = message.Id;
            }

            if (isDirect || call.Room.IsOneToOne)
            {
                attendee.LastDirectMentionMessage = message.Id;
            }
        }
    }

    private static JsonObject? SharedObject(OcsCall call, string type, string id, string metaData)
    {
        if (type is not ("geo-location" or "deck-card" or "call" or "highlight"))
        {
            return null;
        }

        try
        {
            if (JsonNode.Parse(metaData) is not JsonObject { Count: > 0 } shared)
            {
                return null;
            }

            var isPlace = type == "geo-location";
            if ((isPlace && call.Has(Rules.PlacesAreUnknown)) || !shared.ContainsKey("name") || (isPlace && (!id.StartsWith("geo:", StringComparison.Ordinal) || !shared.ContainsKey("latitude") || !shared.ContainsKey("longitude"))))
            {
                return null;
            }

            shared["type"] = type;
            shared["id"] = id;
            if (call.Has(Rules.RichObjectsHaveIcons))
            {
                shared["icon-url"] = $"/ocs/v2.php/apps/spreed/api/v1/room/{call.Room.Token}/avatar";
            }

            return shared;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
