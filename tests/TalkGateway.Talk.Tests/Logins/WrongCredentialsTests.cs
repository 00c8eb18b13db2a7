using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Tests.Transport;
using Xunit;
using static TalkGateway.Talk.Tests.Transport.FakeNextcloud;
using static TalkGateway.Talk.Tests.Transport.UpstreamWorld;

namespace TalkGateway.Talk.Tests.Logins;

public sealed class WrongCredentialsTests
{
    [Fact]
    public async Task A_refused_credential_is_not_sent_again_for_a_while()
    {
        using var world = new UpstreamWorld();
        await world.FailAsync(Get(), Wrong);

        world.Clock.Advance(TimeSpan.FromSeconds(4));
        var failure = await world.FailAsync(Get(), Wrong);

        Assert.Equal(UpstreamFailureKind.CredentialRefusedBefore, failure.Kind);
        Assert.Equal(TimeSpan.FromSeconds(1), failure.RetryAfter);
        Assert.False(failure.MayHaveArrived);
        Assert.Single(world.Nextcloud.Requests);
        Assert.Equal(1, world.Server.Client.Statistics.RefusedLocally);
    }

    [Fact]
    public async Task Each_further_refusal_counts_twice_as_long_up_to_a_limit()
    {
        using var world = new UpstreamWorld();
        foreach (var seconds in new[] { 5, 10, 20, 30, 30 })
        {
            Assert.Equal(UpstreamFailureKind.CredentialRefused, (await world.FailAsync(Get(), Wrong)).Kind);
            world.Clock.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
            Assert.Equal(UpstreamFailureKind.CredentialRefusedBefore, (await world.FailAsync(Get(), Wrong)).Kind);
            world.Clock.Advance(TimeSpan.FromTicks(1));
        }
    }

    [Fact]
    public async Task A_credential_that_is_accepted_again_is_no_wrong_one_any_more()
    {
        using var world = new UpstreamWorld();
        await world.FailAsync(Get(), Wrong);
        world.Clock.Advance(TimeSpan.FromSeconds(5));
        world.Nextcloud.Passwords[Wrong] = true;
        Assert.Equal(200, (await world.SendAsync(Get(), Wrong)).Status);
        Assert.Equal(200, (await world.SendAsync(Get(), Wrong)).Status);

        world.Nextcloud.Passwords.TryRemove(Wrong, out _);
        await world.FailAsync(Get(), Wrong);

        Assert.Equal(TimeSpan.FromSeconds(5), (await world.FailAsync(Get(), Wrong)).RetryAfter);
    }

    [Fact]
    public async Task Other_credentials_and_guests_are_not_affected()
    {
        using var world = new UpstreamWorld();
        await world.FailAsync(Get(), Wrong);

        Assert.Equal(200, (await world.SendAsync(Get(), Alice)).Status);
        Assert.Equal(401, (await world.SendAsync(Get())).Status);
        Assert.Equal(401, (await world.SendAsync(Get())).Status);
    }

    [Fact]
    public async Task A_refusal_inside_a_session_counts_as_well()
    {
        using var world = new UpstreamWorld();
        await world.FailAsync(Post(stateful: true), Wrong, new());

        Assert.Equal(UpstreamFailureKind.CredentialRefusedBefore, (await world.FailAsync(Get(), Wrong)).Kind);
    }

    [Fact]
    public async Task Switched_off_every_call_asks_the_server()
    {
        using var world = new UpstreamWorld(o => o with { WrongCredentials = new WrongCredentialOptions { Duration = TimeSpan.Zero } });
        await world.FailAsync(Get(), Wrong);

        Assert.Equal(UpstreamFailureKind.CredentialRefused, (await world.FailAsync(Get(), Wrong)).Kind);
    }

    [Fact]
    public async Task Memory_is_bounded()
    {
        using var world = new UpstreamWorld(o => o with { WrongCredentials = new WrongCredentialOptions { MaxCount = 3 } });
        await world.FailAsync(Get(), Wrong);
        for (var i = 0; i < 9; i++)
        {
            await world.FailAsync(Get(), "Bearer wrong" + i);
        }

        Assert.Equal(UpstreamFailureKind.CredentialRefused, (await world.FailAsync(Get(), Wrong)).Kind);
        Assert.Equal(11, world.Nextcloud.Requests.Count);
    }
}
