using System.Collections.Concurrent;
using TalkGateway.Memory;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Logins;
using TalkGateway.Talk.Transport;
using Xunit;
using static TalkGateway.Talk.Tests.Transport.UpstreamWorld;

namespace TalkGateway.Talk.Tests.Transport;

public sealed class OcsPipelineTests
{
    public static TheoryData<string, HttpRequestError, int> Failures => new()
    {
        // a connection that never opened: anything may go again
        { "read", HttpRequestError.ConnectionError, 3 },
        { "idempotent", HttpRequestError.NameResolutionError, 3 },
        { "write", HttpRequestError.ConnectionError, 3 },
        { "write", HttpRequestError.SecureConnectionError, 3 },

        // one that broke: the server may have carried it out
        { "read", HttpRequestError.ResponseEnded, 3 },
        { "idempotent", HttpRequestError.ResponseEnded, 3 },
        { "write", HttpRequestError.ResponseEnded, 1 },
        { "write", HttpRequestError.Unknown, 1 },
        { "read", HttpRequestError.HttpProtocolError, 3 },
        { "write", HttpRequestError.HttpProtocolError, 1 },

        // something that is not HTTP will not be any the next time
        { "read", HttpRequestError.InvalidResponse, 1 },
        { "write", HttpRequestError.InvalidResponse, 1 },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Only_what_cannot_happen_twice_is_repeated(string request, HttpRequestError error, int attempts)
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.Intercept = _ => throw new HttpRequestException(error);

        await world.FailAsync(RequestOf(request));

        Assert.Equal(attempts, world.Nextcloud.Requests.Count);
        Assert.Equal(attempts - 1, world.Server.Client.Statistics.Retries);
    }

    [Theory]
    [InlineData("read", 502, 3)]
    [InlineData("read", 504, 3)]
    [InlineData("idempotent", 502, 3)]
    [InlineData("write", 502, 1)]
    [InlineData("write", 504, 1)]
    [InlineData("read", 503, 1)] // maintenance lasts
    [InlineData("read", 500, 1)]
    [InlineData("read", 429, 1)]
    [InlineData("read", 404, 1)]
    public async Task Of_answers_only_those_of_a_proxy_in_front_are_asked_for_again(string request, int status, int attempts)
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.Intercept = _ => Task.FromResult<HttpResponseMessage?>(FakeNextcloud.Json(status));

