using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Sessions;
using TalkGateway.Talk.Transport;
using Xunit;
using static TalkGateway.Talk.Tests.Transport.UpstreamWorld;

namespace TalkGateway.Talk.Tests.Transport;

public sealed class LongPollBudgetTests : IDisposable
{
    private readonly UpstreamWorld _world = new();
    private readonly LongPollBudget _budget;

    public LongPollBudgetTests() => _budget = Budget(_world, new LongPollOptions { MaxCount = 4, MaxPerCredential = 2, MaxForGuests = 3 });

    public void Dispose() => _world.Dispose();

    [Fact]
    public void One_credential_has_only_its_share()
    {
        Enter(As(FakeNextcloud.Alice));
        Enter(As(FakeNextcloud.Alice));

        var failure = Refused(As(FakeNextcloud.Alice));

        Assert.Equal((UpstreamFailureKind.TooManyLongPolls, false, TimeSpan.FromSeconds(5)), (failure.Kind, failure.MayHaveArrived, failure.RetryAfter));
        Assert.Contains("LongPolls:MaxPerCredential", failure.Message, StringComparison.Ordinal);
        Enter(As(FakeNextcloud.Bob));
    }

    [Fact]
    public void All_together_have_no_more_than_there_are()
    {
        Enter(As(FakeNextcloud.Alice));
        Enter(As(FakeNextcloud.Alice));
        Enter(As(FakeNextcloud.Bob));
        Enter(As(FakeNextcloud.Bob));

        Assert.Contains("LongPolls:MaxCount", Refused(As(FakeNextcloud.AliceApp)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_guest_is_known_by_the_session_and_all_guests_have_a_share_as_well()
    {
        Enter(Guest("a"));
        Enter(Guest("a"));
        Assert.Contains("LongPolls:MaxPerCredential", Refused(Guest("a")).Message, StringComparison.Ordinal);
        Enter(Guest("b"));

        Assert.Contains("LongPolls:MaxForGuests", Refused(Guest("c")).Message, StringComparison.Ordinal);
        Enter(As(FakeNextcloud.Alice));
    }

    [Fact]
    public void A_place_is_free_again_once_however_often_it_is_given_back()
    {
        var first = Enter(Guest("a"));
        Enter(Guest("a"));
        first.Dispose();
        first.Dispose();

        Enter(Guest("a"));
        Refused(Guest("a"));
    }

    [Fact]
    public void The_operator_is_told_of_it_once_a_minute_and_not_of_one_users_share()
    {
        using var world = new UpstreamWorld();
        var budget = Budget(world, new LongPollOptions { MaxCount = 1, MaxPerCredential = 1 });
        Enter(budget, As(FakeNextcloud.Alice));
        Refused(budget, As(FakeNextcloud.Alice));
        Assert.Empty(world.Logs);

        Refused(budget, As(FakeNextcloud.Bob));
        Refused(budget, As(FakeNextcloud.Bob));
        Assert.Single(world.Logs, line => line.StartsWith("2009 ", StringComparison.Ordinal) && line.Contains("LongPolls:MaxCount", StringComparison.Ordinal));

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        Refused(budget, As(FakeNextcloud.Bob));
        Assert.Equal(2, world.Logs.Count());
    }

    [Fact]
    public async Task A_request_that_waits_holds_its_place_until_it_ends_and_others_need_none()
    {
        using var world = new UpstreamWorld(o => o with { LongPolls = new LongPollOptions { MaxCount = 1 } });
        var held = new TaskCompletionSource<HttpResponseMessage?>();
        var arrived = new TaskCompletionSource();
        world.Nextcloud.Intercept = request =>
        {
            if (request.Path != "/poll")
            {
                return Task.FromResult<HttpResponseMessage?>(null);
            }

            arrived.TrySetResult();
            return held.Task;
        };
        var poll = Get("/poll") with { LongPoll = TimeSpan.FromSeconds(30) };

        var first = world.SendAsync(poll);
        await arrived.Task;
        Assert.Equal(UpstreamFailureKind.TooManyLongPolls, (await world.FailAsync(poll)).Kind);
        Assert.Equal(200, (await world.SendAsync(Get("/public"))).Status);
        held.SetResult(FakeNextcloud.Json(200));
        Assert.Equal(200, (await first).Status);

        held = new TaskCompletionSource<HttpResponseMessage?>();
        held.SetResult(FakeNextcloud.Json(200));
        Assert.Equal(200, (await world.SendAsync(poll)).Status);
    }

    [Fact]
    public async Task A_caller_that_goes_leaves_its_place_to_another()
    {
        using var world = new UpstreamWorld(o => o with { LongPolls = new LongPollOptions { MaxCount = 1 } });
        using var over = new CancellationTokenSource();
        world.Nextcloud.Intercept = async _ =>
        {
            await over.CancelAsync();
            return await new TaskCompletionSource<HttpResponseMessage?>().Task;
        };
        var poll = Get("/poll") with { LongPoll = TimeSpan.FromSeconds(30) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.SendAsync(poll, cancellationToken: over.Token));

        world.Nextcloud.Intercept = _ => Task.FromResult<HttpResponseMessage?>(FakeNextcloud.Json(200));
        Assert.Equal(200, (await world.SendAsync(poll)).Status);
    }

    private static LongPollBudget Budget(UpstreamWorld world, LongPollOptions options) => new("main", options, world.Clock, world.Logger);

    private static CallIdentity As(string authorization) => new(Credential.Parse(authorization));

    private static CallIdentity Guest(string session) =>
        new(Credential.None, new SessionJar(CookieJar.Empty.With([$"oc123={session}"], DateTimeOffset.UnixEpoch)));

    private static IDisposable Enter(LongPollBudget budget, CallIdentity identity)
    {
        var place = budget.TryEnter(identity, out var refusal);
        Assert.Null(refusal);
        return place!;
    }

    private static UpstreamFailure Refused(LongPollBudget budget, CallIdentity identity)
    {
        Assert.Null(budget.TryEnter(identity, out var refusal));
        return refusal!;
    }

    private IDisposable Enter(CallIdentity identity) => Enter(_budget, identity);

    private UpstreamFailure Refused(CallIdentity identity) => Refused(_budget, identity);
}
