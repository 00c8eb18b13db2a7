using Xunit;

namespace TalkGateway.Simulator.Tests;

/// <summary>What tests can make go wrong, and the upgrade of a running server.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task A_planned_answer_strikes_the_requests_it_fits_and_as_often_as_planned()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        using var fault = simulator.Faults.Plan(Fault.TooManyRequests(TimeSpan.FromSeconds(7)), "GET", "/room");

        (await alice.SendAsync("GET", "/ocs/v2.php/cloud/user")).Is(200);
        Assert.Equal("7", (await alice.RoomAsync("GET", "room")).Is(429).Header("Retry-After"));
        (await alice.RoomAsync("GET", "room")).Is(200);
        Assert.Equal(1, fault.Struck);
    }

    [Fact]
    public async Task Html_empty_and_truncated_bodies_are_sent_as_planned()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        foreach (var fault in new[] { Fault.Html(), Fault.EmptyBody(), Fault.TruncatedJson() })
        {
            simulator.Faults.Plan(fault);
        }

        Assert.StartsWith("<html>", (await alice.RoomAsync("GET", "room")).Is(502).Text, StringComparison.Ordinal);
        Assert.Equal("", (await alice.RoomAsync("GET", "room")).Is(200).Text);
        Assert.StartsWith("{\"ocs\"", (await alice.RoomAsync("GET", "room")).Is(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gate_holds_a_request_until_the_test_opens_it()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        var gate = new TaskCompletionSource();
        simulator.Faults.Plan(Fault.Gated(gate.Task), "GET", "/room");

        var held = alice.RoomAsync("GET", "room");
        (await alice.SendAsync("GET", "/ocs/v2.php/cloud/user")).Is(200);
        Assert.False(held.IsCompleted);
        gate.SetResult();

        (await held).Is(200);
    }

    [Fact]
    public async Task A_delay_is_measured_on_the_simulators_clock()
    {
        var clock = new WatchedClock();
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { TimeProvider = clock });
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        simulator.Faults.Plan(Fault.Delayed(TimeSpan.FromHours(1)));

        var sent = alice.RoomAsync("GET", "room");
        await clock.NextTimerAsync();
        clock.Advance(TimeSpan.FromHours(1));

        (await sent).Is(200);
    }

    [Fact]
    public async Task A_connection_dropped_after_the_operation_leaves_the_message_posted()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        var token = (string)(await alice.RoomAsync("POST", "room", new { roomType = 2, roomName = "Drop" })).Is(201).Data!["token"]!;

        foreach (var (fault, text) in new[] { (Fault.DropBefore(), "before"), (Fault.DropAfter(), "after"), (Fault.DropHalfway(), "halfway") })
        {
            simulator.Faults.Plan(fault, "POST", "/chat/");
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => alice.ChatAsync("POST", $"chat/{token}", new { message = text }));
        }

        simulator.Faults.Clear();
        var messages = (await alice.ChatAsync("GET", $"chat/{token}?lookIntoFuture=0")).Is(200).List;
        Assert.Equal(["halfway", "after"], messages.Where(m => (string?)m!["systemMessage"] == "").Select(m => (string)m!["message"]!));
    }

    [Fact]
    public async Task Maintenance_is_503_with_its_header_and_status_php_says_so()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        simulator.IsInMaintenance = true;

        var answer = (await alice.RoomAsync("GET", "room")).Is(503);
        Assert.Equal("1", answer.Header("X-Nextcloud-Maintenance-Mode"));
        Assert.Equal("Service unavailable", (string?)answer.Meta!["message"]);
        Assert.True((bool)(await alice.SendAsync("GET", "/status.php")).Is(200).Json!["maintenance"]!);

        simulator.IsInMaintenance = false;
        (await alice.RoomAsync("GET", "room")).Is(200);
    }

    [Fact]
    public async Task An_upgrade_while_running_keeps_rooms_users_and_sessions()
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = "10.1" });
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        var token = (string)(await alice.RoomAsync("POST", "room", new { roomType = 2, roomName = "Survivor" })).Is(201).Data!["token"]!;
        var hash = (await alice.RoomAsync("GET", $"room/{token}")).Is(200).Header("X-Nextcloud-Talk-Hash");

        simulator.Profile = TalkProfile.Find("25");

        (await alice.RoomAsync("GET", $"room/{token}")).Is(404);
        var after = (await alice.SendAsync("GET", $"/ocs/v2.php/apps/spreed/api/v4/room/{token}")).Is(200);
        Assert.Equal("Survivor", (string?)after.Data!["name"]);
        Assert.NotEqual(hash, after.Header("X-Nextcloud-Talk-Hash"));
        Assert.Null(after.Header("Set-Cookie"));
    }

    [Fact]
    public async Task The_log_shows_what_clients_asked()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        (await alice.RoomAsync("POST", "room?format=json", new { roomType = 9 })).Is(400);

        var logged = Assert.Single(simulator.Requests.Of("conversation.create"));

        Assert.Equal(("POST", "/ocs/v2.php/apps/spreed/api/v4/room?format=json", 400), (logged.Method, logged.Target, logged.Status));
        Assert.Equal("{\"roomType\":9}", logged.Body);
        Assert.Equal("true", logged.Headers["ocs-apirequest"]);
    }

    [Fact]
    public async Task An_unknown_profile_is_refused_with_the_names_of_those_there_are()
    {
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => TalkSimulator.StartAsync(new SimulatorOptions { Profile = "26" }));

        Assert.Contains("3.0, 3.2, 4, 5, 7, 9, 10.0, 10.1, 11, 12, 16, 20, 21, 25", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("5", TalkProfile.Find("5.0").Name);
    }
}
