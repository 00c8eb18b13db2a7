namespace TalkGateway.Simulator;

/// <summary>The rooms a server makes for each user at the first look at the list: the changelog, and notes to oneself.</summary>
internal static class PersonalRooms
{
    public static void Ensure(World world, Account account)
    {
        if (Rules.ChangelogRoom.Contains(world.Version) && !Has(world, account, RoomType.Changelog))
        {
            var room = world.AddRoom(RoomType.Changelog, account.Id);
            room.ReadOnly = 1;
            world.AddUser(room, account, ParticipantType.User);
            var id = world.NextMessageId();
            room.Post(new Message
            {
                Id = id,
                ActorType = ActorType.Bots,
                ActorId = "changelog",
                ActorDisplayName = "Talk updates ✅",
                Timestamp = world.Now,
                Text = $"Welcome to Talk {world.Profile.TalkVersion}",
                ThreadId = id,
            });
        }

        if (Rules.NoteToSelfRoom.Contains(world.Version) && !Has(world, account, RoomType.NoteToSelf))
        {
            var room = world.AddRoom(RoomType.NoteToSelf, "Note to self");
            (room.ObjectType, room.ObjectId) = ("note_to_self", account.Id);
            world.AddUser(room, account, ParticipantType.Owner);
        }
    }

    private static bool Has(World world, Account account, int type) =>
        world.Rooms.Exists(r => r.Type == type && r.Find(ActorType.Users, account.Id) is not null);
}
