using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>The sentences of system messages: who acts sees "You …", whom it happens to sees "… you".</summary>
internal static class SystemMessages
{
    private sealed record Row(string Kind, TalkVersion Since, string Other, string You, string? ToYou = null);

    private static readonly Dictionary<string, Row> Rows = new Row[]
    {
        new("conversation_created", "4.0", "{actor} created the conversation", "You created the conversation"),
        new("conversation_renamed", "4.0", "{actor} renamed the conversation from \"%1\" to \"%2\"", "You renamed the conversation from \"%1\" to \"%2\""),
        new("description_set", "11.0", "{actor} set the description", "You set the description"),
        new("description_removed", "11.0", "{actor} removed the description", "You removed the description"),
        new("call_started", "4.0", "{actor} started a call", "You started a call"),
        new("call_joined", "4.0", "{actor} joined the call", "You joined the call"),
        new("call_left", "4.0", "{actor} left the call", "You left the call"),
        new("call_ended", "4.0", "%1", "%1"),
        new("call_ended_everyone", "13.0", "{actor} ended the call with %1", "You ended the call with %1"),
        new("call_missed", "12.1", "You missed a call from {user}", "You tried to call {user}"),
        new("read_only_off", "6.0", "{actor} unlocked the conversation", "You unlocked the conversation"),
        new("read_only", "6.0", "{actor} locked the conversation", "You locked the conversation"),
        new("listable_none", "11.0", "{actor} limited the conversation to the current participants", "You limited the conversation to the current participants"),
        new("listable_users", "11.0", "{actor} opened the conversation to registered users", "You opened the conversation to registered users"),
        new("listable_all", "11.0", "{actor} opened the conversation to registered users and users created with the Guests app", "You opened the conversation to registered users and users created with the Guests app"),
        new("lobby_timer_reached", "7.0", "The conversation is now open to everyone", "The conversation is now open to everyone"),
        new("lobby_none", "7.0", "{actor} opened the conversation to everyone", "You opened the conversation to everyone"),
        new("lobby_non_moderators", "7.0", "{actor} restricted the conversation to moderators", "You restricted the conversation to moderators"),
        new("guests_allowed", "4.0", "{actor} allowed guests", "You allowed guests"),
        new("guests_disallowed", "4.0", "{actor} disallowed guests", "You disallowed guests"),
        new("password_set", "4.0", "{actor} set a password", "You set a password"),
        new("password_removed", "4.0", "{actor} removed the password", "You removed the password"),
        new("user_added", "4.0", "{actor} added {user}", "You added {user}", "{actor} added you"),
        new("user_removed", "4.0", "{actor} removed {user}", "You removed {user}", "{actor} removed you"),
        new("group_added", "12.0", "{actor} added group {user}", "You added group {user}"),
        new("group_removed", "12.0", "{actor} removed group {user}", "You removed group {user}"),
        new("moderator_promoted", "4.0", "{actor} promoted {user} to moderator", "You promoted {user} to moderator", "{actor} promoted you to moderator"),
        new("moderator_demoted", "4.0", "{actor} demoted {user} from moderator", "You demoted {user} from moderator", "{actor} demoted you from moderator"),
        new("guest_moderator_promoted", "5.0", "{actor} promoted {user} to moderator", "You promoted {user} to moderator", "{actor} promoted you to moderator"),
        new("guest_moderator_demoted", "5.0", "{actor} demoted {user} from moderator", "You demoted {user} from moderator", "{actor} demoted you from moderator"),
        new("owner_promoted", "25.0", "{actor} promoted {user} to owner", "You promoted {user} to owner", "{actor} promoted you to owner"),
        new("owner_demoted", "25.0", "{actor} demoted {user} from owner", "You demoted {user} from owner", "{actor} demoted you from owner"),
        new("message_deleted", "11.1", "{actor} deleted a message", "You deleted a message"),
        new("message_edited", "19.0", "{actor} edited a message", "You edited a message"),
        new("message_expiration_enabled", "15.0", "{actor} set the message expiration to %1 seconds", "You set the message expiration to %1 seconds"),
        new("message_expiration_disabled", "15.0", "{actor} disabled message expiration", "You disabled message expiration"),
        new("history_cleared", "12.1", "{actor} cleared the history of the conversation", "You cleared the history of the conversation"),
        new("thread_created", "22.0", "{actor} created thread {title}", "You created thread {title}"),
        new("preserve_conversation", "25.0", "{actor} preserved the conversation", "You preserved the conversation"),
        new("preserve_conversation_off", "25.0", "{actor} stopped preserving the conversation", "You stopped preserving the conversation"),
    }.ToDictionary(r => r.Kind);

    public static bool Exists(string kind, TalkVersion version) => version >= Rows[kind].Since;

    /// <summary>The sentence as the viewer reads it; the sole actor who adds or removes himself joins or leaves.</summary>
    public static string Sentence(Message message, string viewerType, string viewerId)
    {
        var row = Rows[message.SystemKind];
        var isActor = message.ActorType == viewerType && message.ActorId == viewerId;
        var user = message.Subjects.GetValueOrDefault("user");
        var isUser = user is not null && (string?)user["type"] == "user" && viewerType == ActorType.Users && (string?)user["id"] == viewerId;
        var isOnSelf = user is not null && message.ActorType == ActorType.Users && (string?)user["id"] == message.ActorId;
        var sentence = (message.SystemKind, isOnSelf) switch
        {
            ("user_added", true) => isActor ? "You joined the conversation" : "{actor} joined the conversation",
            ("user_removed", true) => isActor ? "You left the conversation" : "{actor} left the conversation",
            _ => isActor ? row.You : isUser && row.ToYou is not null ? row.ToYou : row.Other,
        };
        for (var i = 0; i < message.Words.Count; i++)
        {
            sentence = sentence.Replace($"%{World.Text(i + 1)}", message.Words[i], StringComparison.Ordinal);
        }

        return sentence;
    }

    public static JsonObject Subject(Attendee attendee) => Subject(attendee.ActorType, attendee.ActorId, attendee.DisplayName);

    /// <summary>The rich object of an actor; a guest without a name is "Guest".</summary>
    public static JsonObject Subject(string actorType, string actorId, string displayName) => actorType switch
    {
        ActorType.Users => new JsonObject { ["type"] = "user", ["id"] = actorId, ["name"] = displayName },
        ActorType.Groups => new JsonObject { ["type"] = "user-group", ["id"] = actorId, ["name"] = displayName },
        ActorType.Guests => new JsonObject { ["type"] = "guest", ["id"] = $"guest/{actorId}", ["name"] = displayName.Length > 0 ? displayName : "Guest" },
        _ => new JsonObject { ["type"] = "highlight", ["id"] = actorId, ["name"] = displayName },
    };
}
