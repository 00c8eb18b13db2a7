using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>A room as one viewer gets it.</summary>
internal sealed record RoomContext(Viewer Viewer, Room Room, TalkSession? Session)
{
    /// <summary>The answer of joining, which on Talk 10.1 to 12 is built from a half-filled attendee.</summary>
    public bool IsJoinAnswer { get; init; }

    /// <summary>An entry of the list of open conversations.</summary>
    public bool IsListed { get; init; }

    public bool WithoutLastMessage { get; init; }

    public bool WithStatus { get; init; }

    public World World => Viewer.World;

    public TalkVersion Version => Viewer.Version;

    public Attendee? Attendee => Viewer.Attendee;

    public bool IsInLobby => Room.LobbyState != 0 && Attendee is not null && !RoomRules.IgnoresLobby(World, Room, Attendee);

    public bool NullsOf(bool condition) => IsJoinAnswer && condition && Rules.JoinAnswerHasNulls.Contains(Version);

    public Attendee? Partner => Room.Users.FirstOrDefault(a => a.ActorId != Viewer.ActorId);
}

/// <summary>The fields of a room over the versions. v1 to v3 are views of the same servers (Talk 9 to 11), v4 came alone with Talk 12.</summary>
internal static class RoomView
{
    private static readonly Field<RoomContext>[] Fields =
    [
        F("id", "3.0", c => c.Room.Id),
        F("token", "3.0", c => c.Room.Token),
        F("type", "3.0", c => c.Room.Type),
        F("name", "3.0", Name, () => "", isListed: true),
        F("displayName", "3.0", DisplayName, () => "", isListed: true),
        F("objectType", "4.0", c => c.Room.ObjectType, () => ""),
        F("objectId", "4.0", c => c.Room.ObjectId, () => ""),
        F("participantType", "3.0", c => c.Attendee?.ParticipantType ?? ParticipantType.Guest),
        F("participantInCall", "3.0", c => c.Attendee?.IsInCall ?? false, maxApi: 1),
        F("participantFlags", "4.0", c => c.NullsOf(true) ? null : c.Attendee?.CallFlags ?? 0),
        F("readOnly", "6.0", c => c.Room.ReadOnly, () => 0),
        F("count", "3.0", Count, () => 0, maxApi: 1),
        F("hasPassword", "3.0", c => c.Room.HasPassword),
        F("hasCall", "3.0", c => c.Room.HasCall && !c.IsInLobby, () => false),
        F("callStartTime", "16.0", c => c.Room.CallStartTime, () => 0),
        F("callRecording", "16.0", _ => 0),
        F("canStartCall", "7.0", c => c.Attendee is { } a && (RoomRules.Permissions(c.World, c.Room, a) & Permission.StartCall) != 0, () => false),
        F("lastActivity", "4.0", c => c.Room.LastActivity, () => 0, isListed: true),
        F("lastReadMessage", "7.0", c => c.Attendee?.LastReadMessage ?? 0, () => 0),
        F("unreadMessages", "3.2", c => c.IsInLobby ? 0 : Unread(c), () => 0),
        F("unreadMention", "4.0", c => !c.IsInLobby && c.Attendee is { } a && a.LastMentionMessage > a.LastReadMessage, () => false),
        F("unreadMentionDirect", "13.0", c => !c.IsInLobby && c.Attendee is { } a && a.LastDirectMentionMessage > a.LastReadMessage, () => false),
        F("isFavorite", "4.0", c => c.NullsOf(IsTemporary(c)) ? null : c.Attendee?.IsFavorite ?? false, () => false),
        F("canLeaveConversation", "9.0", c => c.Attendee is { IsUser: true } a && RoomRules.CanLeave(c.Version, c.Room, a), () => false, minApi: 2),
        F("canDeleteConversation", "9.0", c => c.Attendee is { IsModerator: true, IsUser: true } && c.Room.Type is RoomType.Group or RoomType.Public, () => false, minApi: 2),
        F("notificationLevel", "5.0", NotificationLevel, () => 3),
        F("notificationCalls", "13.0", c => c.Attendee?.NotificationCalls ?? 0, () => 0),
        F("lobbyState", "7.0", c => c.Room.LobbyState, () => 0, isListed: true),
        F("lobbyTimer", "7.0", c => c.Room.LobbyTimer, () => 0, isListed: true),
        F("lastPing", "3.0", c => c.Session?.LastPing ?? (Rules.ManySessions.Contains(c.Version) ? 0 : c.Attendee?.LastPing ?? 0), () => 0),
        F("sessionId", "3.0", c => c.Session?.Id ?? "0", () => "0"),
        F("participants", "3.0", Participants, () => new JsonArray(), maxApi: 1),
        F("numGuests", "3.0", c => c.Room.Attendees.Count(a => a.IsGuest), () => 0, maxApi: 1),
        F("guestList", "3.0", _ => "", maxApi: 3),
        F("sipEnabled", "10.1", c => c.Room.SipEnabled, () => 0, minApi: 3),
        F("actorType", "10.1", c => c.Attendee?.ActorType ?? "", () => "", minApi: 3),
        F("actorId", "10.1", c => c.Attendee?.ActorId ?? "", () => "", minApi: 3),
        F("attendeeId", "10.1", c => c.Attendee?.Id ?? 0, () => 0, minApi: 3),
        Until("publishingPermissions", "12.0", "13.0", c => c.NullsOf(true) ? null : c.Attendee?.PublishingPermissions ?? 0, () => 0),
        F("permissions", "13.0", c => c.Attendee is { } a ? RoomRules.Permissions(c.World, c.Room, a) : Permission.Custom, () => Permission.Custom),
        F("attendeePermissions", "13.0", c => c.Attendee?.Permissions ?? Permission.Custom, () => Permission.Custom),
        F("callPermissions", "13.0", c => c.Attendee is null ? Permission.Custom : 0, () => Permission.Custom),
        F("defaultPermissions", "13.0", c => c.Room.DefaultPermissions, () => Permission.Custom),
        F("canEnableSIP", "10.1", _ => false, minApi: 3),
        F("attendeePin", "10.1", _ => "", minApi: 3),
        F("description", "11.0", c => c.Room.Description, () => "", minApi: 3, isListed: true),
        F("lastCommonReadMessage", "11.0", c => RoomRules.LastCommonRead(c.Room) ?? 0, () => 0, minApi: 3),
        F("listable", "11.0", c => c.Room.Listable, () => 0, minApi: 3, isListed: true),
        F("callFlag", "11.1", c => c.Room.CallFlag, () => 0, minApi: 2),
        F("messageExpiration", "15.0", c => c.Room.MessageExpiration, () => 0),
        F("avatarVersion", "16.0", c => Tokens.Sha1($"avatar {c.Room.Type}")[..8]),
        F("isCustomAvatar", "17.0", _ => false),
        F("breakoutRoomMode", "16.0", _ => 0),
        F("breakoutRoomStatus", "16.0", _ => 0),
        F("recordingConsent", "18.0", c => c.Room.RecordingConsent, () => 0),
        F("mentionPermissions", "20.0", c => c.Room.MentionPermissions, () => 0),
        F("liveTranscriptionLanguageId", "22.0", _ => ""),
        F("lastPinnedId", "23.0", _ => 0),
        F("hiddenPinnedId", "23.0", _ => 0),
        F("isArchived", "20.0.1", c => c.Attendee?.IsArchived ?? false, () => false),
        F("isImportant", "21.1", c => c.Attendee?.IsImportant ?? false, () => false),
        F("isSensitive", "21.1", c => c.Attendee?.IsSensitive ?? false, () => false),
        F("tagIds", "24.0", _ => new JsonArray()),
        F("hasScheduledMessages", "23.0", _ => 0),
        F("attributes", "24.0", c => c.Room.Attributes, () => 0),
        F("status", "12.0", c => Status(c)?.Status ?? Field.Absent),
        F("statusIcon", "12.0", c => Status(c) is { } s ? s.Icon : Field.Absent),
        F("statusMessage", "12.0", c => Status(c) is { } s ? s.Message : Field.Absent),
        F("statusClearAt", "12.0", c => Status(c) is { } s ? s.ClearAt : Field.Absent),
        F("lastMessage", "4.0", LastMessage),
    ];

