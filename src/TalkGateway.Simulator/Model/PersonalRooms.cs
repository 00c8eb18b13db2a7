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
            room.Post(new Message(world.NextMessageId(), new Author(ActorType.Bots, "changelog", "Talk updates ✅", world.Now))
            {
                Text = $"Welcome to Talk {world.Profile.TalkVersion}",
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
        world.RoomsOf(account).Any(r => r.Type == type);
}
