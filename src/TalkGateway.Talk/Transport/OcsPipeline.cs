using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;
using Polly;
using Polly.Retry;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Failures;

namespace TalkGateway.Talk.Transport;

/// <summary>
/// Carries out one exchange with the repetitions, pauses and limits of the options. From outside to inside: retry, circuit
/// breaker, attempt timeout. The caller's deadline is the cancellation token, which stands above all of them. A first attempt that
/// goes well meets none of Polly but its count of what went well.
/// </summary>
internal sealed class OcsPipeline : IDisposable
{
    private const int MaxKeptLimits = 256;

    private readonly string _upstream;
    private readonly UpstreamOptions _options;
    private readonly UpstreamStatistics _statistics;
    private readonly ILogger _logger;
    private readonly OcsTransport _transport;
    private readonly LongPollBudget _longPolls;
    private readonly DefaultObjectPool<CancellationTokenSource> _limits;
    private readonly OcsBreaker? _breaker;
    private readonly ResiliencePipeline<OcsOutcome>? _retry;

    public OcsPipeline(string upstream, UpstreamOptions options, OcsTransport transport, UpstreamStatistics statistics, TimeProvider time, ILogger logger)
    {
        _upstream = upstream;
        _options = options;
        _transport = transport;
        _statistics = statistics;
        _logger = logger;
        _longPolls = new LongPollBudget(upstream, options.LongPolls, time, logger);
        _limits = new DefaultObjectPool<CancellationTokenSource>(new LimitPolicy(time), MaxKeptLimits);
        _breaker = options.CircuitBreaker.Enabled ? new OcsBreaker(upstream, options.CircuitBreaker, time, logger) : null;
        _retry = options.Retry.MaxRetries == 0 ? null : Retry(options.Retry, time);
    }

    /// <summary>The upstream's name.</summary>
    public string Upstream => _upstream;

    /// <summary>Ends the requests that wait for news, and lets no more wait.</summary>
    public void EndLongPolls() => _longPolls.End();

    public void Dispose() => _longPolls.Dispose();

    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public ValueTask<OcsOutcome> ExecuteAsync(OcsAttempt attempt, bool onLoginJar, CancellationToken cancellationToken) =>
        attempt.Request.LongPoll > TimeSpan.Zero ? WaitAsync(attempt, onLoginJar, cancellationToken) : SendAsync(attempt, onLoginJar, cancellationToken);

