using Xunit;

namespace TalkGateway.Simulator.Tests;

/// <summary>Logins as Nextcloud does them: passwords, app passwords, cookies, and what throttles them.</summary>
public sealed class AuthenticationTests
{
    private const string Rooms = "/ocs/v2.php/apps/spreed/api/v4/room";

    [Fact]
    public async Task Password_app_password_and_bearer_log_in()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var password = new OcsClient(simulator, "alice", "alice");
        using var appPassword = OcsClient.WithAppPassword(simulator, "alice");
        using var bearer = new OcsClient(simulator);
        bearer.UseBearer(simulator.IssueAppPassword("alice"));

        foreach (var client in new[] { password, appPassword, bearer })
        {
            Assert.Equal("alice", (string?)(await client.SendAsync("GET", "/ocs/v2.php/cloud/user")).Is(200).Data!["id"]);
        }
    }

    [Theory]
    [InlineData("10.0", "Current user is not logged in", null)]
    [InlineData("25", "Unauthorised", "Basic realm=\"Authorisation Required\"")]
    public async Task A_wrong_password_is_401_with_status_code_997(string profile, string message, string? challenge)
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = profile });
        using var client = new OcsClient(simulator, "alice", "wrong");

        var answer = (await client.RoomAsync("GET", "room")).Is(401);

        Assert.Equal(997, (int)answer.Meta!["statuscode"]!);
        Assert.Equal(message, (string?)answer.Meta["message"]);
        Assert.Equal(challenge, answer.Header("WWW-Authenticate"));
    }

    [Fact]
    public async Task A_bad_bearer_token_is_a_guest_to_capabilities_and_nobody_elsewhere()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var client = new OcsClient(simulator);
        client.UseBearer("nonsense");

        var capabilities = (await client.SendAsync("GET", "/ocs/v2.php/cloud/capabilities")).Is(200);
        Assert.False((bool)capabilities.Data!["capabilities"]!["spreed"]!["config"]!["conversations"]!["can-create"]!);
        (await client.SendAsync("GET", Rooms)).Is(401);
    }

    [Fact]
    public async Task A_stateless_answer_sets_the_five_cookies_and_a_request_with_them_sets_none()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var client = OcsClient.WithAppPassword(simulator, "alice");

        var first = (await client.SendAsync("GET", Rooms)).Is(200);
        var second = (await client.SendAsync("GET", Rooms)).Is(200);

        var names = first.Headers["Set-Cookie"].Select(c => c.Split('=')[0]).ToList();
        Assert.Equal(5, names.Count);
        Assert.Superset(new HashSet<string> { "oc_sessionPassphrase", "nc_sameSiteCookielax", "nc_sameSiteCookiestrict", "cookie_test" }, names.ToHashSet());
        Assert.Null(second.Header("Set-Cookie"));
    }

    [Theory]
    [InlineData("9", 200)]
    [InlineData("10.0", 404)]
    [InlineData("25", 404)]
    public async Task The_second_request_with_an_account_password_logs_in_again_and_since_Talk_10_leaves_joined_rooms(string profile, int callStatus)
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = profile });
        using var client = new OcsClient(simulator, "alice", "alice");
        using var owner = OcsClient.WithAppPassword(simulator, "alice");
        var token = (string)(await owner.RoomAsync("POST", "room", new { roomType = 3, roomName = "Cookies" })).Is(201).Data!["token"]!;

        (await client.RoomAsync("POST", $"room/{token}/participants/active", new { })).Is(200);
        var second = (await client.CallAsync("POST", $"call/{token}", new { flags = 1 })).Is(callStatus);
        Assert.Contains(second.Headers["Set-Cookie"], c => c.StartsWith("nc_token=deleted", StringComparison.Ordinal));

        (await client.RoomAsync("POST", $"room/{token}/participants/active", new { })).Is(200);
        (await client.CallAsync("POST", $"call/{token}", new { flags = 1 })).Is(200);
    }

    [Fact]
    public async Task Cookies_alone_are_enough_until_the_app_password_is_revoked()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        var appPassword = simulator.IssueAppPassword("alice");
        using var client = new OcsClient(simulator, "alice", appPassword);
        (await client.SendAsync("GET", Rooms)).Is(200);
        client.ForgetAuthorization();
        (await client.SendAsync("GET", Rooms)).Is(200);

        simulator.RevokeAppPassword(appPassword);

        (await client.SendAsync("GET", Rooms)).Is(401);
    }

    [Fact]
    public async Task Cookies_alone_end_with_the_account_password_they_stand_on()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var client = new OcsClient(simulator, "alice", "alice");
        (await client.SendAsync("GET", Rooms)).Is(200);
        (await client.SendAsync("GET", Rooms)).Is(200);
        client.ForgetAuthorization();
        (await client.SendAsync("GET", Rooms)).Is(200);

        simulator.ChangePassword("alice", "another");

        (await client.SendAsync("GET", Rooms)).Is(401);
    }

    [Fact]
    public async Task A_jar_without_session_passphrase_or_without_both_same_site_cookies_is_a_new_session()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        var token = await PublicRoomAsync(simulator);
        foreach (var (missing, status) in new[]
        {
            (new[] { "oc_sessionPassphrase" }, 404), (["nc_sameSiteCookielax"], 200), (["nc_sameSiteCookielax", "nc_sameSiteCookiestrict"], 404),
        })
        {
            using var guest = new OcsClient(simulator);
            (await guest.RoomAsync("POST", $"room/{token}/participants/active")).Is(200);
            foreach (System.Net.Cookie cookie in guest.Jar.GetCookies(simulator.BaseAddress))
            {
                cookie.Expired = missing.Contains(cookie.Name);
            }

            (await guest.ChatAsync("GET", $"chat/{token}?lookIntoFuture=0")).Is(status);
        }
    }

    [Fact]
    public async Task Two_jars_of_one_account_have_sessions_of_their_own()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        var token = await PublicRoomAsync(simulator);
        using var one = OcsClient.WithAppPassword(simulator, "alice");
        using var other = OcsClient.WithAppPassword(simulator, "alice");

        var first = (string?)(await one.RoomAsync("POST", $"room/{token}/participants/active")).Is(200).Data!["sessionId"];
        var second = (string?)(await other.RoomAsync("POST", $"room/{token}/participants/active")).Is(200).Data!["sessionId"];

        Assert.NotEqual(first, second);
        Assert.Equal(first, (string?)(await one.RoomAsync("GET", $"room/{token}")).Is(200).Data!["sessionId"]);
        Assert.Equal(2, (await one.RoomAsync("GET", $"room/{token}/participants")).Is(200).List.Single(p => (string?)p!["actorId"] == "alice")!["sessionIds"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_request_that_was_not_meant_is_412_without_an_envelope()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var client = OcsClient.WithAppPassword(simulator, "alice");

        var answer = (await client.SendAsync("GET", Rooms, meant: false)).Is(412);

        Assert.Equal("{\"message\":\"CSRF check failed\"}", answer.Text);
    }

    [Fact]
    public async Task Getapppassword_issues_one_to_an_account_password_only_and_it_can_be_given_back()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var client = new OcsClient(simulator, "alice", "alice");
        var issued = (string)(await client.SendAsync("GET", "/ocs/v2.php/core/getapppassword")).Is(200).Data!["apppassword"]!;
        using var app = new OcsClient(simulator, "alice", issued);

        (await app.SendAsync("GET", "/ocs/v2.php/core/getapppassword")).Is(403);
        (await app.SendAsync("DELETE", "/ocs/v2.php/core/apppassword")).Is(200);
        (await app.SendAsync("GET", Rooms)).Is(401);
    }

    [Fact]
    public async Task More_than_ten_failures_block_the_address_but_not_a_living_session()
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { BruteForceProtection = true });
        using var living = OcsClient.WithAppPassword(simulator, "bob");
        (await living.SendAsync("GET", Rooms)).Is(200);
        using var wrong = new OcsClient(simulator, "alice", "wrong", withCookies: false);
        Assert.Equal("200ms", (await wrong.SendAsync("GET", Rooms)).Is(401).Header("X-Nextcloud-Bruteforce-Throttled"));
        for (var i = 0; i < 10; i++)
        {
            (await wrong.SendAsync("GET", Rooms)).Is(401);
        }

        using var right = OcsClient.WithAppPassword(simulator, "alice");
        Assert.Equal("Reached maximum delay", (string?)(await right.SendAsync("GET", Rooms)).Is(429).Meta!["message"]);
        (await living.SendAsync("GET", Rooms)).Is(200);

        simulator.BruteForceProtection = false;
        (await right.SendAsync("GET", Rooms)).Is(200);
    }

    [Fact]
    public async Task Logins_cost_what_they_cost_on_the_simulators_clock()
    {
        var clock = new WatchedClock();
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { TimeProvider = clock, LoginCosts = LoginCosts.Measured });
        using var client = OcsClient.WithAppPassword(simulator, "alice");

        var answered = 0;
        foreach (var milliseconds in new[] { 45, 28 })
        {
            var sent = client.SendAsync("GET", Rooms);
            await clock.NextTimerAsync();
            clock.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
            Assert.Empty(simulator.Requests.All.Skip(answered));
            clock.Advance(TimeSpan.FromMilliseconds(1));
            (await sent).Is(200);
            answered++;
        }
    }

    private static async Task<string> PublicRoomAsync(TalkSimulator simulator)
    {
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        return (string)(await alice.RoomAsync("POST", "room", new { roomType = 3, roomName = "Open" })).Is(201).Data!["token"]!;
    }
}
