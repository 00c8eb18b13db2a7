using static TalkGateway.Simulator.Guard;
using static TalkGateway.Simulator.Handlers;
using static TalkGateway.Simulator.Input;
using static TalkGateway.Simulator.Refusals;

namespace TalkGateway.Simulator;

/// <summary>What moderators set for a whole room, and what its members set for themselves.</summary>
internal static class RoomSettings
{
    private static readonly HashSet<string> Unbindable = ["event", "instant_meeting", "phone_temporary", "classified"];

    private static readonly Input<string> RoomName = new(c => c.Argument("roomName").Trim())
    {
        Check = (c, name) => (name.Length == 0 && c.Has(Rules.EmptyNamesAreRefused)) || Count(name) > Rules.LongestName.At(c.Version) ? OcsResult.Error(400, "value") : null,
    };

    private static readonly Input<int> Expiration = Number("seconds") with
    {
        Check = (c, seconds) => seconds < 0 && !c.Room.IsOneToOne ? OcsResult.Error(400, "value") : null,
    };

    private static readonly Refusal NotPublic = c => c.Room.IsPublic ? null : OcsResult.Error(c.Has(Rules.PasswordOnPrivateRoomIsBadRequest) ? 400 : 403, "type");

    public static readonly OcsOperation[] Table =
    [
        // Everybody's own.
        new("conversation.add_favorite", "POST room/{token}/favorite", "4.0", Own, Set(Always(true), (c, v) => c.Attendee.IsFavorite = v)),
        new("conversation.remove_favorite", "DELETE room/{token}/favorite", "4.0", Own, Set(Always(false), (c, v) => c.Attendee.IsFavorite = v)),
        new("conversation.archive", "POST room/{token}/archive", "20.0.1", Own, Set(Always(true), (c, v) => c.Attendee.IsArchived = v)),
        new("conversation.unarchive", "DELETE room/{token}/archive", "20.0.1", Own, Set(Always(false), (c, v) => c.Attendee.IsArchived = v)),
        new("conversation.mark_important", "POST room/{token}/important", "21.1", Own, Set(Always(true), (c, v) => c.Attendee.IsImportant = v)),
        new("conversation.unmark_important", "DELETE room/{token}/important", "21.1", Own, Set(Always(false), (c, v) => c.Attendee.IsImportant = v)),
        new("conversation.mark_sensitive", "POST room/{token}/sensitive", "21.1", Own, Set(Always(true), (c, v) => c.Attendee.IsSensitive = v)),
        new("conversation.unmark_sensitive", "DELETE room/{token}/sensitive", "21.1", Own, Set(Always(false), (c, v) => c.Attendee.IsSensitive = v)),
        new("conversation.set_notification_level", "POST room/{token}/notify", "5.0", Own,
            Set(Number("level", 1, 3, "level"), (c, v) => c.Attendee.NotificationLevel = v)),
        new("conversation.set_call_notification", "POST room/{token}/notify-calls", "13.0", Own,
            Set(Number("level", 0, 1, "level"), (c, v) => c.Attendee.NotificationCalls = v)),

        // The room's.
        new("conversation.rename", "PUT room/{token}", "3.0", Rank, Take(RoomName, Rename, Unnamed)),
        new("conversation.make_public", "POST room/{token}/public", "3.0", RankOfAccount, Do(MakePublic, Preserved, TypeIsLocked)),
        new("conversation.make_private", "DELETE room/{token}/public", "3.0", RankOfAccount, Do(MakePrivate, Preserved, TypeIsLocked)),
        new("conversation.set_password", "PUT room/{token}/password", "3.0", Rank,
            Set(Text("password"), _ => null, (c, v) => c.Room.Password = v, v => v.Length > 0 ? "password_set" : "password_removed", NotPublic)),
        new("conversation.set_description", "PUT room/{token}/description", "11.0", Rank,
            Set(
                Trimmed("description", Rules.LongestDescription),
                c => c.Room.Description,
                (c, v) => c.Room.Description = v,
                v => v.Length > 0 ? "description_set" : "description_removed",
                Unnamed)) { MinApi = 3 },
        new("conversation.set_read_only", "PUT room/{token}/read-only", "6.0", RankOfAccount,
            Set(Number("state", 0, 1), c => c.Room.ReadOnly, (c, v) => c.Room.ReadOnly = v, v => v == 1 ? "read_only" : "read_only_off", NotShared)),
        new("conversation.set_listable", "PUT room/{token}/listable", "11.0", RankOfAccount,
            Do(
                Set(
                    Number("scope", 0, 2),
                    c => c.Room.Listable,
                    (c, v) => c.Room.Listable = v,
                    v => v switch { 0 => "listable_none", 1 => "listable_users", _ => "listable_all" },
                    NotShared),
                Preserved)) { MinApi = 3 },
        new("conversation.set_lobby", "PUT room/{token}/webinary/lobby", "7.0", RankOfAccount, Take(Number("state", 0, 1), SetLobby, NotShared)) { MaxApi = 3 },
        new("conversation.set_lobby", "PUT room/{token}/webinar/lobby", "8.0", RankOfAccount, Take(Number("state", 0, 1), SetLobby, NotShared)),
        new("conversation.set_mention_permissions", "PUT room/{token}/mention-permissions", "20.0", RankOfAccount,
            Set(Number("mentionPermissions", 0, 1), (c, v) => c.Room.MentionPermissions = v, NotShared)),
        new("conversation.set_message_expiration", "POST room/{token}/message-expiration", "15.0", Rank, Take(Expiration, SetMessageExpiration)),
        new("conversation.set_permissions", "PUT room/{token}/permissions/{mode}", "13.0", Rank,
            Take(Permissions("permissions"), SetPermissions, When(c => c.Segment("mode") == "call", 400, "mode"), When(c => c.Room.IsOneToOne, 400, "type"))),
        new("conversation.set_recording_consent", "PUT room/{token}/recording-consent", "18.0", RankOfAccount,
            Set(Number("recordingConsent"), (c, v) => c.Room.RecordingConsent = v, NoRecordingServer)),
        new("conversation.unbind_object", "DELETE room/{token}/object", "21.1", Rank,
            Set(Always(""), (c, v) => (c.Room.ObjectType, c.Room.ObjectId) = (v, v), When(c => !Unbindable.Contains(c.Room.ObjectType), 400, "object-type"))),
        new("conversation.preserve", "POST room/{token}/preserve", "25.0", Admin | Own,
            Set(Always(true), c => c.Room.IsPreserved, (c, v) => c.Room.IsPreserved = v, _ => "preserve_conversation")),
        new("conversation.unpreserve", "DELETE room/{token}/preserve", "25.0", Admin | Own,
            Set(Always(false), c => c.Room.IsPreserved, (c, v) => c.Room.IsPreserved = v, _ => "preserve_conversation_off")),
    ];

