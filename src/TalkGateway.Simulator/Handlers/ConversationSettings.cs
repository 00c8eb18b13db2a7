namespace TalkGateway.Simulator;

/// <summary>What moderators set for a whole room.</summary>
internal static class ConversationSettings
{
    private const int Preserved = 2;

    public static readonly IReadOnlySet<string> ObjectTypes = new HashSet<string>
    {
        "room", "event", "instant_meeting", "phone_temporary", "phone_persist", "extended_conversation", "classified", "classified_persist",
    };

    private static readonly HashSet<string> Unbindable = ["event", "instant_meeting", "phone_temporary", "classified"];

    public static bool IsPreserved(Room room) => (room.Attributes & Preserved) != 0;

    /// <summary>A set of permissions that is not empty carries the bit that says so.</summary>
    public static int Custom(int permissions) => permissions == 0 ? 0 : permissions | Permission.Custom;

    public static OcsResult Rename(OcsCall call)
    {
        var room = call.Room;
        var name = (call.Has(Rules.MissingArgumentsMatter) ? call.Parameters.RequiredText("roomName") : call.Parameters.Text("roomName")).Trim();
        if (room.Type is RoomType.OneToOne or RoomType.Changelog)
        {
            return OcsResult.Error(Rules.RenameOneToOneStatus.At(call.Version), "type");
        }

        if ((name.Length == 0 && call.Has(Rules.EmptyNamesAreRefused)) || CreateRoom.Count(name) > Rules.LongestName.At(call.Version))
        {
            return OcsResult.Error(400, "value");
        }

        if (name != room.Name)
        {
            var old = room.Name;
            room.Name = name;
            call.World.Announce(room, call.Attendee, "conversation_renamed", user: null, parent: null, old, name);
        }

        return call.Changed();
    }

    public static OcsResult SetDescription(OcsCall call)
    {
        var description = call.Parameters.RequiredText("description").Trim();
        if (call.Room.Type is RoomType.OneToOne or RoomType.Changelog)
        {
            return OcsResult.Error(400, "type");
        }

        if (CreateRoom.Count(description) > Rules.LongestDescription.At(call.Version))
        {
            return OcsResult.Error(400, "value");
        }

        return Change(call, call.Room.Description != description, r => r.Description = description, description.Length > 0 ? "description_set" : "description_removed");
    }

    public static OcsResult MakePublic(OcsCall call)
    {
        if (TypeRefusal(call) is { } refusal)
        {
            return refusal;
        }

        if (call.Has(Rules.CreationTakesPassword) && call.Parameters.Text("password") is { Length: > 0 } password)
        {
            call.Room.Password = password;
        }

        return Change(call, !call.Room.IsPublic, r => r.Type = RoomType.Public, "guests_allowed");
    }

    public static OcsResult MakePrivate(OcsCall call)
    {
        if (TypeRefusal(call) is { } refusal)
        {
            return refusal;
        }

        var result = Change(call, call.Room.IsPublic, r => r.Type = RoomType.Group, "guests_disallowed");
        foreach (var guest in call.Room.Attendees.Where(a => a.IsGuest).ToList())
        {
            call.Room.Remove(guest);
        }

        return result;
    }

    public static OcsResult SetPassword(OcsCall call)
    {
        var password = call.Parameters.RequiredText("password");
        if (!call.Room.IsPublic)
        {
            return OcsResult.Error(call.Has(Rules.PasswordOnPrivateRoomIsBadRequest) ? 400 : 403, "type");
        }

        return Change(call, isChange: true, r => r.Password = password, password.Length > 0 ? "password_set" : "password_removed");
    }

    public static OcsResult SetReadOnly(OcsCall call) =>
        Choice(call, "state", most: 1, r => r.ReadOnly, (r, v) => r.ReadOnly = v, v => v == 1 ? "read_only" : "read_only_off");

    public static OcsResult SetListable(OcsCall call)
    {
        if (IsPreserved(call.Room))
        {
            return OcsResult.Error(403, "preserved");
        }

        return Choice(call, "scope", most: 2, r => r.Listable, (r, v) => r.Listable = v, v => v switch { 0 => "listable_none", 1 => "listable_users", _ => "listable_all" });
    }

