using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Sessions;
using TalkGateway.Talk.Tests.Transport;
using Xunit;
using static TalkGateway.Talk.Tests.Transport.FakeNextcloud;
using static TalkGateway.Talk.Tests.Transport.UpstreamWorld;

namespace TalkGateway.Talk.Tests.Sessions;

public sealed class SessionJarTests
{
    private const string Join = "/ocs/v2.php/apps/spreed/api/v4/room/abcd1234/participants/active";
    private const string Call = "/ocs/v2.php/apps/spreed/api/v4/call/abcd1234";

    [Theory]
    [InlineData(Alice)]
    [InlineData(AliceApp)]
    public async Task What_is_joined_in_the_first_request_of_a_session_stays_joined(string authorization)
    {
        using var world = new UpstreamWorld();
        var session = new SessionJar();

        await world.SendAsync(Post(Join, stateful: true), authorization, session);
        var (status, _) = await world.SendAsync(Post(Call, stateful: true), authorization, session);

        Assert.Equal(200, status);
        Assert.Equal(["proof", "password", "password+cookies"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task The_fake_server_loses_what_is_joined_without_the_test_cookie_as_real_ones_do()
    {
        using var world = new UpstreamWorld();
        var session = new SessionJar(CookieJar.Empty);

        await world.SendAsync(Post(Join, stateful: true), Alice, session);

        Assert.Equal(404, (await world.SendAsync(Post(Call, stateful: true), Alice, session)).Status);
    }

    [Fact]
    public async Task A_guest_has_a_session_without_a_credential()
    {
        using var world = new UpstreamWorld();
        var session = new SessionJar();

        await world.SendAsync(Post(Join, stateful: true), session: session);

        Assert.Equal(200, (await world.SendAsync(Post(Call, stateful: true), session: session)).Status);
        Assert.Equal(["nothing", "cookies"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task Two_clients_of_one_account_never_share_a_session()
    {
        using var world = new UpstreamWorld();
        var (phone, laptop) = (new SessionJar(), new SessionJar());

        await world.SendAsync(Get(), Alice);
        await world.SendAsync(Get(), Alice);
        await world.SendAsync(Post(Join, stateful: true), Alice, phone);
        await world.SendAsync(Get(), Alice);
        Assert.Equal(404, (await world.SendAsync(Post(Call, stateful: true), Alice, laptop)).Status);
        Assert.Equal(404, (await world.SendAsync(Post(Call, stateful: true), Alice)).Status);
        Assert.Equal(200, (await world.SendAsync(Post(Call, stateful: true), Alice, phone)).Status);

        var sessions = new[] { phone, laptop }.Select(s => s.Cookies["oc123"]).ToList();
        var login = world.Nextcloud.Requests.Where(r => r.Login == "cookies").Select(r => r.Cookie("oc123")).Distinct().Single();
        Assert.Equal(3, sessions.Append(login).Distinct().Count());
    }

    [Fact]
    public async Task A_stateless_request_of_a_client_with_a_session_travels_in_it()
    {
        using var world = new UpstreamWorld();
        var session = new SessionJar();
        await world.SendAsync(Post(Join, stateful: true), AliceApp, session);

        await world.SendAsync(Get(), AliceApp, session);

        Assert.Equal(session.Cookies["oc123"], world.Nextcloud.Requests[^1].Cookie("oc123"));
    }

    [Fact]
    public async Task A_wrong_password_is_refused_once_and_nothing_is_joined()
    {
        using var world = new UpstreamWorld();

        await world.FailAsync(Post(Join, stateful: true), Wrong, new SessionJar());

        Assert.Equal("user", Assert.Single(world.Nextcloud.Requests).Path.Split('/')[^1]);
    }

    [Fact]
    public async Task The_session_changes_with_the_answers_cookies_and_only_then()
    {
        using var world = new UpstreamWorld();
        var opened = new SessionJar();
        await world.SendAsync(Post(Join, stateful: true), AliceApp, opened);
        Assert.True(opened.HasChanged);

        var credential = Credential.Parse(AliceApp);
        var carried = world.Server.OpenSession(world.Server.SealSession(opened, credential), credential);
        await world.SendAsync(Post(Call, stateful: true), AliceApp, carried);

        Assert.False(carried.HasChanged);
    }

    [Fact]
    public async Task A_session_that_another_replica_opened_goes_on_here()
    {
        using var world = new UpstreamWorld();
        var credential = Credential.Parse(Alice);
        var opened = new SessionJar();
        await world.SendAsync(Post(Join, stateful: true), Alice, opened);
        var token = world.Server.SealSession(opened, credential);

        var (status, _) = await world.SendAsync(Post(Call, stateful: true), Alice, world.Server.OpenSession(token, credential));

        Assert.Equal(200, status);
    }
}