    private static OcsResult Rename(OcsCall call, string name)
    {
        var old = call.Room.Name;
        if (name != old)
        {
            call.Room.Name = name;
            call.Tell("conversation_renamed", old, name);
        }

        return call.Changed();
    }

    private static OcsResult MakePublic(OcsCall call)
    {
        if (call.Has(Rules.CreationTakesPassword) && call.Parameters.Text("password") is { Length: > 0 } password)
        {
            call.Room.Password = password;
        }

        if (!call.Room.IsPublic)
        {
            call.Room.Type = RoomType.Public;
            call.Tell("guests_allowed");
        }

        return call.Changed();
    }

    private static OcsResult MakePrivate(OcsCall call)
    {
        if (call.Room.IsPublic)
        {
            call.Room.Type = RoomType.Group;
            call.Tell("guests_disallowed");
            foreach (var guest in call.Room.Attendees.Where(a => a.IsGuest).ToList())
            {
                call.Room.Remove(guest);
            }
        }

        return call.Changed();
    }

    private static OcsResult SetLobby(OcsCall call, int state)
    {
        var room = call.Room;
        if (room.LobbyState != state)
        {
            room.LobbyState = state;
            call.Tell(state == 1 ? "lobby_non_moderators" : "lobby_none");
        }

        room.LobbyTimer = state == 1 ? Math.Max(call.Parameters.Int("timer", 0), 0) : 0;
        if (!call.Has(Rules.LobbySetterAnswersRoom))
        {
            return OcsResult.Empty();
        }

        // Shaped as v2 even when v1 was asked.
        var context = call.RoomContext(room);
        return OcsResult.Ok(RoomView.Render(context with { Viewer = context.Viewer with { Api = Math.Max(call.Api, 2) } }));
    }

    private static OcsResult SetMessageExpiration(OcsCall call, int seconds)
    {
        call.Room.MessageExpiration = Math.Max(seconds, 0);
        call.Tell(seconds > 0 ? "message_expiration_enabled" : "message_expiration_disabled", World.Text(seconds));
        return call.Changed();
    }

    private static OcsResult SetPermissions(OcsCall call, int permissions)
    {
        call.Room.DefaultPermissions = Permission.AsCustom(permissions);
        return call.RoomAnswer();
    }
}
