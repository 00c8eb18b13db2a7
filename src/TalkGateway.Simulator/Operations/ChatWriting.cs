using System.Text.Json;
using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>Writing chat: send, share, edit, delete, clear.</summary>
internal static class ChatWriting
{
    private const int LongestReferenceId = 64;

    /// <summary>The text of a message.</summary>
    public static readonly Input<string> Text = new(c => c.Parameters.RequiredText("message").Trim())
    {
        Check = (c, text) => text.Length == 0 && c.Has(Rules.EmptyMessagesAreRefused) ? OcsResult.Error(400, "message")
            : Input.Count(text) <= Rules.LongestMessage.At(c.Version) ? null
            : c.Has(Rules.LongMessageIsServerError) ? throw new BadParameterException("message")
            : OcsResult.Error(413, "message"),
    };

    public static OcsResult Send(OcsCall call, string text)
    {
        var p = call.Parameters;
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
        var message = Post(call, new Message(id, Me(call))
        {
            Text = text,
            ReferenceId = ReferenceId(call),
            ParentId = parent?.Id ?? 0,
            ThreadId = threadId != 0 ? threadId : parent?.ThreadId ?? id,
            ThreadTitle = title,
            IsSilent = call.Has(Rules.SilentSend) && p.Bool("silent", false),
            Expires = call.Room.ExpiryAt(call.World.Now),
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

        var message = Post(call, new Message(call.World.NextMessageId(), Me(call))
        {
            SharedObject = shared,
            ReferenceId = ReferenceId(call),
            Expires = call.Room.ExpiryAt(call.World.Now),
        });
        return Posted(call, message);
    }

    public static OcsResult Edit(OcsCall call, string text)
    {
        call.Message.Text = text;
        call.Message.Edited = Me(call);
        return Told(call, "message_edited");
    }

    public static OcsResult Delete(OcsCall call)
    {
        call.Message.Deleted = Me(call);
        return Told(call, "message_deleted");
    }

    public static OcsResult Clear(OcsCall call)
    {
        call.Room.Messages.Clear();
        foreach (var attendee in call.Room.Attendees)
        {
            attendee.LastReadMessage = ChatReading.NothingRead(call);
        }

        return Told(call, "history_cleared", aboutMessage: false);
    }

    private static Author Me(OcsCall call) => Author.Of(call.Attendee, call.World.Now);

    private static string ReferenceId(OcsCall call)
    {
        var id = call.Has(Rules.ReferenceIds) ? call.Parameters.Text("referenceId").Trim() : "";
        return id.Length > LongestReferenceId ? id[..LongestReferenceId] : id;
    }

    private static Message Post(OcsCall call, Message message)
    {
        // Whoever writes has read what stands above.
        call.Attendee.LastReadMessage = Math.Max(call.Attendee.LastReadMessage, message.Id);
        return call.Room.Post(message);
    }

    private static OcsResult Posted(OcsCall call, Message message) =>
        (call.Has(Rules.SendAnswersMessage) ? OcsResult.Ok(MessageView.Render(message, call.Room, call.View), 201) : OcsResult.Ok(new JsonArray(), 201))
            .With("X-Chat-Last-Common-Read", ChatReading.CommonRead(call));

    private static OcsResult Told(OcsCall call, string kind, bool aboutMessage = true)
    {
        var told = call.World.Announce(call.Room, call.Attendee, kind, parent: aboutMessage ? call.Message : null)!;
        return OcsResult.Ok(MessageView.Render(told, call.Room, call.View)).With("X-Chat-Last-Common-Read", ChatReading.CommonRead(call));
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
            if (call.Room.Find(account) is null)
            {
                call.World.AddUser(call.Room, account, ParticipantType.Owner).LastReadMessage = ChatReading.NothingRead(call);
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
