using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>A session of a room, as calls and signaling show it.</summary>
internal sealed record SessionContext(World World, Room Room, TalkSession Session)
{
    public Attendee Attendee => Session.Attendee;
}

/// <summary>Somebody in a call, and somebody whom internal signaling shows.</summary>
internal static class SessionViews
{
    private static readonly Field<SessionContext>[] PeerFields =
    [
        new("userId", VersionRange.Always, c => c.Attendee.IsUser ? c.Attendee.ActorId : "", MaxApi: 2),
        new("actorType", VersionRange.Always, c => c.Attendee.ActorType, MinApi: 3),
        new("actorId", VersionRange.Always, c => c.Attendee.ActorId, MinApi: 3),

        // Talk 10.1 repeats the id where the name belongs.
        new("displayName", VersionRange.Before("11.0"), c => c.Attendee.ActorId, MinApi: 3),
        new("displayName", VersionRange.From("11.0"), c => c.Attendee.DisplayName, MinApi: 3),
        new("token", VersionRange.Always, c => c.Room.Token),
        new("lastPing", VersionRange.Always, c => c.Session.LastPing),
        new("sessionId", VersionRange.Always, c => c.Session.Id),
    ];

    private static readonly Field<SessionContext>[] UserFields =
    [
        new("userId", VersionRange.Always, c => c.Attendee.IsUser ? c.Attendee.ActorId : ""),
        new("roomId", VersionRange.Always, c => c.Room.Id),
        new("lastPing", VersionRange.Always, c => c.Session.LastPing),
        new("sessionId", VersionRange.Always, c => c.Session.Id),
        new("inCall", VersionRange.Before("4.0"), c => c.Session.InCall != InCall.Disconnected),
        new("inCall", VersionRange.From("4.0"), c => c.Session.InCall),
        new("publishingPermissions", VersionRange.Between("12.0", "13.0"), c => c.Attendee.PublishingPermissions),
        new("participantPermissions", VersionRange.From("13.0"), c => RoomRules.Permissions(c.World, c.Room, c.Attendee)),
        new("actorType", VersionRange.From("20.0"), c => c.Attendee.ActorType),
        new("actorId", VersionRange.From("20.0"), c => c.Attendee.ActorId),
    ];

    public static JsonArray Peers(World world, Room room, int api)
    {
        var present = room.Sessions.Where(s => s.InCall != InCall.Disconnected && s.LastPing > world.Now - 30);
        return PhpJson.List(present.Select(s => (JsonNode?)Field.Render(PeerFields, new SessionContext(world, room, s), world.Version, api)));
    }

    public static JsonArray UsersInRoom(World world, Room room)
    {
        var present = room.Sessions.Where(s => s.LastPing > world.Now - 40);
        return PhpJson.List(present.Select(s => (JsonNode?)Field.Render(UserFields, new SessionContext(world, room, s), world.Version, api: 1)));
    }
}
