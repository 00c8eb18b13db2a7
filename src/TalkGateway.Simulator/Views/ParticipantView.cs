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
        F("status", "10.0", c => c.Status is { } s ? s.Status : Field.Absent),
        F("statusIcon", "10.0", c => c.Status is { } s ? s.Icon : Field.Absent),
        F("statusMessage", "10.0", c => c.Status is { } s ? s.Message : Field.Absent),
        F("statusClearAt", "10.0", c => c.Status is { } s ? s.ClearAt : Field.Absent),
    ];

    public static JsonArray List(World world, Room room, int api, bool withStatus) => PhpJson.List(room.Attendees
        .Where(a => IsListed(a, world.Version, api))
        .Select(a => (JsonNode?)Render(world, room, a, api, withStatus)));

    public static JsonObject Render(World world, Room room, Attendee attendee, int api, bool withStatus)
    {
        var status = withStatus && attendee.IsUser ? world.Accounts.Find(attendee.ActorId)?.Status : null;
        return Field.Render(Fields, new ParticipantContext(world, room, attendee, status), world.Version, api);
    }

    /// <summary>v1 and v2 know users and guests only.</summary>
    private static bool IsListed(Attendee attendee, TalkVersion version, int api) => attendee.ActorType switch
    {
        ActorType.Users or ActorType.Guests => true,
        ActorType.Groups => api >= 4,
        _ => Rules.AttendeesHaveIds.Contains(version) && api >= 3,
    };

    private static Field<ParticipantContext> F(string name, TalkVersion since, Func<ParticipantContext, JsonNode?> value, int minApi = 1, int maxApi = 4) =>
        new(name, VersionRange.From(since), value, minApi, maxApi);

    private static Field<ParticipantContext> Until(string name, TalkVersion since, TalkVersion until, Func<ParticipantContext, JsonNode?> value) =>
        new(name, VersionRange.Between(since, until), value);
}
