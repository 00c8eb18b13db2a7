using Xunit;

namespace TalkGateway.Simulator.Tests;

/// <summary>Presence in rooms: one session per user up to Talk 11, several from 12 on, and what joining elsewhere does.</summary>
public sealed class SessionTests
{
    [Theory]
    [InlineData("5", 200)]
    [InlineData("9", 409)]
    [InlineData("11", 409)]
    [InlineData("12", 200)]
    [InlineData("25", 200)]
    public async Task Joining_elsewhere_without_force_conflicts_with_a_call_while_a_user_has_one_session(string profile, int status)
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = profile });
        using var first = OcsClient.WithAppPassword(simulator, "alice");
        using var second = OcsClient.WithAppPassword(simulator, "alice");
        var token = await RoomAsync(first);
        var session = (string?)(await first.RoomAsync("POST", $"room/{token}/participants/active")).Is(200).Data!["sessionId"];
        (await first.CallAsync("POST", $"call/{token}", new { flags = 1 })).Is(200);

        var answer = (await second.RoomAsync("POST", $"room/{token}/participants/active", new { force = false })).Is(status);

        if (status == 409)
        {
            Assert.Equal((session, 1), ((string?)answer.Data!["sessionId"], (int)answer.Data["inCall"]!));
        }
    }

    [Theory]
    [InlineData("10.0", 200, 200)]
    [InlineData("10.1", 404, 404)]
    [InlineData("11", 200, 200)]
    [InlineData("12", 200, 200)]
    public async Task A_device_whose_session_was_replaced_sees_nothing_on_Talk_10_1_only(string profile, int peers, int history)
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = profile });
        using var first = OcsClient.WithAppPassword(simulator, "alice");
        using var second = OcsClient.WithAppPassword(simulator, "alice");
        var token = await RoomAsync(first);
        (await first.RoomAsync("POST", $"room/{token}/participants/active")).Is(200);
        (await second.RoomAsync("POST", $"room/{token}/participants/active")).Is(200);

        (await first.CallAsync("GET", $"call/{token}")).Is(peers);
        (await first.ChatAsync("GET", $"chat/{token}?lookIntoFuture=0")).Is(history);
        (await first.RoomAsync("POST", $"room/{token}/participants/active")).Is(200);
        (await first.CallAsync("GET", $"call/{token}")).Is(200);
    }

    [Theory]
    [InlineData("11", 200)]
    [InlineData("12", 404)]
    public async Task A_call_without_cookies_finds_the_users_only_session_while_there_is_only_one(string profile, int status)
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = profile });
        using var stateless = new OcsClient(simulator, "alice", simulator.IssueAppPassword("alice"), withCookies: false);
        var token = await RoomAsync(stateless);
        (await stateless.RoomAsync("POST", $"room/{token}/participants/active")).Is(200);

        (await stateless.CallAsync("POST", $"call/{token}", new { flags = 1 })).Is(status);
    }

    [Fact]
    public async Task A_guest_is_known_by_the_hash_of_the_session_and_is_somebody_else_after_leaving()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        using var guest = new OcsClient(simulator);
        var token = await RoomAsync(alice);

        var first = (await guest.RoomAsync("POST", $"room/{token}/participants/active")).Is(200).Data!;
        var again = (await guest.RoomAsync("POST", $"room/{token}/participants/active")).Is(200).Data!;
        (await guest.RoomAsync("DELETE", $"room/{token}/participants/active")).Is(200);
        var after = (await guest.RoomAsync("POST", $"room/{token}/participants/active")).Is(200).Data!;

#pragma warning disable CA5350 // The servers answer SHA-1 here; nothing is protected by it.
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.UTF8.GetBytes((string)first["sessionId"]!))), (string?)first["actorId"]);
#pragma warning restore CA5350
        Assert.Equal((string?)first["actorId"], (string?)again["actorId"]);
        Assert.NotEqual((string?)first["actorId"], (string?)after["actorId"]);
    }

    private static async Task<string> RoomAsync(OcsClient client) =>
        (string)(await client.RoomAsync("POST", "room", new { roomType = 3, roomName = "Sessions" })).Is(201).Data!["token"]!;
}