    public static JsonObject Render(RoomContext context)
    {
        var hides = context.Attendee is null && Rules.OutsidersSeeNoName.Contains(context.Version);
        return Field.Render(
            Fields,
            f => hides && f.Hidden is { } hidden && !(context.IsListed && f.IsListed) ? hidden() : f.Value(context),
            context.Version,
            context.Viewer.Api);
    }

    private static Field<RoomContext> F(
        string name, TalkVersion since, Func<RoomContext, JsonNode?> value, Func<JsonNode?>? hidden = null, int minApi = 1, int maxApi = 4, bool isListed = false) =>
        new(name, VersionRange.From(since), value, minApi, maxApi) { Hidden = hidden, IsListed = isListed };

    private static Field<RoomContext> Until(string name, TalkVersion since, TalkVersion until, Func<RoomContext, JsonNode?> value, Func<JsonNode?> hidden) =>
        new(name, VersionRange.Between(since, until), value) { Hidden = hidden };

    private static JsonNode? Name(RoomContext c)
    {
        if (!c.Room.IsOneToOne)
        {
            return c.Room.Name;
        }

        // What a server stores here differs, and shows when the partner has left.
        return c.Partner?.ActorId ?? (Rules.LeftOneToOneNamesBoth.Contains(c.Version) ? c.Room.Name : OtherOfName(c));
    }

