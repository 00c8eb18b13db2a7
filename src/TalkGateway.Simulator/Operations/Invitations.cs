namespace TalkGateway.Simulator;

/// <summary>Bringing users, groups and e-mail guests into a room.</summary>
internal static class Invitations
{
    public static bool IsKnown(World world, string source, string id) => source switch
    {
        "users" => world.Accounts.Find(id) is not null,
        "groups" => world.Accounts.MembersOf(id) is not null,
        "emails" => IsAddress(id),
        _ => false,
    };

    public static bool IsAddress(string text) => text.IndexOf('@', StringComparison.Ordinal) is var at && at > 0 && at < text.Length - 1;

    public static void Add(World world, Room room, string source, string id, Attendee actor)
    {
        switch (source)
        {
            case "users" when world.Accounts.Find(id) is { } account:
                AddUser(world, room, account, actor);
                break;
            case "groups" when world.Accounts.MembersOf(id) is not null:
                AddGroup(world, room, id, actor);
                break;
            case "emails" when IsAddress(id):
                AddEmail(world, room, id);
                break;
            default:
                break;
        }
    }

    public static void AddUser(World world, Room room, Account account, Attendee actor)
    {
        if (room.Find(account) is { } known)
        {
            if (known.ParticipantType == ParticipantType.SelfJoined)
            {
                known.ParticipantType = ParticipantType.User;
            }

            return;
        }

        var attendee = world.AddUser(room, account, ParticipantType.User);
        world.Announce(room, actor, "user_added", attendee);
    }

    /// <summary>A group brings its members; from Talk 12 on it is an attendee itself.</summary>
    public static void AddGroup(World world, Room room, string group, Attendee actor)
    {
        if (Rules.GroupsAreAttendees.Contains(world.Version) && room.Find(ActorType.Groups, group) is null)
        {
            var attendee = world.AddAttendee(room, ActorType.Groups, group, group, ParticipantType.User);
            world.Announce(room, actor, "group_added", attendee);
        }

        foreach (var member in world.Accounts.MembersOf(group)!)
        {
            AddUser(world, room, world.Accounts.Find(member)!, actor);
        }
    }

    /// <summary>An e-mail guest needs a public room; true when the room became one.</summary>
    public static bool AddEmail(World world, Room room, string address)
    {
        if (room.Find(ActorType.Emails, address) is null)
        {
            world.AddAttendee(room, ActorType.Emails, address, address, ParticipantType.Guest);
        }

        var opens = !room.IsPublic;
        room.Type = RoomType.Public;
        return opens;
    }
}
