using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.Tests.Transport;
using TalkGateway.Talk.Transport;
using Xunit;
using static TalkGateway.Talk.Tests.Transport.FakeNextcloud;

namespace TalkGateway.Talk.Tests.Profiles;

public sealed class CapabilityCacheTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly CallIdentity AliceCalls = new(Credential.Parse(AliceApp));

    // Logins are not what is watched here: none is checked again meanwhile.
    private readonly UpstreamWorld _world = new(options => options with
    {
        LoginJars = new LoginJarOptions { RecheckInterval = TimeSpan.FromDays(1), Lifetime = TimeSpan.FromDays(1) },
    });
    private string _features = "chat-v2";
    private string _folder = "/Talk";
    private int _nextcloud = 20;
    private Func<Request, HttpResponseMessage?> _instead = _ => null;

    public CapabilityCacheTests() =>
        _world.Nextcloud.Intercept = request => Task.FromResult(request.Path.EndsWith("/user", StringComparison.Ordinal) ? null : _instead(request) ?? Capabilities(request));

    /// <summary>What the server was asked, apart from whether the caller's login is one.</summary>
    private IReadOnlyList<Request> Questions => [.. _world.Nextcloud.Requests.Where(request => !request.Path.EndsWith("/user", StringComparison.Ordinal))];

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Many_callers_at_once_make_one_question()
    {
        var release = new TaskCompletionSource();
        _world.Nextcloud.Intercept = async request =>
        {
            await release.Task;
            return Capabilities(request);
        };

        var calls = Enumerable.Range(0, 50).Select(_ => GetAsync().AsTask()).ToArray();
        release.SetResult();
        var profiles = await Task.WhenAll(calls);

        Assert.Single(profiles.Distinct());
        Assert.Single(Questions);
    }

    [Fact]
    public async Task A_caller_who_gives_up_leaves_the_question_to_the_others()
    {
        var release = new TaskCompletionSource();
        _world.Nextcloud.Intercept = async request =>
        {
            await release.Task;
            return Capabilities(request);
        };
        using var cancellation = new CancellationTokenSource();

        var first = _world.Server.Capabilities.GetAsync(AliceCalls, cancellation.Token).AsTask();
        var second = GetAsync().AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        release.SetResult();

        Assert.True((await second).HasCapability("chat-v2"));
        Assert.Single(Questions);
    }

    [Fact]
    public async Task Each_credential_and_the_guests_have_their_own_profile()
    {
        await GetAsync();
        _features = "chat-v2 guests-only";
        var guests = await _world.Server.Capabilities.GetAsync(CallIdentity.Anonymous, CancellationToken.None);

        Assert.True(guests.HasCapability("guests-only"));
        Assert.False((await GetAsync()).HasCapability("guests-only"));
    }

    [Fact]
    public async Task Answers_that_come_to_the_same_share_one_profile()
    {
        (_features, _folder) = ("chat-v2 replies", "/Talk");
        var first = await GetAsync();
        (_features, _folder) = ("replies chat-v2", "/Talk of somebody else");

        Assert.Same(first, await _world.Server.Capabilities.GetAsync(CallIdentity.Anonymous, CancellationToken.None));
        Assert.Equal(2, Questions.Count);
    }

    [Fact]
    public async Task Who_waits_when_the_gateway_ends_hears_of_it_and_so_does_who_comes_after()
    {
        var cache = OfItsOwn();
        var (asked, _) = HoldNextAnswer();
        var waiting = cache.GetAsync(CallIdentity.Anonymous, CancellationToken.None).AsTask();
        await asked;

        cache.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await cache.GetAsync(CallIdentity.Anonymous, CancellationToken.None));
    }

    [Fact]
    public async Task Questions_in_the_background_after_the_gateways_end_leave_no_unobserved_failure()
    {
        var unobserved = new List<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved.Add(e.Exception);
        TaskScheduler.UnobservedTaskException += Note;
        await AskInTheBackgroundAndDisposeAsync();

        GC.Collect();
        GC.WaitForPendingFinalizers();

        TaskScheduler.UnobservedTaskException -= Note;
        Assert.DoesNotContain(unobserved, failure => failure.ToString().Contains(nameof(CapabilityCache), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Asking_again_is_refused_within_a_minute_whatever_the_load()
    {
        var known = await GetAsync();
        for (var second = 0; second < 59; second++)
        {
            _world.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Same(known, await RefreshAsync());
            Observe($"hash{second}");
        }

        Assert.Single(Questions);
        _features = "chat-v2 conversation-v4";
        _world.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(4, (await RefreshAsync()).ApiVersion("conversation"));
        Assert.Equal(2, Questions.Count);
    }

    [Fact]
    public async Task A_changed_hash_renews_the_profile_while_the_old_one_goes_on_counting()
    {
        var known = await GetAsync();
        Observe("one");
        _world.Clock.Advance(Minute);
        Observe("one");
        Assert.Single(Questions);

        _features = "chat-v2 new";
        var (asked, release) = HoldNextAnswer();
        Observe("two");
        await asked;
        Assert.Same(known, await GetAsync());
        release();

        Assert.True((await RefreshAsync()).HasCapability("new"));
        Assert.Equal(2, Questions.Count);
    }

    [Fact]
    public async Task A_hash_that_changes_within_the_minute_is_followed_after_it()
    {
        await GetAsync();
        Observe("one");
        Observe("two");
        _features = "chat-v2 new";
        _world.Clock.Advance(Minute);
        var (asked, release) = HoldNextAnswer();

        await GetAsync();
        await asked;
        release();

        Assert.True((await RefreshAsync()).HasCapability("new"));
        Assert.Equal(2, Questions.Count);
    }

    [Fact]
    public async Task A_hash_for_somebody_unknown_asks_nothing()
    {
        Observe("one");
        Observe("two");
        await Task.Yield();

        Assert.Empty(Questions);
    }

    [Fact]
    public async Task An_old_profile_is_renewed_in_the_background()
    {
        var known = await GetAsync();
        _features = "chat-v2 new";
        _world.Clock.Advance(_world.Options.Capabilities.MaxAge);
        var (asked, release) = HoldNextAnswer();

        Assert.Same(known, await GetAsync());
        await asked;
        release();

        Assert.True((await RefreshAsync()).HasCapability("new"));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    [InlineData(0)]
    public async Task What_is_known_goes_on_counting_while_the_server_fails(int status)
    {
        var known = await GetAsync();
        _instead = _ => status == 0 ? throw new HttpRequestException(HttpRequestError.ConnectionError) : Json(status);
        for (var i = 0; i < 5; i++)
        {
            _world.Clock.Advance(Minute);
            Assert.Same(known, await RefreshAsync());
            Assert.Same(known, await RefreshAsync());
        }

        Assert.Equal(6, Questions.Count);
        _instead = _ => null;
        _features = "chat-v2 new";
        _world.Clock.Advance(Minute);
        Assert.True((await RefreshAsync()).HasCapability("new"));
    }

    [Fact]
    public async Task A_server_that_answers_with_an_error_is_asked_once_a_minute_and_callers_hear_the_error()
    {
        _instead = _ => Json(503);
        for (var i = 0; i < 10; i++)
        {
            var failure = await FailAsync();
            Assert.Equal((UpstreamFailureKind.QuestionRefused, 503), (failure.Kind, failure.Status));
            Assert.NotNull(failure.RetryAfter);
        }

        Assert.Single(Questions);
        _instead = _ => null;
        _world.Clock.Advance(Minute);
        Assert.NotNull(await GetAsync());
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_may_be_tried_again_at_once()
    {
        _instead = _ => throw new HttpRequestException(HttpRequestError.ConnectionError);
        Assert.Equal(UpstreamFailureKind.Unreachable, (await FailAsync()).Kind);

        _instead = _ => null;
        Assert.NotNull(await GetAsync());
    }

    [Fact]
    public async Task A_wrong_password_is_told_and_not_asked_again()
    {
        var wrong = new CallIdentity(Credential.Parse(Wrong));
        var first = await FailAsync(wrong);
        var second = await FailAsync(wrong);

        Assert.Equal((UpstreamFailureKind.CredentialRefused, 401), (first.Kind, first.Status));
        Assert.Equal(UpstreamFailureKind.CredentialRefusedBefore, second.Kind);
        Assert.Single(_world.Nextcloud.Requests);
    }

    [Theory]
    [InlineData("text/html", "<html></html>")]
    [InlineData("application/json", "{}")]
    [InlineData("text/html", "")]
    public async Task An_answer_that_is_no_document_is_a_failure(string type, string body)
    {
        _instead = _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(body, System.Text.Encoding.UTF8, type) };

        Assert.Equal(UpstreamFailureKind.BadAnswer, (await FailAsync()).Kind);
    }

    [Theory]
    [InlineData(13, 200)]
    [InlineData(20, 200)]
    [InlineData(13, 401)]
    public async Task Without_a_section_of_talk_a_room_list_of_version_1_proves_talk_3_0_0(int nextcloud, int roomStatus)
    {
        WithoutTalk(nextcloud, _ => Json(roomStatus));

        var profile = await GetAsync();

        Assert.Equal(new Version(3, 0, 0), profile.Version);
        Assert.Equal(new ApiVersions(1, 1, 1), profile.Api);
        Assert.Empty(profile.Features);
        Assert.Equal("/ocs/v2.php/apps/spreed/api/v1/room", Questions[^1].Path);
    }

    [Theory]
    [InlineData(13, 404, "/ocs/v2.php/apps/spreed/api/v1/room", UpstreamFailureKind.TalkMissing)]
    [InlineData(20, 404, "/ocs/v2.php/apps/spreed/api/v1/room", UpstreamFailureKind.TalkMissing)]
    [InlineData(20, 403, "/ocs/v2.php/apps/spreed/api/v1/room", UpstreamFailureKind.TalkForbidden)]
    [InlineData(31, 404, "/ocs/v2.php/apps/spreed/api/v4/room", UpstreamFailureKind.TalkMissing)]
    [InlineData(31, 403, "/ocs/v2.php/apps/spreed/api/v4/room", UpstreamFailureKind.TalkForbidden)]
    [InlineData(31, 401, "/ocs/v2.php/apps/spreed/api/v4/room", UpstreamFailureKind.TalkMissing)]
    public async Task Without_talk_callers_hear_so_and_the_server_is_asked_once_a_minute(int nextcloud, int roomStatus, string path, object kind)
    {
        WithoutTalk(nextcloud, _ => Json(roomStatus, code: 998));

        Assert.Equal(kind, (await FailAsync(CallIdentity.Anonymous)).Kind);
        Assert.Equal(kind, (await FailAsync(CallIdentity.Anonymous)).Kind);

        Assert.Equal(2, Questions.Count);
        Assert.Equal(path, Questions[^1].Path);
    }

    [Fact]
    public async Task An_old_html_page_is_no_proof_of_talk()
    {
        WithoutTalk(13, _ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("<html></html>") });

        Assert.Equal(UpstreamFailureKind.TalkMissing, (await FailAsync()).Kind);
    }

    [Fact]
    public async Task Talk_that_is_switched_off_is_forgotten()
    {
        await GetAsync();
        _world.Clock.Advance(Minute);
        WithoutTalk(20, _ => Json(404, code: 998));

        Assert.Equal(UpstreamFailureKind.TalkMissing, (await Assert.ThrowsAsync<UpstreamException>(async () => await RefreshAsync())).Failure.Kind);
        Assert.Equal(UpstreamFailureKind.TalkMissing, (await FailAsync()).Kind);
    }

    [Fact]
    public async Task The_question_is_not_asked_in_the_callers_session()
    {
        var session = new TalkGateway.Talk.Sessions.SessionJar();

        await _world.Server.Capabilities.GetAsync(AliceCalls with { Session = session }, CancellationToken.None);

        Assert.False(session.HasChanged);
    }

    private ValueTask<ServerProfile> GetAsync() => _world.Server.Capabilities.GetAsync(AliceCalls, CancellationToken.None);

    private ValueTask<ServerProfile> RefreshAsync() => _world.Server.Capabilities.RefreshAsync(AliceCalls, CancellationToken.None);

    private void Observe(string hash) => _world.Server.Capabilities.Observe(AliceCalls, hash);

    private async Task<UpstreamFailure> FailAsync(CallIdentity? identity = null) =>
        (await Assert.ThrowsAsync<UpstreamException>(async () => await _world.Server.Capabilities.GetAsync(identity ?? AliceCalls, CancellationToken.None))).Failure;

    private (Task Asked, Action Release) HoldNextAnswer()
    {
        var (asked, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        _world.Nextcloud.Intercept = async request =>
        {
            asked.TrySetResult();
            await release.Task;
            return Capabilities(request);
        };
        return (asked.Task, release.SetResult);
    }

    /// <summary>A cache that the test disposes of.</summary>
    private CapabilityCache OfItsOwn() => new(_world.Server.Client, _world.Options.Capabilities, _world.Clock, NullLogger<CapabilityCache>.Instance);

    /// <summary>Here, so that the caller holds nothing of it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task AskInTheBackgroundAndDisposeAsync()
    {
        var cache = OfItsOwn();
        await cache.GetAsync(CallIdentity.Anonymous, CancellationToken.None);
        cache.Dispose();
        for (var i = 0; i < 20; i++)
        {
            _world.Clock.Advance(_world.Options.Capabilities.MaxAge);
            await cache.GetAsync(CallIdentity.Anonymous, CancellationToken.None);
            await Task.Yield();
        }

        await Assert.ThrowsAnyAsync<Exception>(async () => await cache.RefreshAsync(CallIdentity.Anonymous, CancellationToken.None));
    }

    private void WithoutTalk(int nextcloud, Func<Request, HttpResponseMessage?> rooms)
    {
        (_features, _nextcloud) = ("", nextcloud);
        _instead = request => request.Path.EndsWith("/room", StringComparison.Ordinal) ? rooms(request) : null;
    }

    private HttpResponseMessage? Capabilities(Request request)
    {
        if (request.Authorization == Wrong || !request.Path.EndsWith("/capabilities", StringComparison.Ordinal))
        {
            return null;
        }

        var talk = _features.Length == 0 ? "" : $"\"spreed\":{{\"features\":[{string.Join(",", _features.Split(' ').Select(f => $"\"{f}\""))}],\"config\":{{\"attachments\":{{\"folder\":\"{_folder}\"}}}}}}";
        return Json(200, $"{{\"version\":{{\"major\":{_nextcloud}}},\"capabilities\":{{{talk}}}}}");
    }
}
