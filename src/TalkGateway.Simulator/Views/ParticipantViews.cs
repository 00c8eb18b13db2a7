using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>An attendee of a room as the list of participants shows it.</summary>
internal sealed record ParticipantContext(World World, Room Room, Attendee Attendee, UserStatus? Status)
{
    public TalkVersion Version => World.Version;

    /// <summary>Somebody counts as in the call for 30 seconds after the last ping.</summary>
    public int Flags => Attendee.Sessions.Where(s => s.LastPing > World.Now - 30).Aggregate(0, (flags, s) => flags | s.InCall);
}

internal static class ParticipantView
{
    private static readonly Field<ParticipantContext>[] Fields =
    [
        F("roomToken", "16.0", c => c.Room.Token),
        Until("inCall", "3.0", "4.0", c => c.Flags != 0),
        F("inCall", "4.0", c => c.Flags),
        F("lastPing", "3.0", c => c.Attendee.Sessions.Count > 0 ? c.Attendee.Sessions.Max(s => s.LastPing) : Rules.ManySessions.Contains(c.Version) ? 0 : c.Attendee.LastPing),
        F("sessionId", "3.0", c => c.Attendee.Sessions.FirstOrDefault()?.Id ?? "0", maxApi: 3),
        F("sessionIds", "12.0", c => PhpJson.Strings(c.Attendee.Sessions.Select(s => s.Id)), minApi: 4),
        F("participantType", "3.0", c => c.Attendee.ParticipantType),
        F("userId", "3.0", c => c.Attendee.IsUser ? c.Attendee.ActorId : "", maxApi: 2),
        F("attendeeId", "10.1", c => c.Attendee.Id, minApi: 3),
        F("actorId", "10.1", c => c.Attendee.ActorId, minApi: 3),
        F("actorType", "10.1", c => c.Attendee.ActorType, minApi: 3),
        F("displayName", "3.0", c => c.Attendee.DisplayName),
        Until("publishingPermissions", "12.0", "13.0", c => c.Attendee.PublishingPermissions),
        F("permissions", "13.0", c => RoomRules.Permissions(c.World, c.Room, c.Attendee)),
        F("attendeePermissions", "13.0", c => c.Attendee.Permissions),
        F("attendeePin", "10.1", _ => "", minApi: 3),
        F("phoneNumber", "18.0", _ => ""),
        F("callId", "18.0", _ => ""),
        F("status", "10.0", c => c.Status is { } s ? s.Status : Field<ParticipantContext>.Absent),
        F("statusIcon", "10.0", c => c.Status is { } s ? s.Icon : Field<ParticipantContext>.Absent),
        F("statusMessage", "10.0", c => c.Status is { } s ? s.Message : Field<ParticipantContext>.Absent),
        F("statusClearAt", "10.0", c => c.Status is { } s ? s.ClearAt : Field<ParticipantContext>.Absent),
    ];

    public static JsonArray List(World world, Room room, int api, bool withStatus) => PhpJson.List(room.Attendees
        .Where(a => IsListed(a, world.Version, api))
        .Select(a => (JsonNode?)Render(world, room, a, api, withStatus)));

    public static JsonObject Render(World world, Room room, Attendee attendee, int api, bool withStatus)
    {
        var status = withStatus && attendee.IsUser ? world.Accounts.Find(attendee.ActorId)?.Status : null;
        var context = new ParticipantContext(world, room, attendee, status);
        var answer = new JsonObject();
        foreach (var field in Fields)
        {
            if (field.IsSent(world.Version, api))
            {
                var value = field.Value(context);
                if (!ReferenceEquals(value, Field<ParticipantContext>.Absent))
                {
                    answer[field.Name] = value;
                }
            }
        }

        return answer;
    }

    /// <summary>v1 and v2 know users and guests only.</summary>
    private static bool IsListed(Attendee attendee, TalkVersion version, int api) => attendee.ActorType switch
    {
        ActorType.Users or ActorType.Guests => true,
        ActorType.Groups => api >= 4,
        _ => version < "10.1" ? false : api >= 3,
    };

    private static Field<ParticipantContext> F(string name, TalkVersion since, Func<ParticipantContext, JsonNode?> value, int minApi = 1, int maxApi = 4) =>
        new(name, VersionRange.From(since), value, minApi, maxApi);

    private static Field<ParticipantContext> Until(string name, TalkVersion since, TalkVersion until, Func<ParticipantContext, JsonNode?> value) =>
        new(name, VersionRange.Between(since, until), value);
}

/// <summary>Somebody in a call, and somebody whom internal signaling shows.</summary>
internal static class SessionViews
{
    public static JsonArray Peers(World world, Room room, int api)
    {
        var present = room.Sessions.Where(s => s.InCall != InCall.Disconnected && s.LastPing > world.Now - 30);
        return PhpJson.List(present.Select(s => (JsonNode?)Peer(world, room, s, api)));
    }

    public static JsonArray UsersInRoom(World world, Room room)
    {
        var present = room.Sessions.Where(s => s.LastPing > world.Now - 40);
        return PhpJson.List(present.Select(s => (JsonNode?)User(world, room, s)));
    }

    private static JsonObject Peer(World world, Room room, TalkSession session, int api)
    {
        var attendee = session.Attendee;
        var who = api < 3
            ? new JsonObject { ["userId"] = attendee.IsUser ? attendee.ActorId : "" }
            : new JsonObject
            {
                ["actorType"] = attendee.ActorType,
                ["actorId"] = attendee.ActorId,

                // Talk 10.1 repeats the id where the name belongs.
                ["displayName"] = world.Version < "11.0" ? attendee.ActorId : attendee.DisplayName,
            };
        who["token"] = room.Token;
        who["lastPing"] = session.LastPing;
        who["sessionId"] = session.Id;
        return who;
    }

    private static JsonObject User(World world, Room room, TalkSession session)
    {
        var attendee = session.Attendee;
        var version = world.Version;
        var user = new JsonObject
        {
            ["userId"] = attendee.IsUser ? attendee.ActorId : "",
            ["roomId"] = room.Id,
            ["lastPing"] = session.LastPing,
            ["sessionId"] = session.Id,
            ["inCall"] = version >= "4.0" ? session.InCall : session.InCall != InCall.Disconnected,
        };
        if (version >= "13.0")
        {
            user["participantPermissions"] = RoomRules.Permissions(world, room, attendee);
        }
        else if (version >= "12.0")
        {
            user["publishingPermissions"] = attendee.PublishingPermissions;
        }

        if (version >= "20.0")
        {
            user["actorType"] = attendee.ActorType;
            user["actorId"] = attendee.ActorId;
        }

        return user;
    }
}
