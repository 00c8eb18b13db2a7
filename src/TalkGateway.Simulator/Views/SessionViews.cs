using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>A session of a room: somebody in a call, and somebody whom internal signaling shows.</summary>
internal static class SessionViews
{
    public static readonly Field<Seen<TalkSession>>[] Peer =
    [
        new("userId", VersionRange.Always, s => UserId(s.Item), MaxApi: 2),
        new("actorType", VersionRange.Always, s => s.Item.Attendee.ActorType, MinApi: 3),
        new("actorId", VersionRange.Always, s => s.Item.Attendee.ActorId, MinApi: 3),

        // Talk 10.1 repeats the id where the name belongs.
        new("displayName", VersionRange.Before("11.0"), s => s.Item.Attendee.ActorId, MinApi: 3),
        new("displayName", "11.0", s => s.Item.Attendee.DisplayName, MinApi: 3),
        new("token", VersionRange.Always, s => s.Call.Room.Token),
        new("lastPing", VersionRange.Always, s => s.Item.LastPing),
        new("sessionId", VersionRange.Always, s => s.Item.Id),
    ];

    public static readonly Field<Seen<TalkSession>>[] UserInRoom =
    [
        new("userId", VersionRange.Always, s => UserId(s.Item)),
        new("roomId", VersionRange.Always, s => s.Call.Room.Id),
        new("lastPing", VersionRange.Always, s => s.Item.LastPing),
        new("sessionId", VersionRange.Always, s => s.Item.Id),
        new("inCall", VersionRange.Before("4.0"), s => s.Item.InCall != InCall.Disconnected),
        new("inCall", "4.0", s => s.Item.InCall),
        new("publishingPermissions", VersionRange.Between("12.0", "13.0"), s => s.Item.Attendee.PublishingPermissions),
        new("participantPermissions", "13.0", s => RoomRules.Permissions(s.Call.World, s.Call.Room, s.Item.Attendee)),
        new("actorType", "20.0", s => s.Item.Attendee.ActorType),
        new("actorId", "20.0", s => s.Item.Attendee.ActorId),
    ];

    private static JsonNode? UserId(TalkSession session) => session.Attendee.IsUser ? session.Attendee.ActorId : "";
}
