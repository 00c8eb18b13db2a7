namespace TalkGateway.Simulator;

/// <summary>Rooms and messages to look at.</summary>
internal static class DemoData
{
    public static void Seed(World world)
    {
        var accounts = world.Accounts;
        var (alice, bob, carol) = (accounts.Find("alice")!, accounts.Find("bob")!, accounts.Find("carol")!);

        var team = world.AddRoom(RoomType.Group, "Team");
        var owner = Begin(world, team, alice);
        Invitations.AddUser(world, team, bob, owner);
        Invitations.AddUser(world, team, carol, owner);
        team.Find(ActorType.Users, "bob")!.ParticipantType = ParticipantType.Moderator;
        team.Description = "Everything about the release";
        Say(world, team, alice, "Good morning! The release is planned for Friday.");
        Say(world, team, bob, "Great, I'll write the notes. @carol can you test the upgrade?");
        Say(world, team, carol, "Sure, I start after lunch.");
        Say(world, team, alice, "Thanks @all 🎉");

        var open = world.AddRoom(RoomType.Public, "Open house");
        owner = Begin(world, open, alice);
        Invitations.AddUser(world, open, bob, owner);
        open.Listable = 1;
        Say(world, open, alice, "Everybody is welcome here, guests too.");

        var planning = world.AddRoom(RoomType.Group, "Planning");
        Begin(world, planning, bob);
        Say(world, planning, bob, "Ideas for the next quarter go here.");

        var pair = world.AddRoom(RoomType.OneToOne, CreateRoom.PairName("alice", "bob"));
        Begin(world, pair, alice);
        world.AddUser(pair, bob, ParticipantType.Owner);
        Say(world, pair, bob, "Do you have a minute?");
    }

    private static Attendee Begin(World world, Room room, Account account)
    {
        var owner = world.AddUser(room, account, ParticipantType.Owner);
        world.Announce(room, owner, "conversation_created");
        return owner;
    }

    private static void Say(World world, Room room, Account account, string text)
    {
        var attendee = room.Find(account)!;
        attendee.LastReadMessage = room.Post(new Message(world.NextMessageId(), Author.Of(attendee, world.Now)) { Text = text }).Id;
    }
}
