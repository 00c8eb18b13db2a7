using System.Net;
using TalkGateway.Talk.Tests.Upstream;
using TalkGateway.Talk.Upstream;
using Xunit;
using static TalkGateway.Talk.Tests.Upstream.FakeNextcloud;
using static TalkGateway.Talk.Tests.Upstream.UpstreamWorld;

namespace TalkGateway.Talk.Tests.Sessions;

public sealed class LoginJarTests
{
    [Fact]
    public async Task An_app_password_is_sent_once_and_then_its_session_serves()
    {
        using var world = new UpstreamWorld();
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(200, (await world.SendAsync(Get(), AliceApp)).Status);
        }

        Assert.Equal(["password", "cookies", "cookies", "cookies"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task An_account_password_is_sent_twice_the_second_time_with_cookies_and_then_its_session_serves()
    {
        using var world = new UpstreamWorld();
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(200, (await world.SendAsync(Get(), Alice)).Status);
        }

        Assert.Equal(["password", "password+cookies", "cookies", "cookies"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task A_burst_of_new_callers_waits_for_the_logins_of_two_of_them()
    {
        using var world = new UpstreamWorld();
        var firstArrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        world.Nextcloud.Intercept = async _ =>
        {
            firstArrived.TrySetResult();
            await release.Task;
            return null;
        };

        var calls = Enumerable.Range(0, 20).Select(_ => world.SendAsync(Get(), Alice)).ToArray();
        await firstArrived.Task;
        Assert.Single(world.Nextcloud.Requests);
        release.SetResult();

        Assert.All(await Task.WhenAll(calls), answer => Assert.Equal(200, answer.Status));
        Assert.Equal(20, world.Nextcloud.Requests.Count);
        Assert.Equal(2, world.Server.Client.Statistics.Logins);
        Assert.Equal(18, world.Server.Client.Statistics.LoginsSaved);
    }

    [Fact]
    public async Task A_burst_with_a_wrong_password_reaches_the_server_once()
    {
        using var world = new UpstreamWorld();
        var release = new TaskCompletionSource();
        world.Nextcloud.Intercept = async _ =>
        {
            await release.Task;
            return null;
        };

        var calls = Enumerable.Range(0, 10).Select(_ => world.SendAsync(Get(), Wrong)).ToArray();
        release.SetResult();

        var refused = 0;
        foreach (var call in calls)
        {
            try
            {
                Assert.Equal(401, (await call).Status);
            }
            catch (UpstreamException e)
            {
                Assert.Equal(UpstreamFailureKind.RefusedCredential, e.Failure.Kind);
                refused++;
            }
        }

        Assert.Single(world.Nextcloud.Requests);
        Assert.Equal(9, refused);
    }

    [Fact]
    public async Task A_waiting_caller_can_give_up()
    {
        using var world = new UpstreamWorld();
        using var giveUp = new CancellationTokenSource();
        var release = new TaskCompletionSource();
        world.Nextcloud.Intercept = async _ =>
        {
            await release.Task;
            return null;
        };

        var leading = world.SendAsync(Get(), Alice);
        var waiting = world.SendAsync(Get(), Alice, cancellationToken: giveUp.Token);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        release.SetResult();
        Assert.Equal(200, (await leading).Status);
    }

    [Fact]
    public async Task Whoever_waited_for_a_login_that_failed_tries_alone()
    {
        using var world = new UpstreamWorld(o => o with { Retry = new RetryOptions { MaxRetries = 0 } });
        var arrived = 0;
        var release = new TaskCompletionSource();
        world.Nextcloud.Intercept = async _ =>
        {
            if (Interlocked.Increment(ref arrived) == 1)
            {
                await release.Task;
                throw new HttpRequestException(HttpRequestError.ResponseEnded);
            }

            return null;
        };

        var leading = world.SendAsync(Get(), Alice);
        var waiting = world.SendAsync(Get(), Alice);
        release.SetResult();

        await Assert.ThrowsAsync<UpstreamException>(() => leading);
        Assert.Equal(200, (await waiting).Status);
        Assert.Equal(["password", "password"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task When_the_caller_who_logs_in_gives_up_one_of_those_who_wait_logs_in_instead()
    {
        using var world = new UpstreamWorld();
        using var giveUp = new CancellationTokenSource();
        var never = new TaskCompletionSource<HttpResponseMessage?>();
        world.Nextcloud.Intercept = _ => world.Nextcloud.Requests.Count == 1 ? never.Task : Task.FromResult<HttpResponseMessage?>(null);

        var leading = world.SendAsync(Get(), AliceApp, cancellationToken: giveUp.Token);
        var waiting = Enumerable.Range(0, 10).Select(_ => world.SendAsync(Get(), AliceApp)).ToArray();
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leading);
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal(200, answer.Status));
        Assert.Equal(2, world.Server.Client.Statistics.Logins);
    }

    [Fact]
    public async Task A_session_that_the_server_ended_is_replaced_within_the_call()
    {
        using var world = new UpstreamWorld();
        await world.SendAsync(Get(), AliceApp);
        await world.SendAsync(Get(), AliceApp);
        world.Nextcloud.EndSessions();

        Assert.Equal(200, (await world.SendAsync(Get(), AliceApp)).Status);
        Assert.Equal(200, (await world.SendAsync(Get(), AliceApp)).Status);

        Assert.Equal(["password", "cookies", "cookies", "password", "cookies"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task An_answer_given_as_to_a_guest_because_the_session_ended_is_not_taken_for_the_users()
    {
        using var world = new UpstreamWorld();
        var open = Get("/ocs/v2.php/apps/spreed/api/v4/room/public");
        await world.SendAsync(open, AliceApp);
        await world.SendAsync(open, AliceApp);
        world.Nextcloud.EndSessions();

        Assert.Contains("\"user\"", (await world.SendAsync(open, AliceApp)).Body, StringComparison.Ordinal);

        Assert.Equal(["password", "cookies", "cookies", "password"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task A_cross_site_refusal_drops_the_session_as_a_401_does()
    {
        using var world = new UpstreamWorld();
        await world.SendAsync(Get(), AliceApp);
        world.Nextcloud.Intercept = request => Task.FromResult(request.Login == "cookies"
            ? new HttpResponseMessage(HttpStatusCode.PreconditionFailed) { Content = new StringContent("""{"message":"CSRF check failed"}""") }
            : null);

        Assert.Equal(200, (await world.SendAsync(Get(), AliceApp)).Status);
        Assert.Equal(["password", "cookies", "password"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task A_lobby_does_not_drop_the_session()
    {
        using var world = new UpstreamWorld();
        await world.SendAsync(Get(), AliceApp);
        world.Nextcloud.Intercept = _ => Task.FromResult<HttpResponseMessage?>(Json(412));

        Assert.Equal(412, (await world.SendAsync(Get(), AliceApp)).Status);
        Assert.Equal(["password", "cookies"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task A_revoked_password_stops_working_at_once_where_the_server_ends_its_session()
    {
        using var world = new UpstreamWorld();
        await world.SendAsync(Get(), AliceApp);
        await world.SendAsync(Get(), AliceApp);
        world.Nextcloud.Passwords.TryRemove(AliceApp, out _);

        Assert.Equal(401, (await world.SendAsync(Get(), AliceApp)).Status);
        Assert.Equal(UpstreamFailureKind.RefusedCredential, (await world.FailAsync(Get(), AliceApp)).Kind);
    }

    [Fact]
    public async Task A_revoked_password_stops_working_after_the_lifetime_even_where_the_server_keeps_its_session()
    {
        using var world = new UpstreamWorld(o => o with { LoginJars = new LoginJarOptions { Lifetime = TimeSpan.FromMinutes(5) } });
        var isRevoked = false;
        world.Nextcloud.Intercept = request => Task.FromResult(
            request.Login == "cookies" ? Json(200) : isRevoked ? Json(401, code: 997) : null);
        await world.SendAsync(Get(), AliceApp);
        isRevoked = true;

        world.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        Assert.Equal(200, (await world.SendAsync(Get(), AliceApp)).Status);
        world.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(401, (await world.SendAsync(Get(), AliceApp)).Status);

        Assert.Equal(["password", "cookies", "password"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task A_server_that_keeps_no_sessions_gets_the_password_each_time_and_nobody_waits()
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.WithoutCookies = true;
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await world.SendAsync(Get(), AliceApp)).Status);
        }

        Assert.Equal(["password", "password", "password"], world.Nextcloud.Logins);
        Assert.Single(world.Logs, line => line.StartsWith("2008 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_that_never_served_is_not_tried_again_before_the_lifetime_is_over()
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.Intercept = request => Task.FromResult(request.Login == "cookies" ? Json(401, code: 997) : null);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await world.SendAsync(Get(), AliceApp)).Status);
        }

        Assert.Equal(["password", "cookies", "password", "password"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task Stateful_requests_never_travel_on_the_login_jar()
    {
        using var world = new UpstreamWorld();
        await world.SendAsync(Get(), AliceApp);
        await world.SendAsync(Get(), AliceApp);

        await world.SendAsync(Post("/ocs/v2.php/apps/spreed/api/v4/room/abcd1234/participants/active", stateful: true), AliceApp);
        await world.SendAsync(Post("/ocs/v2.php/apps/spreed/api/v4/room/abcd1234/participants/active", stateful: true), AliceApp, new());

        Assert.Equal(["password", "cookies", "password", "password"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task Two_credentials_have_two_sessions()
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.Passwords[Bob] = true;
        foreach (var authorization in new[] { AliceApp, Bob, AliceApp, Bob, Bob })
        {
            await world.SendAsync(Get(), authorization);
        }

        var sessions = world.Nextcloud.Requests.Where(r => r.Login == "cookies").Select(r => r.Cookie("oc123")).Distinct();
        Assert.Equal(["s1", "s2"], sessions);
    }

    [Fact]
    public async Task A_long_poll_lets_short_requests_log_in_so_that_nobody_waits_for_it()
    {
        using var world = new UpstreamWorld();
        var poll = Get("/ocs/v2.php/apps/spreed/api/v1/chat/abcd1234") with { LongPoll = TimeSpan.FromSeconds(30) };

        await world.SendAsync(poll, Alice);
        await world.SendAsync(poll, Alice);

        Assert.Equal(["password", "password+cookies", "cookies", "cookies"], world.Nextcloud.Logins);
        Assert.Equal(["user", "user", "abcd1234", "abcd1234"], world.Nextcloud.Requests.Select(r => r.Path.Split('/')[^1]));
    }

    [Fact]
    public async Task A_long_poll_with_a_wrong_password_gets_the_refusal_of_the_login()
    {
        using var world = new UpstreamWorld(o => o with { WrongCredentials = new WrongCredentialOptions { Duration = TimeSpan.Zero } });

        var answer = await world.SendAsync(Get() with { LongPoll = TimeSpan.FromSeconds(30) }, Wrong);

        Assert.Equal(401, answer.Status);
        Assert.Single(world.Nextcloud.Requests);
    }

    [Fact]
    public async Task The_least_recently_used_session_goes_first()
    {
        using var world = new UpstreamWorld(o => o with { LoginJars = new LoginJarOptions { MaxCount = 1 } });
        world.Nextcloud.Passwords[Bob] = true;
        foreach (var authorization in new[] { AliceApp, AliceApp, Bob, AliceApp })
        {
            await world.SendAsync(Get(), authorization);
        }

        Assert.Equal(["password", "cookies", "password", "password"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task Switched_off_every_request_brings_the_password()
    {
        using var world = new UpstreamWorld(o => o with { LoginJars = new LoginJarOptions { Enabled = false } });
        await world.SendAsync(Get(), AliceApp);
        await world.SendAsync(Get(), AliceApp);

        Assert.Equal(["password", "password"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task Cookies_of_load_balancers_that_change_with_every_answer_do_not_end_the_session()
    {
        using var world = new UpstreamWorld();
        await world.SendAsync(Get(), AliceApp);
        var balanced = 0;
        world.Nextcloud.Intercept = _ =>
        {
            var answer = Json(200);
            answer.Headers.TryAddWithoutValidation("Set-Cookie", $"AWSALB=node{balanced++}; Path=/");
            return Task.FromResult<HttpResponseMessage?>(answer);
        };
        await world.SendAsync(Get(), AliceApp);
        await world.SendAsync(Get(), AliceApp);

        Assert.Equal(["password", "cookies", "cookies"], world.Nextcloud.Logins);
    }
}
