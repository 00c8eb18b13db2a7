using System.Net;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Tests.Transport;
using TalkGateway.Talk.Transport;
using Xunit;
using static TalkGateway.Talk.Tests.Transport.FakeNextcloud;
using static TalkGateway.Talk.Tests.Transport.UpstreamWorld;

namespace TalkGateway.Talk.Tests.Logins;

public sealed class LoginTests
{
    private const string Open = "/ocs/v2.php/apps/spreed/api/v4/room/public";

    [Theory]
    [InlineData(Alice)]
    [InlineData(AliceApp)]
    public async Task A_credential_is_proved_once_and_then_the_session_of_the_proof_serves(string authorization)
    {
        using var world = new UpstreamWorld();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await world.SendAsync(Get(), authorization)).Status);
        }

        Assert.Equal(["proof", "cookies", "cookies", "cookies"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task A_burst_of_new_callers_waits_for_one_proof()
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
        Assert.Equal(1, world.Server.Client.Statistics.Logins);
        Assert.Equal(20, world.Server.Client.Statistics.LoginsSaved);
    }

    [Theory]
    [InlineData("/ocs/v2.php/apps/spreed/api/v4/room")]
    [InlineData(Open)]
    [InlineData("/ocs/v2.php/cloud/capabilities")]
    [InlineData("/status.php")]
    public async Task A_burst_with_a_wrong_password_costs_the_server_one_request_whatever_was_asked(string path)
    {
        using var world = new UpstreamWorld();
        var release = new TaskCompletionSource();
        world.Nextcloud.Intercept = async _ =>
        {
            await release.Task;
            return null;
        };

        var calls = Enumerable.Range(0, 10).Select(_ => world.FailAsync(Get(path), Wrong)).ToArray();
        release.SetResult();

        Assert.All(await Task.WhenAll(calls), failure => Assert.Equal((UpstreamFailureKind.CredentialRefused, 401), (failure.Kind, failure.Status)));
        Assert.Equal(UpstreamFailureKind.CredentialRefusedBefore, (await world.FailAsync(Get(path), Wrong)).Kind);
        Assert.Equal(["proof"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task Whoever_guesses_passwords_takes_nobodys_place()
    {
        using var world = new UpstreamWorld(o => o with { LoginJars = new LoginJarOptions { MaxCount = 3 }, Capabilities = new CapabilityOptions { MaxCount = 3 } });
        await world.SendAsync(Get(), Alice);
        for (var i = 0; i < 10; i++)
        {
            var guess = new CallIdentity(Credential.Parse("Bearer guess" + i));
            await Assert.ThrowsAsync<UpstreamException>(() => world.Server.Capabilities.GetAsync(guess, CancellationToken.None).AsTask());
        }

        await world.SendAsync(Get(), Alice);

        Assert.Equal("cookies", world.Nextcloud.Logins.Last());
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_server_that_does_not_tell_proves_nothing(int status)
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.Intercept = _ => Task.FromResult<HttpResponseMessage?>(Json(status));
        var failure = await world.FailAsync(Get(), Alice);
        Assert.Equal((UpstreamFailureKind.QuestionRefused, status), (failure.Kind, failure.Status));
        Assert.NotNull(failure.RetryAfter);

        world.Nextcloud.Intercept = null;
        Assert.Equal(200, (await world.SendAsync(Get(), Alice)).Status);
    }

    [Fact]
    public async Task The_status_of_a_server_under_maintenance_is_told_to_everybody()
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.Intercept = request => Task.FromResult(request.Path == "/status.php" ? Json(200) : Json(503))!;

        Assert.Equal(200, (await world.SendAsync(Get("/status.php"), Alice)).Status);
        Assert.Null(world.Nextcloud.Requests[^1].Authorization);
    }

    [Fact]
    public async Task A_waiting_caller_can_give_up_and_leaves_the_proof_to_the_others()
    {
        using var world = new UpstreamWorld();
        using var giveUp = new CancellationTokenSource();
        var release = new TaskCompletionSource();
        world.Nextcloud.Intercept = async _ =>
        {
            await release.Task;
            return null;
        };

        var first = world.SendAsync(Get(), Alice, cancellationToken: giveUp.Token);
        var second = world.SendAsync(Get(), Alice);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        release.SetResult();
        Assert.Equal(200, (await second).Status);
        Assert.Equal(["proof", "cookies"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task A_session_that_the_server_ended_is_replaced_within_the_call()
    {
        using var world = new UpstreamWorld();
        await world.SendAsync(Get(), AliceApp);
        world.Nextcloud.EndSessions();

        Assert.Equal(200, (await world.SendAsync(Get(), AliceApp)).Status);

        Assert.Equal(["proof", "cookies", "cookies", "cookies", "proof", "cookies"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task An_answer_given_as_to_a_guest_because_the_session_ended_is_not_taken_for_the_users()
    {
        using var world = new UpstreamWorld();
        await world.SendAsync(Get(Open), AliceApp);
        world.Nextcloud.EndSessions();

        Assert.Contains("\"user\"", (await world.SendAsync(Get(Open), AliceApp)).Body, StringComparison.Ordinal);

        Assert.Equal(["proof", "cookies", "cookies", "proof", "cookies"], world.Nextcloud.Logins);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_401_for_a_request_alone_says_nothing_about_the_login(bool inSession)
    {
        using var world = new UpstreamWorld();
        await world.SendAsync(Get(), Alice);
        world.Nextcloud.Intercept = request => Task.FromResult(request.Path.EndsWith("/welcome/0", StringComparison.Ordinal) ? Json(401, code: 997) : null);

        var identity = new CallIdentity(Credential.Parse(Alice), inSession ? new() : null);
        using var answer = (await world.Server.Client.SendAsync(Get("/ocs/v2.php/apps/spreed/api/v3/signaling/welcome/0"), identity, CancellationToken.None)).OrThrow();

        Assert.Equal((401, true), (answer.Status, answer.IsOfKnownCaller));
        Assert.Equal(200, (await world.SendAsync(Get(), Alice)).Status);
        Assert.Equal(inSession ? 3 : 1, world.Server.Client.Statistics.Logins);
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
        Assert.Equal("password", world.Nextcloud.Logins.Last());
    }

    [Fact]
    public async Task A_lobby_does_not_drop_the_session()
    {
        using var world = new UpstreamWorld();
        await world.SendAsync(Get(), AliceApp);
        world.Nextcloud.Intercept = _ => Task.FromResult<HttpResponseMessage?>(Json(412));

        Assert.Equal(412, (await world.SendAsync(Get(), AliceApp)).Status);
        Assert.Equal(["proof", "cookies", "cookies"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task A_revoked_password_stops_working_at_once_where_the_server_ends_its_session()
    {
        using var world = new UpstreamWorld();
        await world.SendAsync(Get(), AliceApp);
        world.Nextcloud.Passwords.TryRemove(AliceApp, out _);

        Assert.Equal(UpstreamFailureKind.CredentialRefused, (await world.FailAsync(Get(), AliceApp)).Kind);
        Assert.Equal(UpstreamFailureKind.CredentialRefusedBefore, (await world.FailAsync(Get(), AliceApp)).Kind);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_changed_password_soon_stops_working_even_where_the_server_keeps_its_session(bool inSession)
    {
        using var world = new UpstreamWorld();
        var session = inSession ? new Talk.Sessions.SessionJar() : null;
        var recheck = new TaskCompletionSource();
        var isRevoked = false;
        world.Nextcloud.Intercept = request =>
        {
            if (isRevoked && request.Login == "proof")
            {
                recheck.TrySetResult();
                return Task.FromResult<HttpResponseMessage?>(Json(401, code: 997));
            }

            return Task.FromResult(request.Login == "proof" ? null : Json(200));
        };
        await world.SendAsync(Get(), Alice, session);
        isRevoked = true;

        world.Clock.Advance(world.Options.LoginJars.RecheckInterval - TimeSpan.FromTicks(1));
        Assert.Equal(200, (await world.SendAsync(Get(), Alice, session)).Status);
        Assert.Single(world.Nextcloud.Logins, "proof");

        // Served once more, and checked behind that.
        world.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(200, (await world.SendAsync(Get(), Alice, session)).Status);
        await recheck.Task;
        Assert.Equal(2, world.Nextcloud.Logins.Count(login => login == "proof"));
        while (await StatusAsync(world, session) == 200)
        {
            // The answer of the check is on its way.
            await Task.Yield();
        }

        Assert.Equal(UpstreamFailureKind.CredentialRefusedBefore, (await world.FailAsync(Get(), Alice, session)).Kind);
    }

    [Fact]
    public async Task A_login_that_was_not_used_for_long_is_proved_before_it_is_used_again()
    {
        using var world = new UpstreamWorld();
        await world.SendAsync(Get(), AliceApp);
        world.Clock.Advance(world.Options.LoginJars.Lifetime);
        world.Nextcloud.Passwords.TryRemove(AliceApp, out _);

        Assert.Equal(UpstreamFailureKind.CredentialRefused, (await world.FailAsync(Get(), AliceApp)).Kind);
        Assert.Equal(["proof", "cookies", "proof"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task A_server_that_keeps_no_sessions_gets_the_password_each_time()
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.WithoutCookies = true;
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await world.SendAsync(Get(), AliceApp)).Status);
        }

        Assert.Equal(["proof", "password", "password", "password"], world.Nextcloud.Logins);
        Assert.Single(world.Logs, line => line.StartsWith("2008 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_that_never_served_is_not_tried_again()
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.Intercept = request => Task.FromResult(request.Login == "cookies" ? Json(401, code: 997) : null);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await world.SendAsync(Get(), AliceApp)).Status);
        }

        Assert.Equal(["proof", "cookies", "cookies", "proof", "password", "password", "password"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task Stateful_requests_never_travel_in_the_shared_session()
    {
        using var world = new UpstreamWorld();
        var join = Post("/ocs/v2.php/apps/spreed/api/v4/room/abcd1234/participants/active", stateful: true);
        await world.SendAsync(Get(), AliceApp);

        await world.SendAsync(join, AliceApp);
        await world.SendAsync(join, AliceApp, new());

        Assert.Equal(["proof", "cookies", "password", "password"], world.Nextcloud.Logins);
    }

    [Fact]
    public async Task Two_credentials_have_two_sessions()
    {
        using var world = new UpstreamWorld();
        foreach (var authorization in new[] { AliceApp, Bob, AliceApp, Bob, Bob })
        {
            await world.SendAsync(Get(), authorization);
        }

        var sessions = world.Nextcloud.Requests.Where(r => r.Login == "cookies").Select(r => r.Cookie("oc123")).Distinct();
        Assert.Equal(["s1", "s2"], sessions);
    }

    [Fact]
    public async Task Of_more_logins_than_may_be_kept_those_go_that_are_not_in_use()
    {
        using var world = new UpstreamWorld(o => o with { LoginJars = new LoginJarOptions { MaxCount = 3 } });
        await world.SendAsync(Get(), AliceApp);
        for (var i = 0; i < 10; i++)
        {
            world.Nextcloud.Passwords["Bearer other" + i] = true;
            await world.SendAsync(Get(), "Bearer other" + i);
            await world.SendAsync(Get(), AliceApp);
        }

        Assert.Equal(11, world.Nextcloud.Logins.Count(login => login == "proof"));

        await world.SendAsync(Get(), "Bearer other0");
        Assert.Equal(12, world.Nextcloud.Logins.Count(login => login == "proof"));
    }

    [Fact]
    public async Task Switched_off_every_request_brings_the_password()
    {
        using var world = new UpstreamWorld(o => o with { LoginJars = new LoginJarOptions { Enabled = false } });
        await world.SendAsync(Get(), AliceApp);
        await world.SendAsync(Get(), AliceApp);

        Assert.Equal(["proof", "password", "password"], world.Nextcloud.Logins);
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

        Assert.Equal(["proof", "cookies", "cookies", "cookies"], world.Nextcloud.Logins);
    }

    /// <summary>The status of one more request; 0 once the credential is refused.</summary>
    private static async Task<int> StatusAsync(UpstreamWorld world, Talk.Sessions.SessionJar? session)
    {
        try
        {
            return (await world.SendAsync(Get(), Alice, session)).Status;
        }
        catch (UpstreamException e) when (e.Failure.Kind == UpstreamFailureKind.CredentialRefusedBefore)
        {
            return 0;
        }
    }
}