        Assert.Equal(status, (await world.SendAsync(RequestOf(request))).Status);
        Assert.Equal(attempts, world.Nextcloud.Requests.Count);
    }

    [Theory]
    [InlineData("read", true)]
    [InlineData("idempotent", false)]
    [InlineData("write", false)]
    public async Task A_lost_answer_says_whether_it_was_to_a_read(string request, bool isOfRead)
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.Intercept = _ => throw new HttpRequestException(HttpRequestError.ResponseEnded);

        var failure = await world.FailAsync(RequestOf(request));

        Assert.Equal((true, isOfRead), (failure.MayHaveArrived, failure.IsOfRead));
    }

    [Theory]
    [InlineData("idempotent", 502, 3)]
    [InlineData("write", 502, 1)]
    [InlineData("write", 504, 1)]
    public async Task A_page_of_a_proxy_in_the_place_of_an_answer_to_a_write_is_a_lost_answer(string request, int status, int attempts)
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.Intercept = _ => Task.FromResult<HttpResponseMessage?>(
            new HttpResponseMessage((System.Net.HttpStatusCode)status) { Content = new StringContent("<html>Bad Gateway</html>") });

        var failure = await world.FailAsync(RequestOf(request));

        Assert.Equal((UpstreamFailureKind.Interrupted, true, false, status), (failure.Kind, failure.MayHaveArrived, failure.IsOfRead, failure.Status));
        Assert.Equal(attempts, world.Nextcloud.Requests.Count);
    }

    [Fact]
    public async Task A_repetition_that_goes_well_is_all_the_caller_sees()
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.Intercept = _ => world.Nextcloud.Requests.Count < 3
            ? throw new HttpRequestException(HttpRequestError.ConnectionError)
            : Task.FromResult<HttpResponseMessage?>(FakeNextcloud.Json(201));

        Assert.Equal(201, (await world.SendAsync(Post())).Status);
    }

    [Fact]
    public async Task A_request_with_a_limit_of_its_own_is_never_repeated()
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.Intercept = _ => throw new HttpRequestException(HttpRequestError.ConnectionError);

        await world.FailAsync(Get() with { SingleAttempt = true });

        Assert.Single(world.Nextcloud.Requests);
    }

    [Fact]
    public async Task Repetitions_wait_by_the_clock_longer_each_time()
    {
        var clock = new StepClock();
        var options = new UpstreamOptions { Address = "http://cloud.test", Retry = new RetryOptions { MaxRetries = 2, BaseDelay = TimeSpan.FromSeconds(1) } };
        using var server = new FakeNextcloud { Intercept = _ => throw new HttpRequestException(HttpRequestError.ConnectionError) };
        using var client = new OcsClient("main", options, clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<OcsClient>.Instance, ByteBudget.Unlimited, server);

        Assert.NotNull((await client.SendAsync(Get(), CallIdentity.Anonymous, CancellationToken.None)).Failure);

        var pauses = clock.Waits.Where(w => w != options.AttemptTimeout).ToList();
        Assert.Equal(2, pauses.Count);
        Assert.All(pauses, pause => Assert.InRange(pause, TimeSpan.Zero, TimeSpan.FromSeconds(10)));
        Assert.All(pauses, pause => Assert.NotEqual(TimeSpan.Zero, pause));
    }

    [Fact]
    public async Task A_server_that_is_too_slow_times_out_without_being_asked_again()
    {
        using var world = new UpstreamWorld();
        var asked = new TaskCompletionSource();
        world.Nextcloud.Intercept = _ =>
        {
            asked.SetResult();
            return new TaskCompletionSource<HttpResponseMessage?>().Task;
        };

        var call = world.FailAsync(Get());
        await asked.Task;
        world.Clock.Advance(world.Options.AttemptTimeout);
        var failure = await call;

        Assert.Equal((UpstreamFailureKind.Timeout, true), (failure.Kind, failure.MayHaveArrived));
        Assert.Single(world.Nextcloud.Requests);
    }

    [Fact]
    public async Task A_long_poll_may_take_its_time_on_top()
    {
        using var world = new UpstreamWorld();
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource<HttpResponseMessage?>();
        world.Nextcloud.Intercept = _ =>
        {
            asked.SetResult();
            return answer.Task;
        };

        var call = world.SendAsync(Get() with { LongPoll = TimeSpan.FromSeconds(30) });
        await asked.Task;
        world.Clock.Advance(world.Options.AttemptTimeout + TimeSpan.FromSeconds(29));
        answer.SetResult(FakeNextcloud.Json(200));

        Assert.Equal(200, (await call).Status);
    }

    [Fact]
    public async Task The_callers_deadline_stands_above_everything()
    {
        using var world = new UpstreamWorld();
        using var deadline = new CancellationTokenSource();
        world.Nextcloud.Intercept = async _ =>
        {
            await deadline.CancelAsync();
            return await new TaskCompletionSource<HttpResponseMessage?>().Task;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.SendAsync(Get(), cancellationToken: deadline.Token));
        Assert.Single(world.Nextcloud.Requests);
    }

    [Fact]
    public async Task After_many_failures_the_server_is_left_alone_until_the_break_is_over()
    {
        using var world = new UpstreamWorld(o => o with
        {
            Retry = new RetryOptions { MaxRetries = 0 },
            CircuitBreaker = new CircuitBreakerOptions { MinimumAttempts = 4, Break = TimeSpan.FromSeconds(2) },
        });
        var isDown = true;
        world.Nextcloud.Intercept = _ => isDown ? throw new HttpRequestException(HttpRequestError.ConnectionError) : Task.FromResult<HttpResponseMessage?>(FakeNextcloud.Json(200));
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(UpstreamFailureKind.Unreachable, (await world.FailAsync(Get())).Kind);
        }

        var failure = await world.FailAsync(Get());
        Assert.Equal((UpstreamFailureKind.CircuitOpen, false), (failure.Kind, failure.MayHaveArrived));
        Assert.InRange(failure.RetryAfter!.Value, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(2));
        Assert.Equal(4, world.Nextcloud.Requests.Count);

        isDown = false;
        world.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(200, (await world.SendAsync(Get())).Status);
    }

    [Fact]
    public async Task A_server_that_still_fails_after_the_break_is_left_alone_for_another()
    {
        using var world = new UpstreamWorld(o => o with
        {
            Retry = new RetryOptions { MaxRetries = 0 },
            CircuitBreaker = new CircuitBreakerOptions { MinimumAttempts = 2, Break = TimeSpan.FromSeconds(2) },
        });
        world.Nextcloud.Intercept = _ => throw new HttpRequestException(HttpRequestError.ConnectionError);
        await world.FailAsync(Get());
        await world.FailAsync(Get());

        world.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(UpstreamFailureKind.Unreachable, (await world.FailAsync(Get())).Kind);
        Assert.Equal(UpstreamFailureKind.CircuitOpen, (await world.FailAsync(Get())).Kind);
        Assert.Equal(3, world.Nextcloud.Requests.Count);
        Assert.Equal(2, world.Logs.Count(line => line.StartsWith("2002 ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Failures_count_by_their_share_of_all_attempts_within_the_window()
    {
        using var world = new UpstreamWorld(o => o with
        {
            Retry = new RetryOptions { MaxRetries = 0 },
            CircuitBreaker = new CircuitBreakerOptions { MinimumAttempts = 4, FailureRatio = 0.5, Window = TimeSpan.FromSeconds(10) },
        });
        var isDown = false;
        world.Nextcloud.Intercept = _ => isDown ? throw new HttpRequestException(HttpRequestError.ConnectionError) : Task.FromResult<HttpResponseMessage?>(FakeNextcloud.Json(200));
        for (var i = 0; i < 5; i++)
        {
            await world.SendAsync(Get());
        }

        isDown = true;
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(UpstreamFailureKind.Unreachable, (await world.FailAsync(Get())).Kind);
        }

        // What went well is forgotten, and then so are the failures.
        world.Clock.Advance(TimeSpan.FromSeconds(20));
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(UpstreamFailureKind.Unreachable, (await world.FailAsync(Get())).Kind);
        }

        Assert.Equal(UpstreamFailureKind.CircuitOpen, (await world.FailAsync(Get())).Kind);
    }

    [Fact]
    public async Task What_nextcloud_answers_never_opens_the_circuit()
    {
        using var world = new UpstreamWorld(o => o with { CircuitBreaker = new CircuitBreakerOptions { MinimumAttempts = 2 } });
        world.Nextcloud.Intercept = _ => Task.FromResult<HttpResponseMessage?>(FakeNextcloud.Json(503));
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(503, (await world.SendAsync(Get())).Status);
        }
    }

    [Fact]
    public async Task A_redirect_is_logged_with_the_remedy()
    {
        using var world = new UpstreamWorld();
        world.Nextcloud.Intercept = _ => Task.FromResult<HttpResponseMessage?>(
            new HttpResponseMessage(System.Net.HttpStatusCode.Redirect) { Headers = { Location = new Uri("https://cloud.example.com/elsewhere") } });

        await world.FailAsync(Get());

        Assert.Single(world.Logs, line => line.StartsWith("2004 ", StringComparison.Ordinal) && line.Contains("https://cloud.example.com", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_log_and_no_failure_shows_a_secret()
    {
        using var world = new UpstreamWorld(o => o with { CircuitBreaker = new CircuitBreakerOptions { MinimumAttempts = 2 } });
        await world.FailAsync(Get(), FakeNextcloud.Wrong);
        await world.SendAsync(Get(), FakeNextcloud.AliceApp);
        world.Nextcloud.EndSessions();
        await world.SendAsync(Get(), FakeNextcloud.AliceApp);
        world.Nextcloud.Intercept = _ => Task.FromResult<HttpResponseMessage?>(FakeNextcloud.Json(429));
        await world.FailAsync(Get(), FakeNextcloud.Alice);
        world.Nextcloud.Intercept = _ => throw new HttpRequestException(HttpRequestError.ConnectionError);
        var texts = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            texts.Add((await world.FailAsync(Get("/ocs/v2.php/apps/spreed/api/v4/room/privatetoken"), FakeNextcloud.Alice)).ToString());
        }

        texts.AddRange(world.Logs);

        Assert.True(world.Logs.Select(l => l[..4]).Distinct().Count() >= 5);
        Assert.All(texts, text =>
        {
            Assert.DoesNotContain("YWxpY2U6", text, StringComparison.Ordinal);
            Assert.DoesNotContain("pass-s", text, StringComparison.Ordinal);
            Assert.DoesNotContain("oc123", text, StringComparison.Ordinal);
            Assert.DoesNotContain("privatetoken", text, StringComparison.Ordinal);
        });
    }

    private static OcsRequest RequestOf(string kind) => kind switch
    {
        "read" => Get(),
        "idempotent" => Post() with { Repeatability = Repeatability.Idempotent },
        _ => Post(),
    };

    /// <summary>Every pause is over at once, and noted. Timeouts never come.</summary>
    private sealed class StepClock : TimeProvider
    {
        public ConcurrentQueue<TimeSpan> Waits { get; } = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Waits.Enqueue(dueTime);
            }

            var isPause = dueTime != TimeSpan.FromSeconds(30) && dueTime != Timeout.InfiniteTimeSpan;
            if (isPause)
            {
                ThreadPool.UnsafeQueueUserWorkItem(_ => callback(state), null);
            }

            return new StillTimer();
        }

        private sealed class StillTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