    private async ValueTask<OcsOutcome> WaitAsync(OcsAttempt attempt, bool onLoginJar, CancellationToken cancellationToken)
    {
        if (_longPolls.TryEnter(attempt.Identity, out var full) is not { } place)
        {
            return full!;
        }

        using var left = place;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _longPolls.Ended);
        try
        {
            return await SendAsync(attempt, onLoginJar, either.Token);
        }
        catch (OperationCanceledException) when (_longPolls.Ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return _longPolls.Stopping();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<OcsOutcome> SendAsync(OcsAttempt attempt, bool onLoginJar, CancellationToken cancellationToken)
    {
        var outcome = await AttemptAsync(attempt, onLoginJar, cancellationToken);
        if (_retry is not null && MayRepeat(attempt.Request, outcome))
        {
            outcome = await RepeatAsync(new Repetition(this, outcome, attempt, onLoginJar), cancellationToken);
        }

        return outcome switch
        {
            { Answer: { } answer } when IsLostByProxy(attempt.Request, answer) => LostByProxy(answer),
            { Failure: { } failure } when attempt.Request.Repeatability == Repeatability.Safe => failure with { IsOfRead = true },
            _ => outcome,
        };
    }

    private async ValueTask<OcsOutcome> RepeatAsync(Repetition repetition, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Repetition.Key, repetition);
        try
        {
            return await _retry!.ExecuteAsync(static (context, repetition) => repetition.NextAsync(context.CancellationToken), context, repetition);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private ValueTask<OcsOutcome> AttemptAsync(OcsAttempt attempt, bool onLoginJar, CancellationToken cancellationToken) => _breaker is null or { IsClosed: true }
        ? ExchangeAsync(attempt, onLoginJar, _breaker, cancellationToken)
        : _breaker.GuardAsync(
            (Pipeline: this, Attempt: attempt, OnLoginJar: onLoginJar),
            static (state, token) => state.Pipeline.ExchangeAsync(state.Attempt, state.OnLoginJar, counter: null, token),
            cancellationToken);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<OcsOutcome> ExchangeAsync(OcsAttempt attempt, bool onLoginJar, OcsBreaker? counter, CancellationToken cancellationToken)
    {
        _statistics.CountRequest(attempt.Authorization is not null, onLoginJar);
        var timeout = _options.AttemptTimeout + attempt.Request.LongPoll;
        var limit = _limits.Get();
        var outcome = default(OcsOutcome);
        try
        {
            limit.CancelAfter(timeout);
            using var end = cancellationToken.UnsafeRegister(static limit => ((CancellationTokenSource)limit!).Cancel(), limit);
            outcome = await _transport.ExchangeAsync(attempt, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            outcome = TimedOut(timeout, e);
        }
        finally
        {
            _limits.Return(limit);
            await (counter?.CountAsync(outcome) ?? default);
        }

        if (outcome.Answer is { Status: 429 })
        {
            _statistics.CountThrottled();
            UpstreamLog.Throttled(_logger, _upstream, _statistics.Throttled);
        }
        else if (outcome.Failure is { Kind: UpstreamFailureKind.Redirected, Message: var reason })
        {
            UpstreamLog.Redirected(_logger, _upstream, reason);
        }

        return outcome;
    }

    private UpstreamFailure TimedOut(TimeSpan timeout, OperationCanceledException cause) => cause is UnsentException
        ? new UpstreamFailure(
            UpstreamFailureKind.NoConnectionFree,
            _upstream,
            $"No connection to the server \"{_upstream}\" became free within {timeout.TotalSeconds:0.#} s (option MaxConnections); nothing was sent.")
        {
            Cause = cause,
        }
        : new UpstreamFailure(UpstreamFailureKind.Timeout, _upstream, $"The server \"{_upstream}\" did not answer within {timeout.TotalSeconds:0.#} s.")
        {
            MayHaveArrived = true,
            Cause = cause,
        };

    /// <summary>Whether a proxy in front of Nextcloud answered a write that Nextcloud may have carried out.</summary>
    private static bool IsLostByProxy(OcsRequest request, OcsAnswer answer) =>
        answer.Status is 502 or 504 && request.Repeatability != Repeatability.Safe && answer.Envelope is null;

    private UpstreamFailure LostByProxy(OcsAnswer answer)
    {
        var status = answer.Status;
        answer.Dispose();
        return new UpstreamFailure(UpstreamFailureKind.Interrupted, _upstream, $"A proxy in front of the server \"{_upstream}\" answered {status} in its place.")
        {
            MayHaveArrived = true,
            Status = status,
        };
    }

    /// <summary>What may be sent again without the server carrying it out twice, and has a chance to go better.</summary>
    private static bool MayRepeat(OcsRequest request, OcsOutcome outcome) => !request.SingleAttempt && outcome switch
    {
        // Timeouts are no reason: a slow server gets slower by more requests.
        { Failure: { Kind: UpstreamFailureKind.Unreachable, MayHaveArrived: false } } => true,
        { Failure.Kind: UpstreamFailureKind.Interrupted } => request.Repeatability != Repeatability.Once,

        // From a proxy whose PHP was just being restarted. 503 is Nextcloud's maintenance mode, which lasts.
        { Answer.Status: 502 or 504 } => request.Repeatability != Repeatability.Once,
        _ => false,
    };

    private ResiliencePipeline<OcsOutcome> Retry(RetryOptions retry, TimeProvider time) =>
        new ResiliencePipelineBuilder<OcsOutcome> { Name = _upstream, TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<OcsOutcome>
            {
                MaxRetryAttempts = retry.MaxRetries,
                Delay = retry.BaseDelay,
                MaxDelay = TimeSpan.FromSeconds(30),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static args =>
                    ValueTask.FromResult(MayRepeat(args.Context.Properties.GetValue(Repetition.Key, null!).Request, args.Outcome.Result)),
                OnRetry = args =>
                {
                    var failed = args.Outcome.Result;
                    _statistics.CountRetry();
                    UpstreamLog.Retrying(
                        _logger, _upstream, args.AttemptNumber + 1, args.RetryDelay, failed.Failure?.Message ?? $"it answered {failed.Answer?.Status}");
                    failed.Answer?.Dispose();
                    return default;
                },
            })
            .Build();

    /// <summary>An exchange whose first attempt failed. Polly is told of that one as if it had been there.</summary>
    private sealed class Repetition(OcsPipeline pipeline, OcsOutcome first, OcsAttempt attempt, bool onLoginJar)
    {
        public static readonly ResiliencePropertyKey<Repetition> Key = new("TalkGateway.Repetition");

        private bool _isFirstTold;

        public OcsRequest Request => attempt.Request;

        public ValueTask<OcsOutcome> NextAsync(CancellationToken cancellationToken)
        {
            if (_isFirstTold)
            {
                return pipeline.AttemptAsync(attempt, onLoginJar, cancellationToken);
            }

            _isFirstTold = true;
            return ValueTask.FromResult(first);
        }
    }

    /// <summary>Timers of attempts that were over in time serve the next ones.</summary>
    private sealed class LimitPolicy(TimeProvider time) : IPooledObjectPolicy<CancellationTokenSource>
    {
        public CancellationTokenSource Create() => new(Timeout.InfiniteTimeSpan, time);

        public bool Return(CancellationTokenSource obj)
        {
            if (obj.TryReset())
            {
                return true;
            }

            obj.Dispose();
            return false;
        }
    }
}
