using Xunit;

namespace TalkGateway.Simulator.Tests;

/// <summary>The same life of a room on every profile: create, invite, chat, a guest with a password, a call, moderation, leaving, deletion.</summary>
public sealed class StoryTests
{
    public static TheoryData<string> Profiles => [.. TalkProfile.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task A_room_lives_from_creation_to_deletion(string profile)
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = profile, SeedDemoData = false });
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        using var bob = OcsClient.WithAppPassword(simulator, "bob");
        using var guest = new OcsClient(simulator);

        // Create and invite.
        var created = (await alice.RoomAsync("POST", "room", new { roomType = 3, roomName = "Story" })).Is(201);
        var token = (string)created.Data!["token"]!;
        (await alice.RoomAsync("POST", $"room/{token}/participants", new { newParticipant = "bob" })).Is(200);
        (await bob.RoomAsync("GET", $"room/{token}")).Is(200);
        Assert.Contains((await bob.RoomAsync("GET", "room")).Is(200).List, r => (string?)r!["token"] == token);

        // Chat.
        (await alice.ChatAsync("POST", $"chat/{token}", new { message = "Hello @bob" })).Is(201);
        var history = (await bob.ChatAsync("GET", $"chat/{token}?lookIntoFuture=0")).Is(200);
        Assert.Equal("alice", (string?)history.List[0]!["actorId"]);

        // A guest needs the password once.
        (await alice.RoomAsync("PUT", $"room/{token}/password", new { password = "s3cret" })).Is(200);
        (await guest.RoomAsync("POST", $"room/{token}/participants/active", new { password = "wrong" })).Is(403);
        var joined = (await guest.RoomAsync("POST", $"room/{token}/participants/active", new { password = "s3cret" })).Is(200);
        Assert.Equal(255, ((string)joined.Data!["sessionId"]!).Length);
        (await guest.ChatAsync("POST", $"chat/{token}", new { message = "Hi from outside" })).Is(201);

        // A call.
        (await alice.RoomAsync("POST", $"room/{token}/participants/active", new { })).Is(200);
        (await alice.CallAsync("POST", $"call/{token}", new { flags = 3 })).Is(200);
        (await guest.CallAsync("POST", $"call/{token}", new { flags = 1 })).Is(200);
        Assert.Equal(2, (await alice.CallAsync("GET", $"call/{token}")).Is(200).List.Count);
        Assert.True((bool)(await bob.RoomAsync("GET", $"room/{token}")).Is(200).Data!["hasCall"]!);
        (await guest.CallAsync("DELETE", $"call/{token}")).Is(200);
        (await alice.CallAsync("DELETE", $"call/{token}")).Is(200);

        // Moderation.
        var participants = (await alice.RoomAsync("GET", $"room/{token}/participants")).Is(200).List;
        object bobTarget = alice.Versions.Room >= 3
            ? new { attendeeId = (int)participants.Single(p => (string?)p!["actorId"] == "bob")!["attendeeId"]! }
            : new { participant = "bob" };
        (await alice.RoomAsync("POST", $"room/{token}/moderators", bobTarget)).Is(200);
        (await bob.RoomAsync("PUT", $"room/{token}", new { roomName = "Story told" })).Is(200);
        Assert.Equal("Story told", (string?)(await alice.RoomAsync("GET", $"room/{token}")).Is(200).Data!["name"]);
        (await alice.RoomAsync("DELETE", $"room/{token}/moderators", bobTarget)).Is(200);
        (await bob.RoomAsync("PUT", $"room/{token}", new { roomName = "Mine" })).Is(403);

        // Leaving and deletion.
        (await guest.RoomAsync("DELETE", $"room/{token}/participants/active")).Is(200);
        (await guest.ChatAsync("GET", $"chat/{token}?lookIntoFuture=0")).Is(404);
        (await bob.RoomAsync("DELETE", $"room/{token}/participants/self")).Is(200);
        (await alice.RoomAsync("DELETE", $"room/{token}")).Is(200);
        (await alice.RoomAsync("GET", $"room/{token}")).Is(404);
    }

    [Fact]
    public async Task A_newer_server_tells_the_whole_story_in_system_messages()
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { SeedDemoData = false });
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        using var bob = OcsClient.WithAppPassword(simulator, "bob");
        var token = (string)(await alice.RoomAsync("POST", "room", new { roomType = 2, roomName = "Tour" })).Is(201).Data!["token"]!;
        async Task Do(string method, string path, object? body = null) => (await alice.RoomAsync(method, $"room/{token}{path}", body)).Is(200);

        await Do("POST", "/participants", new { newParticipant = "bob" });
        await Do("PUT", "", new { roomName = "Tour 2" });
        await Do("POST", "/public");
        await Do("PUT", "/password", new { password = "x" });
        await Do("PUT", "/password", new { password = "" });
        await Do("DELETE", "/public");
        await Do("PUT", "/read-only", new { state = 1 });
        await Do("PUT", "/read-only", new { state = 0 });
        await Do("PUT", "/webinar/lobby", new { state = 1 });
        await Do("PUT", "/webinar/lobby", new { state = 0 });
        await Do("PUT", "/description", new { description = "d" });
        await Do("PUT", "/listable", new { scope = 1 });
        await Do("PUT", "/listable", new { scope = 0 });
        var bobId = (int)(await alice.RoomAsync("GET", $"room/{token}/participants")).List.Single(p => (string?)p!["actorId"] == "bob")!["attendeeId"]!;
        await Do("POST", "/moderators", new { attendeeId = bobId });
        await Do("DELETE", $"/moderators?attendeeId={bobId}");
        await Do("POST", "/participants/active");
        (await bob.RoomAsync("POST", $"room/{token}/participants/active")).Is(200);
        (await alice.CallAsync("POST", $"call/{token}", new { flags = 1 })).Is(200);
        (await bob.CallAsync("POST", $"call/{token}", new { flags = 1 })).Is(200);
        (await alice.CallAsync("DELETE", $"call/{token}")).Is(200);
        (await bob.CallAsync("DELETE", $"call/{token}")).Is(200);
        await Do("DELETE", $"/attendees?attendeeId={bobId}");

        var told = (await alice.ChatAsync("GET", $"chat/{token}?lookIntoFuture=0&limit=200")).Is(200).List.Reverse().Select(m => (string)m!["systemMessage"]!);
        Assert.Equal(
            [
                "conversation_created", "user_added", "conversation_renamed", "guests_allowed", "password_set", "password_removed", "guests_disallowed",
                "read_only", "read_only_off", "lobby_non_moderators", "lobby_none", "description_set", "listable_users", "listable_none",
                "moderator_promoted", "moderator_demoted", "call_started", "call_joined", "call_left", "call_left", "call_ended", "user_removed",
            ],
            told);
    }

    [Fact]
    public async Task A_call_that_nobody_answers_is_missed_by_one_and_tried_by_the_other()
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = "21", SeedDemoData = false });
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        using var bob = OcsClient.WithAppPassword(simulator, "bob");
        var token = (string)(await alice.RoomAsync("POST", "room", new { roomType = 1, invite = "bob" })).Is(201).Data!["token"]!;
        (await alice.RoomAsync("POST", $"room/{token}/participants/active")).Is(200);
        (await alice.CallAsync("POST", $"call/{token}", new { flags = 1 })).Is(200);
        (await alice.CallAsync("DELETE", $"call/{token}")).Is(200);

        foreach (var (client, kind) in new[] { (alice, "call_tried"), (bob, "call_missed") })
        {
            Assert.Equal(kind, (string?)(await client.ChatAsync("GET", $"chat/{token}?lookIntoFuture=0")).Is(200).List[0]!["systemMessage"]);
        }
    }

    [Fact]
    public async Task On_Talk_25_a_one_to_one_is_the_partners_only_after_the_first_message()
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { SeedDemoData = false });
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        using var carol = OcsClient.WithAppPassword(simulator, "carol");
        var token = (string)(await alice.RoomAsync("POST", "room", new { roomType = 1, invite = "carol" })).Is(201).Data!["token"]!;
        (await carol.RoomAsync("GET", $"room/{token}")).Is(404);

        (await alice.ChatAsync("POST", $"chat/{token}", new { message = "Hello" })).Is(201);

        var room = (await carol.RoomAsync("GET", $"room/{token}")).Is(200).Data!;
        Assert.Equal(("alice", 1), ((string?)room["name"], (int)room["unreadMessages"]!));
    }

    [Fact]
    public async Task Unread_counters_follow_reading_and_writing()
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { SeedDemoData = false });
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        using var bob = OcsClient.WithAppPassword(simulator, "bob");
        var token = (string)(await alice.RoomAsync("POST", "room", new { roomType = 2, roomName = "Unread" })).Is(201).Data!["token"]!;
        (await alice.RoomAsync("POST", $"room/{token}/participants", new { newParticipant = "bob" })).Is(200);
        (await alice.ChatAsync("POST", $"chat/{token}", new { message = "one" })).Is(201);
        var last = (int)(await alice.ChatAsync("POST", $"chat/{token}", new { message = "two @bob" })).Is(201).Data!["id"]!;

        Assert.Equal((2, true), await UnreadAsync());
        (await bob.ChatAsync("GET", $"chat/{token}?lookIntoFuture=0")).Is(200);
        Assert.Equal((2, true), await UnreadAsync());
        (await bob.ChatAsync("POST", $"chat/{token}/read", new { lastReadMessage = last })).Is(200);
        Assert.Equal((0, false), await UnreadAsync());
        (await bob.ChatAsync("DELETE", $"chat/{token}/read")).Is(200);
        Assert.Equal((1, true), await UnreadAsync());

        async Task<(int Count, bool IsMention)> UnreadAsync()
        {
            var room = (await bob.RoomAsync("GET", $"room/{token}")).Is(200).Data!;
            return ((int)room["unreadMessages"]!, (bool)room["unreadMention"]!);
        }
    }

    [Fact]
    public async Task Messages_are_edited_and_deleted_by_their_authors_and_the_answer_is_the_system_message()
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { SeedDemoData = false });
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        var token = (string)(await alice.RoomAsync("POST", "room", new { roomType = 2, roomName = "Edit" })).Is(201).Data!["token"]!;
        var id = (int)(await alice.ChatAsync("POST", $"chat/{token}", new { message = "typo" })).Is(201).Data!["id"]!;

        var edited = (await alice.ChatAsync("PUT", $"chat/{token}/{id}", new { message = "fixed" })).Is(200).Data!;
        Assert.Equal(("message_edited", "fixed", "alice"), ((string?)edited["systemMessage"], (string?)edited["parent"]!["message"], (string?)edited["parent"]!["lastEditActorId"]));

        var deleted = (await alice.ChatAsync("DELETE", $"chat/{token}/{id}")).Is(200).Data!;
        Assert.Equal(("message_deleted", "comment_deleted", true), ((string?)deleted["systemMessage"], (string?)deleted["parent"]!["messageType"], (bool)deleted["parent"]!["deleted"]!));
        (await alice.ChatAsync("PUT", $"chat/{token}/{id}", new { message = "again" })).Is(405);
    }
}