    public static OcsResult SetMentionPermissions(OcsCall call) =>
        Choice(call, "mentionPermissions", most: 1, r => r.MentionPermissions, (r, v) => r.MentionPermissions = v, _ => null);

    public static OcsResult SetLobby(OcsCall call)
    {
        var timer = call.Parameters.OptionalInt("timer") ?? 0;
        var result = Choice(call, "state", most: 1, r => r.LobbyState, (r, v) => r.LobbyState = v, v => v == 1 ? "lobby_non_moderators" : "lobby_none");
        if (result.Status != 200)
        {
            return result;
        }

        call.Room.LobbyTimer = call.Room.LobbyState == 1 ? Math.Max(timer, 0) : 0;
        if (!call.Has(Rules.LobbySetterAnswersRoom))
        {
            return OcsResult.Empty();
        }

        // Shaped as v2 even when v1 was asked.
        var context = call.RoomContext(call.Room);
        return OcsResult.Ok(RoomView.Render(context with { Viewer = context.Viewer with { Api = Math.Max(call.Api, 2) } }));
    }

    public static OcsResult SetMessageExpiration(OcsCall call)
    {
        var seconds = call.Parameters.RequiredInt("seconds");
        if (call.Room.IsOneToOne is false && seconds < 0)
        {
            return OcsResult.Error(400, "value");
        }

        call.Room.MessageExpiration = Math.Max(seconds, 0);
        call.World.Announce(call.Room, call.Attendee, seconds > 0 ? "message_expiration_enabled" : "message_expiration_disabled", user: null, parent: null, World.Text(seconds));
        return call.Changed();
    }

    public static OcsResult SetPermissions(OcsCall call)
    {
        var permissions = call.Parameters.RequiredInt("permissions");
        if (permissions < 0 || permissions > Rules.MostPermissions.At(call.Version))
        {
            throw new BadParameterException("permissions");
        }

        if (call.Segment("mode") == "call")
        {
            return OcsResult.Error(400, "mode");
        }

        if (call.Room.IsOneToOne)
        {
            return OcsResult.Error(400, "type");
        }

        call.Room.DefaultPermissions = Custom(permissions);
        return OcsResult.Ok(RoomView.Render(call.RoomContext(call.Room)));
    }

    /// <summary>There is no recording server, so there is nothing to consent to.</summary>
    public static OcsResult SetRecordingConsent(OcsCall call)
    {
        _ = call.Parameters.RequiredInt("recordingConsent");
        return OcsResult.Error(412, "config");
    }

    public static OcsResult Unbind(OcsCall call)
    {
        if (!Unbindable.Contains(call.Room.ObjectType))
        {
            return OcsResult.Error(400, "object-type");
        }

        (call.Room.ObjectType, call.Room.ObjectId) = ("", "");
        return call.Changed();
    }

    public static OcsResult Preserve(OcsCall call) =>
        Change(call, !IsPreserved(call.Room), r => r.Attributes |= Preserved, "preserve_conversation");

    public static OcsResult Unpreserve(OcsCall call) =>
        Change(call, IsPreserved(call.Room), r => r.Attributes &= ~Preserved, "preserve_conversation_off");

    private static OcsResult? TypeRefusal(OcsCall call) =>
        IsPreserved(call.Room) ? OcsResult.Error(403, "preserved")
        : call.Room.Type is RoomType.OneToOne or RoomType.Changelog or RoomType.NoteToSelf && call.Has(Rules.OneToOneIsLocked) ? OcsResult.Error(400, "type")
        : null;

    private static OcsResult Choice(OcsCall call, string name, int most, Func<Room, int> get, Action<Room, int> set, Func<int, string?> kind)
    {
        var value = call.Parameters.RequiredInt(name);
        if (call.Room.Type is not (RoomType.Group or RoomType.Public))
        {
            return OcsResult.Error(400, "type");
        }

        return value < 0 || value > most
            ? OcsResult.Error(400, "value")
            : Change(call, get(call.Room) != value, r => set(r, value), kind(value));
    }

    private static OcsResult Change(OcsCall call, bool isChange, Action<Room> change, string? kind)
    {
        if (isChange)
        {
            change(call.Room);
            call.Room.SignalChange();
            if (kind is not null)
            {
                call.World.Announce(call.Room, call.Attendee, kind);
            }
        }

        return call.Changed();
    }
}
