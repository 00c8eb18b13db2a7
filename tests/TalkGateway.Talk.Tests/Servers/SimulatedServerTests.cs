using System.Text.Json;
using TalkGateway.Simulator;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.Sessions;
using TalkGateway.Talk.Tests.Transport;
using TalkGateway.Talk.Transport;
using Xunit;
using static TalkGateway.Talk.Tests.Transport.UpstreamWorld;

namespace TalkGateway.Talk.Tests.Servers;

/// <summary>The upstream side against every simulated version, over real HTTP.</summary>
public sealed class SimulatedServerTests
{
    private const string AlicePassword = "Basic YWxpY2U6YWxpY2U=";

    public static TheoryData<string, int, int, int> Profiles => new()
    {
        { "3.0.0", 1, 1, 1 }, // publishes nothing
        { "3.0", 1, 1, 1 },
        { "3.2", 1, 1, 1 },
        { "4", 1, 1, 1 },
        { "5", 1, 1, 1 },
        { "7", 1, 1, 1 },
        { "9", 2, 1, 1 },
        { "10.0", 2, 1, 1 },
        { "10.1.0", 3, 3, 2 }, // without the flag of v3
        { "10.1", 3, 3, 2 },
        { "11", 3, 3, 2 },
        { "12", 4, 4, 3 },
        { "16", 4, 4, 3 },
        { "20", 4, 4, 3 },
        { "21", 4, 4, 3 },
        { "25", 4, 4, 3 },
    };

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task Versions_are_chosen_and_their_routes_are_there(string profile, int conversation, int call, int signaling)
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = profile });
        using var world = Before(simulator);

        var server = await world.Server.Capabilities.GetAsync(new CallIdentity(Credential.Parse(AlicePassword)), CancellationToken.None);

        Assert.Equal(new ApiVersions(conversation, call, signaling), server.Api);
        Assert.Equal(int.Parse(profile.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture), server.Version!.Major);
        Assert.Equal(200, (await world.SendAsync(Get(server.BasePath("conversation") + "/room"), AlicePassword)).Status);
        Assert.Equal(200, (await world.SendAsync(Get(server.BasePath("signaling") + "/signaling/settings"), AlicePassword)).Status);
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task A_room_joined_with_an_account_password_stays_joined_for_the_call(string profile, int conversation, int call, int signaling)
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = profile });
        using var world = Before(simulator);
        var (rooms, calls) = (VersionRouter.BasePath(conversation, "conversation"), VersionRouter.BasePath(call, "call"));
        var token = await CreateRoomAsync(world, rooms);
        var credential = Credential.Parse(AlicePassword);
        var session = new SessionJar();

        Assert.Equal(200, (await world.SendAsync(Post($"{rooms}/room/{token}/participants/active", stateful: true), AlicePassword, session)).Status);
        var carried = world.Server.OpenSession(world.Server.SealSession(session, credential), credential);
        Assert.Equal(200, (await world.SendAsync(Post($"{calls}/call/{token}", stateful: true), AlicePassword, carried)).Status);
        Assert.True(signaling > 0);
    }

    [Theory]
    [InlineData("5", 1)]
    [InlineData("10.1", 3)]
    [InlineData("25", 4)]
    public async Task Repeated_calls_ride_on_the_login_jar_and_end_with_the_password(string profile, int version)
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = profile });
        using var world = Before(simulator);
        var list = Get(VersionRouter.BasePath(version, "conversation") + "/room");
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(200, (await world.SendAsync(list, AlicePassword)).Status);
        }

        Assert.Equal(1, world.Server.Client.Statistics.Logins);
        Assert.Equal(10, world.Server.Client.Statistics.LoginsSaved);

        simulator.ForgetSessions();
        Assert.Equal(200, (await world.SendAsync(list, AlicePassword)).Status);
        simulator.ChangePassword("alice", "another");
        Assert.Equal(UpstreamFailureKind.CredentialRefused, (await world.FailAsync(list, AlicePassword)).Kind);
    }

    [Fact]
    public async Task An_app_password_logs_in_once_and_ends_when_it_is_revoked()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var world = Before(simulator);
        var appPassword = simulator.IssueAppPassword("alice");
        var list = Get("/ocs/v2.php/apps/spreed/api/v4/room");
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(200, (await world.SendAsync(list, "Bearer " + appPassword)).Status);
        }

        Assert.Equal(1, world.Server.Client.Statistics.Logins);
        simulator.RevokeAppPassword(appPassword);
        Assert.Equal(UpstreamFailureKind.CredentialRefused, (await world.FailAsync(list, "Bearer " + appPassword)).Kind);
    }

    [Fact]
    public async Task A_live_session_still_serves_while_the_address_is_throttled()
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { BruteForceProtection = true });
        using var world = Before(simulator, o => o with { WrongCredentials = new WrongCredentialOptions { Duration = TimeSpan.Zero } });
        var list = Get("/ocs/v2.php/apps/spreed/api/v4/room");
        await world.SendAsync(list, AlicePassword);
        await world.SendAsync(list, AlicePassword);
        for (var i = 0; i < 12; i++)
        {
            await world.FailAsync(list, FakeNextcloud.Wrong);
        }

        Assert.Equal(429, (await world.FailAsync(list, FakeNextcloud.Wrong)).Status);
        Assert.Equal(200, (await world.SendAsync(list, AlicePassword)).Status);
    }

    [Fact]
    public async Task Wrong_passwords_are_not_passed_on_often_enough_to_block_the_address()
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { BruteForceProtection = true });
        using var world = Before(simulator);
        var list = Get("/ocs/v2.php/apps/spreed/api/v4/room");
        await world.FailAsync(list, FakeNextcloud.Wrong);
        for (var i = 0; i < 30; i++)
        {
            Assert.Equal(UpstreamFailureKind.CredentialRefusedBefore, (await world.FailAsync(list, FakeNextcloud.Wrong)).Kind);
        }

        Assert.Equal(200, (await world.SendAsync(list, AlicePassword)).Status);
    }

    [Fact]
    public async Task An_upgrade_while_running_is_noticed_when_a_path_is_gone()
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = "10.1" });
        using var world = Before(simulator);
        var alice = new CallIdentity(Credential.Parse(AlicePassword));
        var before = await world.Server.Capabilities.GetAsync(alice, CancellationToken.None);
        simulator.Profile = TalkProfile.Find("25");
        world.Clock.Advance(TimeSpan.FromMinutes(1));

        using var answer = (await world.Server.Client.SendAsync(Get(before.BasePath("conversation") + "/room"), alice, CancellationToken.None)).OrThrow();
        Assert.True(answer.IsNoSuchRoute);
        var after = await world.Server.Capabilities.RefreshAsync(alice, CancellationToken.None);

        Assert.Equal((3, 4), (before.ApiVersion("conversation"), after.ApiVersion("conversation")));
        Assert.Equal(200, (await world.SendAsync(Get(after.BasePath("conversation") + "/room"), AlicePassword)).Status);
    }

    [Fact]
    public async Task A_room_that_is_not_there_is_no_missing_route()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var world = Before(simulator);

        using var answer = (await world.Server.Client.SendAsync(
            Get("/ocs/v2.php/apps/spreed/api/v4/room/nosuchroom"), new CallIdentity(Credential.Parse(AlicePassword)), CancellationToken.None)).OrThrow();

        Assert.Equal((404, false), (answer.Status, answer.IsNoSuchRoute));
    }

    private static UpstreamWorld Before(TalkSimulator simulator, Func<UpstreamOptions, UpstreamOptions>? configure = null) =>
        new(o => (configure?.Invoke(o) ?? o) with { Address = simulator.BaseAddress.ToString() }, new SocketsHttpHandler { UseCookies = false });

    private static async Task<string> CreateRoomAsync(UpstreamWorld world, string rooms)
    {
        var create = Post(rooms + "/room") with { Body = "{\"roomType\":3,\"roomName\":\"Demo\"}"u8.ToArray() };
        var (status, body) = await world.SendAsync(create, AlicePassword);
        Assert.Equal(201, status);
        using var document = JsonDocument.Parse(body);
        return document.RootElement.GetProperty("ocs").GetProperty("data").GetProperty("token").GetString()!;
    }
}
