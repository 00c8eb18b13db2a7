namespace TalkGateway.Simulator;

/// <summary>What follows from a room's and an attendee's settings.</summary>
internal static class RoomRules
{
    public static int Permissions(World world, Room room, Attendee attendee)
    {
        if (attendee.IsModerator)
        {
            return Rules.ModeratorPermissions.At(world.Version);
        }

        return attendee.Permissions != 0 ? attendee.Permissions
            : room.DefaultPermissions != 0 ? room.DefaultPermissions
            : Rules.UserPermissions.At(world.Version);
    }

    public static bool IgnoresLobby(World world, Room room, Attendee attendee) =>
        attendee.IsModerator || (Permissions(world, room, attendee) & Permission.IgnoreLobby) != 0;

    /// <summary>Nobody may leave a room without a moderator behind, unless it empties.</summary>
    public static bool CanLeave(TalkVersion version, Room room, Attendee attendee)
    {
        if (room.IsOneToOne || !attendee.IsModerator)
        {
            return true;
        }

        var others = room.Attendees.Where(a => a != attendee && a.IsUser).ToList();
        return others.Exists(a => a.IsModerator) || (others.Count == 0 && Rules.LastOneMayLeave.Contains(version));
    }

    /// <summary>The newest message that every account in the room has read; null when there is none.</summary>
    public static int? LastCommonRead(Room room) => room.Users.Any() ? room.Users.Min(a => a.LastReadMessage) : null;
}