    private static string OtherOfName(RoomContext c) =>
        c.Room.Name.Trim('[', ']').Split(',').Select(n => n.Trim('"')).FirstOrDefault(n => n != c.Viewer.ActorId) ?? "";

    private static JsonNode? DisplayName(RoomContext c) => c.Room.Type switch
    {
        RoomType.OneToOne => c.Partner?.DisplayName ?? c.World.Accounts.Find(OtherOfName(c))?.DisplayName ?? OtherOfName(c),
        RoomType.Changelog => "Talk updates ✅",
        RoomType.NoteToSelf => "Note to self",
        _ when c.Room.Name.Length == 0 => string.Join(", ", c.Room.Users.Where(a => a.ActorId != c.Viewer.ActorId).Select(a => a.DisplayName).Append("You")),
        _ => c.Room.Name,
    };

    private static JsonNode? Count(RoomContext c) =>
        Rules.NobodyIsCounted.Contains(c.Version) ? 0 : c.Room.Attendees.Count(a => a.Sessions.Any(s => s.LastPing > c.World.Now - 30));

    private static JsonNode? Unread(RoomContext c) =>
        c.Attendee is { IsGuest: false } a ? c.Room.Messages.Count(m => m.Id > a.LastReadMessage && !m.IsSystem && m.Deleted is null) : 0;

    private static bool IsTemporary(RoomContext c) => c.Attendee?.ParticipantType is ParticipantType.Guest or ParticipantType.GuestModerator or ParticipantType.SelfJoined;

    private static JsonNode? NotificationLevel(RoomContext c)
    {
        if (c.NullsOf(IsTemporary(c)))
        {
            return null;
        }

        return c.Attendee switch
        {
            null or { IsGuest: true } => c.Attendee is null && !Rules.OutsidersSeeNoName.Contains(c.Version) ? 2 : 3,
            { NotificationLevel: not 0 } a => a.NotificationLevel,
            _ when c.Room.IsOneToOne => 1,
            _ => Rules.DefaultNotificationLevel.At(c.Version),
        };
    }

    private static JsonNode? Participants(RoomContext c)
    {
        var map = new JsonObject();
        foreach (var attendee in c.Room.Users)
        {
            var entry = new JsonObject { ["name"] = attendee.DisplayName, ["type"] = attendee.ParticipantType };
            entry["call"] = Rules.JoinTakesFlags.Contains(c.Version) ? attendee.CallFlags : attendee.IsInCall;
            if (Rules.ParticipantMapHasSessions.Contains(c.Version))
            {
                entry["sessionId"] = attendee.Sessions.FirstOrDefault()?.Id ?? "0";
            }

            map[attendee.ActorId] = entry;
        }

        return PhpJson.Map(map);
    }

    private static UserStatus? Status(RoomContext c) =>
        c is { WithStatus: true, Room.IsOneToOne: true, Partner: { } partner } ? c.World.Accounts.Find(partner.ActorId)?.Status : null;

    private static JsonNode? LastMessage(RoomContext c)
    {
        var none = Rules.MissingLastMessageIsAbsent.Contains(c.Version) ? Field.Absent : new JsonArray();
        var isHidden = c.IsInLobby || c.IsListed || c.WithoutLastMessage || c.Attendee is null or { IsSensitive: true };
        if (c.Attendee is null && !Rules.OutsidersSeeNoName.Contains(c.Version))
        {
            isHidden = false;
        }

        var last = isHidden ? null : c.Room.Messages.LastOrDefault(m => MessageView.IsVisible(m, c.Version));
        return last is null ? none : MessageView.RenderLast(last, c.Room, c.Viewer);
    }
}
