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
        new("roomToken", "16.0", c => c.Room.Token),
        new("inCall", VersionRange.Between("3.0", "4.0"), c => c.Flags != 0),
        new("inCall", "4.0", c => c.Flags),
        new("lastPing", "3.0", c => c.Attendee.Sessions.Count > 0 ? c.Attendee.Sessions.Max(s => s.LastPing) : Rules.ManySessions.Contains(c.Version) ? 0 : c.Attendee.LastPing),
        new("sessionId", "3.0", c => c.Attendee.Sessions.FirstOrDefault()?.Id ?? "0", MaxApi: 3),
        new("sessionIds", "12.0", c => PhpJson.Strings(c.Attendee.Sessions.Select(s => s.Id)), MinApi: 4),
        new("participantType", "3.0", c => c.Attendee.ParticipantType),
        new("userId", "3.0", c => c.Attendee.IsUser ? c.Attendee.ActorId : "", MaxApi: 2),
        new("attendeeId", "10.1", c => c.Attendee.Id, MinApi: 3),
        new("actorId", "10.1", c => c.Attendee.ActorId, MinApi: 3),
        new("actorType", "10.1", c => c.Attendee.ActorType, MinApi: 3),
        new("displayName", "3.0", c => c.Attendee.DisplayName),
        new("publishingPermissions", VersionRange.Between("12.0", "13.0"), c => c.Attendee.PublishingPermissions),
        new("permissions", "13.0", c => RoomRules.Permissions(c.World, c.Room, c.Attendee)),
        new("attendeePermissions", "13.0", c => c.Attendee.Permissions),
        new("attendeePin", "10.1", _ => "", MinApi: 3),
        new("phoneNumber", "18.0", _ => ""),
        new("callId", "18.0", _ => ""),
        .. Field.Status<ParticipantContext>("10.0", c => c.Status),
    ];

    public static OcsResult List(OcsCall call, IEnumerable<Attendee> attendees, bool withStatus) => OcsResult
        .List(attendees.Where(a => IsListed(a, call.Version, call.Api)).Select(a => Render(call, a, withStatus)))
        .With("X-Nextcloud-Has-User-Statuses", withStatus ? "1" : null);

    private static JsonObject Render(OcsCall call, Attendee attendee, bool withStatus)
    {
        var status = withStatus ? call.World.StatusOf(attendee) : null;
        return Field.Render(Fields, new ParticipantContext(call.World, call.Room, attendee, status), call.Version, call.Api);
    }

    /// <summary>v1 and v2 know users and guests only.</summary>
    private static bool IsListed(Attendee attendee, TalkVersion version, int api) => attendee.ActorType switch
    {
        ActorType.Users or ActorType.Guests => true,
        ActorType.Groups => api >= 4,
        _ => Rules.AttendeesHaveIds.Contains(version) && api >= 3,
    };
}
