using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Simulator.Tests;

/// <summary>Chat polls and signaling pulls really wait, and end by message, by time or by hang-up.</summary>
public sealed class LongPollTests
{
    [Fact]
    public async Task A_chat_poll_wakes_when_a_message_arrives()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        using var bob = OcsClient.WithAppPassword(simulator, "bob");
        var (token, last) = await RoomAsync(alice);

        var poll = alice.ChatAsync("GET", $"chat/{token}?lookIntoFuture=1&lastKnownMessageId={last}");
        await simulator.WaitForLongPollsAsync(1);
        (await bob.ChatAsync("POST", $"chat/{token}", new { message = "wake up" })).Is(201);

        var answer = (await poll).Is(200);
        Assert.Equal("wake up", (string?)Assert.Single(answer.List)!["message"]);
        Assert.Equal(answer.List[0]!["id"]!.ToString(), answer.Header("X-Chat-Last-Given"));
        await simulator.WaitForLongPollsAsync(0);
    }

    [Fact]
    public async Task A_chat_poll_ends_with_304_and_no_headers_of_chat_when_its_time_is_up()
    {
        var clock = new ManualTimeProvider();
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { TimeProvider = clock });
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        var (token, last) = await RoomAsync(alice);

        var poll = alice.ChatAsync("GET", $"chat/{token}?lookIntoFuture=1&lastKnownMessageId={last}&timeout=30");
        await simulator.WaitForLongPollsAsync(1);
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, simulator.LongPolls);
        clock.Advance(TimeSpan.FromSeconds(1));

        var answer = (await poll).Is(304);
        Assert.Equal("", answer.Text);
        Assert.Null(answer.Header("X-Chat-Last-Given"));
        Assert.Null(answer.ContentType);
    }

    [Fact]
    public async Task A_poll_ends_when_its_client_hangs_up()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        var (token, last) = await RoomAsync(alice);
        using var patience = new CancellationTokenSource();

        var poll = alice.ChatAsync("GET", $"chat/{token}?lookIntoFuture=1&lastKnownMessageId={last}", cancellationToken: patience.Token);
        await simulator.WaitForLongPollsAsync(1);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        await simulator.WaitForLongPollsAsync(0);
        Assert.Equal(1, simulator.LongPollsSoFar);
    }

    [Fact]
    public async Task Somebody_removed_while_polling_reads_of_it_and_is_nobody_then()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        using var bob = OcsClient.WithAppPassword(simulator, "bob");
        var (token, last) = await RoomAsync(alice);

        var poll = bob.ChatAsync("GET", $"chat/{token}?lookIntoFuture=1&lastKnownMessageId={last}");
        await simulator.WaitForLongPollsAsync(1);
        var bobId = (int)(await alice.RoomAsync("GET", $"room/{token}/participants")).List.Single(p => (string?)p!["actorId"] == "bob")!["attendeeId"]!;
        (await alice.RoomAsync("DELETE", $"room/{token}/attendees?attendeeId={bobId}")).Is(200);

        var told = Assert.Single((await poll).Is(200).List)!;
        Assert.Equal("user_removed", (string?)told["systemMessage"]);
        Assert.Equal("{actor} removed you", (string?)told["message"]);
        (await bob.ChatAsync("GET", $"chat/{token}?lookIntoFuture=0")).Is(404);
    }

    [Fact]
    public async Task A_signaling_pull_answers_at_once_first_and_then_waits_for_messages_which_are_gone_once_delivered()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        using var bob = OcsClient.WithAppPassword(simulator, "bob");
        var (token, _) = await RoomAsync(alice);
        var from = (string)(await alice.RoomAsync("POST", $"room/{token}/participants/active")).Is(200).Data!["sessionId"]!;
        var to = (string)(await bob.RoomAsync("POST", $"room/{token}/participants/active")).Is(200).Data!["sessionId"]!;

        var users = Assert.Single((await bob.SignalingAsync("GET", $"signaling/{token}")).Is(200).List)!;
        Assert.Equal("usersInRoom", (string?)users["type"]);
        Assert.Equal(2, users["data"]!.AsArray().Count);

        var pull = bob.SignalingAsync("GET", $"signaling/{token}");
        await simulator.WaitForLongPollsAsync(1);
        var message = System.Text.Json.JsonSerializer.Serialize(new[] { new { ev = "message", sessionId = from, fn = System.Text.Json.JsonSerializer.Serialize(new { to, type = "offer" }) } });
        (await alice.SignalingAsync("POST", $"signaling/{token}", new { messages = message })).Is(200);

        var pulled = (await pull).Is(200).List;
        Assert.Equal(["message", "usersInRoom"], pulled.Select(p => (string)p!["type"]!));
        Assert.Equal(from, (string?)System.Text.Json.Nodes.JsonNode.Parse((string)pulled[0]!["data"]!)!["from"]);

        (await alice.RoomAsync("DELETE", $"room/{token}/participants/active")).Is(200);
        Assert.Equal(["usersInRoom"], (await bob.SignalingAsync("GET", $"signaling/{token}")).Is(200).List.Select(p => (string)p!["type"]!));
    }

    [Fact]
    public async Task A_session_that_nobody_pings_dies_after_100_seconds()
    {
        var clock = new ManualTimeProvider();
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { TimeProvider = clock });
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        using var guest = new OcsClient(simulator);
        var (token, _) = await RoomAsync(alice);
        (await guest.RoomAsync("POST", $"room/{token}/participants/active")).Is(200);

        clock.Advance(TimeSpan.FromSeconds(99));
        (await guest.ChatAsync("GET", $"chat/{token}?lookIntoFuture=0")).Is(200);
        clock.Advance(TimeSpan.FromSeconds(2));
        (await guest.ChatAsync("GET", $"chat/{token}?lookIntoFuture=0")).Is(404);
        Assert.DoesNotContain((await alice.RoomAsync("GET", $"room/{token}/participants")).Is(200).List, p => (string?)p!["actorType"] == "guests");
    }

    private static async Task<(string Token, int Last)> RoomAsync(OcsClient alice)
    {
        var token = (string)(await alice.RoomAsync("POST", "room", new { roomType = 3, roomName = "Poll" })).Is(201).Data!["token"]!;
        (await alice.RoomAsync("POST", $"room/{token}/participants", new { newParticipant = "bob" })).Is(200);
        var last = (int)(await alice.ChatAsync("POST", $"chat/{token}", new { message = "first" })).Is(201).Data!["id"]!;
        return (token, last);
    }
}
