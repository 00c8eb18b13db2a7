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
        new("id", "3.0", c => c.Room.Id),
        new("token", "3.0", c => c.Room.Token),
        new("type", "3.0", c => c.Room.Type),
        new("name", "3.0", Name, () => "", IsListed: true),
        new("displayName", "3.0", DisplayName, () => "", IsListed: true),
        new("objectType", "4.0", c => c.Room.ObjectType, () => ""),
        new("objectId", "4.0", c => c.Room.ObjectId, () => ""),
        new("participantType", "3.0", c => c.Attendee?.ParticipantType ?? ParticipantType.Guest),
        new("participantInCall", "3.0", c => c.Attendee?.IsInCall ?? false, MaxApi: 1),
        new("participantFlags", "4.0", c => c.NullsOf(true) ? null : c.Attendee?.CallFlags ?? 0),
        new("readOnly", "6.0", c => c.Room.ReadOnly, () => 0),
        new("count", "3.0", Count, () => 0, MaxApi: 1),
        new("hasPassword", "3.0", c => c.Room.HasPassword),
        new("hasCall", "3.0", c => c.Room.HasCall && !c.IsInLobby, () => false),
        new("callStartTime", "16.0", c => c.Room.CallStartTime, () => 0),
        new("callRecording", "16.0", _ => 0),
        new("canStartCall", "7.0", c => c.Attendee is { } a && (RoomRules.Permissions(c.World, c.Room, a) & Permission.StartCall) != 0, () => false),
        new("lastActivity", "4.0", c => c.Room.LastActivity, () => 0, IsListed: true),
        new("lastReadMessage", "7.0", c => c.Attendee?.LastReadMessage ?? 0, () => 0),
        new("unreadMessages", "3.2", c => c.IsInLobby ? 0 : Unread(c), () => 0),
        new("unreadMention", "4.0", c => !c.IsInLobby && c.Attendee is { } a && a.LastMentionMessage > a.LastReadMessage, () => false),
        new("unreadMentionDirect", "13.0", c => !c.IsInLobby && c.Attendee is { } a && a.LastDirectMentionMessage > a.LastReadMessage, () => false),
        new("isFavorite", "4.0", c => c.NullsOf(IsTemporary(c)) ? null : c.Attendee?.IsFavorite ?? false, () => false),
        new("canLeaveConversation", "9.0", c => c.Attendee is { IsUser: true } a && RoomRules.CanLeave(c.Version, c.Room, a), () => false, MinApi: 2),
        new("canDeleteConversation", "9.0", c => c.Attendee is { IsModerator: true, IsUser: true } && c.Room.Type is RoomType.Group or RoomType.Public, () => false, MinApi: 2),
        new("notificationLevel", "5.0", NotificationLevel, () => 3),
        new("notificationCalls", "13.0", c => c.Attendee?.NotificationCalls ?? 0, () => 0),
        new("lobbyState", "7.0", c => c.Room.LobbyState, () => 0, IsListed: true),
        new("lobbyTimer", "7.0", c => c.Room.LobbyTimer, () => 0, IsListed: true),
        new("lastPing", "3.0", c => c.Session?.LastPing ?? (Rules.ManySessions.Contains(c.Version) ? 0 : c.Attendee?.LastPing ?? 0), () => 0),
        new("sessionId", "3.0", c => c.Session?.Id ?? "0", () => "0"),
        new("participants", "3.0", Participants, () => new JsonArray(), MaxApi: 1),
        new("numGuests", "3.0", c => c.Room.Attendees.Count(a => a.IsGuest), () => 0, MaxApi: 1),
        new("guestList", "3.0", _ => "", MaxApi: 3),
        new("sipEnabled", "10.1", c => c.Room.SipEnabled, () => 0, MinApi: 3),
        new("actorType", "10.1", c => c.Attendee?.ActorType ?? "", () => "", MinApi: 3),
        new("actorId", "10.1", c => c.Attendee?.ActorId ?? "", () => "", MinApi: 3),
        new("attendeeId", "10.1", c => c.Attendee?.Id ?? 0, () => 0, MinApi: 3),
        new("publishingPermissions", VersionRange.Between("12.0", "13.0"), c => c.NullsOf(true) ? null : c.Attendee?.PublishingPermissions ?? 0, () => 0),
        new("permissions", "13.0", c => c.Attendee is { } a ? RoomRules.Permissions(c.World, c.Room, a) : Permission.Custom, () => Permission.Custom),
        new("attendeePermissions", "13.0", c => c.Attendee?.Permissions ?? Permission.Custom, () => Permission.Custom),
        new("callPermissions", "13.0", c => c.Attendee is null ? Permission.Custom : 0, () => Permission.Custom),
        new("defaultPermissions", "13.0", c => c.Room.DefaultPermissions, () => Permission.Custom),
        new("canEnableSIP", "10.1", _ => false, MinApi: 3),
        new("attendeePin", "10.1", _ => "", MinApi: 3),
        new("description", "11.0", c => c.Room.Description, () => "", MinApi: 3, IsListed: true),
        new("lastCommonReadMessage", "11.0", c => RoomRules.LastCommonRead(c.Room) ?? 0, () => 0, MinApi: 3),
        new("listable", "11.0", c => c.Room.Listable, () => 0, MinApi: 3, IsListed: true),
        new("callFlag", "11.1", c => c.Room.CallFlag, () => 0, MinApi: 2),
        new("messageExpiration", "15.0", c => c.Room.MessageExpiration, () => 0),
        new("avatarVersion", "16.0", c => Tokens.Sha1($"avatar {c.Room.Type}")[..8]),
        new("isCustomAvatar", "17.0", _ => false),
        new("breakoutRoomMode", "16.0", _ => 0),
        new("breakoutRoomStatus", "16.0", _ => 0),
        new("recordingConsent", "18.0", c => c.Room.RecordingConsent, () => 0),
        new("mentionPermissions", "20.0", c => c.Room.MentionPermissions, () => 0),
        new("liveTranscriptionLanguageId", "22.0", _ => ""),
        new("lastPinnedId", "23.0", _ => 0),
        new("hiddenPinnedId", "23.0", _ => 0),
        new("isArchived", "20.0.1", c => c.Attendee?.IsArchived ?? false, () => false),
        new("isImportant", "21.1", c => c.Attendee?.IsImportant ?? false, () => false),
        new("isSensitive", "21.1", c => c.Attendee?.IsSensitive ?? false, () => false),
        new("tagIds", "24.0", _ => new JsonArray()),
        new("hasScheduledMessages", "23.0", _ => 0),
        new("attributes", "24.0", c => c.Room.Attributes, () => 0),
        .. Field.Status<RoomContext>("12.0", Status),
        new("lastMessage", "4.0", LastMessage),
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
        c is { WithStatus: true, Room.IsOneToOne: true, Partner: { } partner } ? c.World.StatusOf(partner) : null;

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
