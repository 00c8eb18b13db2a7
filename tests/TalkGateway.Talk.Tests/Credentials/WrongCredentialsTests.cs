using TalkGateway.Talk.Tests.Upstream;
using TalkGateway.Talk.Upstream;
using Xunit;
using static TalkGateway.Talk.Tests.Upstream.FakeNextcloud;
using static TalkGateway.Talk.Tests.Upstream.UpstreamWorld;

namespace TalkGateway.Talk.Tests.Credentials;

public sealed class WrongCredentialsTests
{
    [Fact]
    public async Task A_refused_credential_is_not_sent_again_for_a_while()
    {
        using var world = new UpstreamWorld();
        Assert.Equal(401, (await world.SendAsync(Get(), Wrong)).Status);

        world.Clock.Advance(TimeSpan.FromSeconds(10));
        var failure = await world.FailAsync(Get(), Wrong);

        Assert.Equal(UpstreamFailureKind.RefusedCredential, failure.Kind);
        Assert.Equal(TimeSpan.FromSeconds(20), failure.RetryAfter);
        Assert.False(failure.MayHaveArrived);
        Assert.Single(world.Nextcloud.Requests);
        Assert.Equal(1, world.Server.Client.Statistics.RefusedLocally);
    }

    [Fact]
    public async Task After_that_while_the_server_is_asked_again()
    {
        using var world = new UpstreamWorld();
        await world.SendAsync(Get(), Wrong);

        world.Clock.Advance(world.Options.WrongCredentials.Duration);
        world.Nextcloud.Passwords[Wrong] = true;

        Assert.Equal(200, (await world.SendAsync(Get(), Wrong)).Status);
        Assert.Equal(200, (await world.SendAsync(Get(), Wrong)).Status);
    }

    [Fact]
    public async Task Other_credentials_and_guests_are_not_affected()
    {
        using var world = new UpstreamWorld();
        await world.SendAsync(Get(), Wrong);

        Assert.Equal(200, (await world.SendAsync(Get(), Alice)).Status);
        Assert.Equal(401, (await world.SendAsync(Get())).Status);
        Assert.Equal(401, (await world.SendAsync(Get())).Status);
    }

    [Fact]
    public async Task A_refusal_inside_a_session_counts_as_well()
    {
        using var world = new UpstreamWorld();
        await world.SendAsync(Post(stateful: true), Wrong, new());

        Assert.Equal(UpstreamFailureKind.RefusedCredential, (await world.FailAsync(Get(), Wrong)).Kind);
    }

    [Fact]
    public async Task Being_throttled_says_nothing_about_the_credential()
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.Intercept = _ => Task.FromResult<HttpResponseMessage?>(Json(429));

        Assert.Equal(429, (await world.SendAsync(Get(), Alice)).Status);
        Assert.Equal(429, (await world.SendAsync(Get(), Alice)).Status);
        Assert.Equal(2, world.Server.Client.Statistics.Throttled);
    }

    [Fact]
    public async Task Memory_is_bounded()
    {
        using var world = new UpstreamWorld(o => o with { WrongCredentials = new WrongCredentialOptions { MaxCount = 1 } });
        world.Nextcloud.Passwords.Clear();
        await world.SendAsync(Get(), Wrong);
        await world.SendAsync(Get(), Bob);

        Assert.Equal(401, (await world.SendAsync(Get(), Wrong)).Status);
        Assert.Equal(3, world.Nextcloud.Requests.Count);
    }
}
