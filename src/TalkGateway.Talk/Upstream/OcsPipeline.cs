using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace TalkGateway.Talk.Upstream;

/// <summary>
/// Carries out one exchange with the repetitions, pauses and limits of the options. From outside to inside: retry, circuit
/// breaker, attempt timeout. The caller's deadline is the cancellation token, which stands above all of them.
/// </summary>
internal sealed class OcsPipeline : IDisposable
{
    private static readonly ResiliencePropertyKey<OcsRequest> RequestKey = new("TalkGateway.Request");

    private readonly string _upstream;
    private readonly UpstreamOptions _options;
    private readonly UpstreamStatistics _statistics;
    private readonly ILogger _logger;
    private readonly OcsTransport _transport;
    private readonly LongPollBudget _longPolls;
    private readonly ResiliencePipeline<OcsOutcome> _pipeline;

    public OcsPipeline(string upstream, UpstreamOptions options, OcsTransport transport, UpstreamStatistics statistics, TimeProvider time, ILogger logger)
    {
        _upstream = upstream;
        _options = options;
        _transport = transport;
        _statistics = statistics;
        _logger = logger;
        _longPolls = new LongPollBudget(upstream, options.LongPolls, time, logger);
        var builder = new ResiliencePipelineBuilder<OcsOutcome> { Name = upstream, TimeProvider = time };
        AddRetry(builder, options.Retry);
        AddCircuitBreaker(builder, options.CircuitBreaker);
        builder.AddTimeout(new TimeoutStrategyOptions
        {
            TimeoutGenerator = args => ValueTask.FromResult(options.AttemptTimeout + RequestOf(args.Context).LongPoll),
        });
        _pipeline = builder.Build();
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
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(RequestKey, attempt.Request);
        try
        {
            var outcome = await _pipeline.ExecuteOutcomeAsync(
                static (context, state) => state.Pipeline.AttemptAsync(state.Attempt, state.OnLoginJar, context.CancellationToken),
                context,
                (Pipeline: this, Attempt: attempt, OnLoginJar: onLoginJar));
            return outcome switch
            {
                { Exception: TimeoutRejectedException e } => TimedOut(attempt.Request, e),
                { Exception: BrokenCircuitException e } => new UpstreamFailure(
                    UpstreamFailureKind.CircuitOpen, _upstream, $"The server \"{_upstream}\" failed repeatedly and is left alone for a moment.") { RetryAfter = e.RetryAfter ?? _options.CircuitBreaker.Break, Cause = e },
                { Exception: not null } => Throw(outcome),
                { Result: { Answer: { } answer } } when IsLostByProxy(attempt.Request, answer) => LostByProxy(answer),
                { Result: { Failure: { } failure } } when attempt.Request.Repeatability == Repeatability.Safe => failure with { IsOfRead = true },
                _ => outcome.Result,
            };
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Outcome<OcsOutcome>> AttemptAsync(OcsAttempt attempt, bool onLoginJar, CancellationToken cancellationToken)
    {
        _statistics.CountRequest(attempt.Authorization is not null, onLoginJar);
        try
        {
            var outcome = await _transport.ExchangeAsync(attempt, cancellationToken);
            if (outcome.Answer is { Status: 429 })
            {
                _statistics.CountThrottled();
                UpstreamLog.Throttled(_logger, _upstream, _statistics.Throttled);
            }
            else if (outcome.Failure is { Kind: UpstreamFailureKind.Redirected, Message: var reason })
            {
                UpstreamLog.Redirected(_logger, _upstream, reason);
            }

            return Outcome.FromResult(outcome);
        }
        catch (OperationCanceledException e)
        {
            return Outcome.FromException<OcsOutcome>(e);
        }
    }

    private UpstreamFailure TimedOut(OcsRequest request, TimeoutRejectedException timeout) => timeout.InnerException is UnsentException
        ? new UpstreamFailure(
            UpstreamFailureKind.NoConnectionFree,
            _upstream,
            $"No connection to the server \"{_upstream}\" became free within {timeout.Timeout.TotalSeconds:0.#} s (option MaxConnections); nothing was sent.")
        {
            Cause = timeout,
        }
        : new UpstreamFailure(UpstreamFailureKind.Timeout, _upstream, $"The server \"{_upstream}\" did not answer within {timeout.Timeout.TotalSeconds:0.#} s.")
        {
            MayHaveArrived = true,
            IsOfRead = request.Repeatability == Repeatability.Safe,
            Cause = timeout,
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

    private static OcsOutcome Throw(Outcome<OcsOutcome> outcome)
    {
        outcome.ThrowIfException();
        throw new InvalidOperationException("The outcome holds neither an answer nor an exception.");
    }

    private static OcsRequest RequestOf(ResilienceContext context) => context.Properties.GetValue(RequestKey, null!);

    /// <summary>What may be sent again without the server carrying it out twice, and has a chance to go better.</summary>
    private static bool MayRepeat(OcsRequest request, Outcome<OcsOutcome> outcome)
    {
        if (request.SingleAttempt)
        {
            return false;
        }

        return outcome.Result switch
        {
            // Timeouts are no reason: a slow server gets slower by more requests.
            { Failure: { Kind: UpstreamFailureKind.Unreachable, MayHaveArrived: false } } => true,
            { Failure.Kind: UpstreamFailureKind.Interrupted } => request.Repeatability != Repeatability.Once,

            // From a proxy whose PHP was just being restarted. 503 is Nextcloud's maintenance mode, which lasts.
            { Answer.Status: 502 or 504 } => request.Repeatability != Repeatability.Once,
            _ => false,
        };
    }

    private static bool IsFailure(Outcome<OcsOutcome> outcome) =>
        outcome.Exception is TimeoutRejectedException { InnerException: not UnsentException }
        || outcome.Result.Failure is { Kind: UpstreamFailureKind.Unreachable or UpstreamFailureKind.Interrupted or UpstreamFailureKind.BadAnswer };

    private static string Reason(Outcome<OcsOutcome> outcome) =>
        outcome.Exception?.Message ?? outcome.Result.Failure?.Message ?? $"it answered {outcome.Result.Answer?.Status}";

    private void AddRetry(ResiliencePipelineBuilder<OcsOutcome> builder, RetryOptions retry)
    {
        if (retry.MaxRetries == 0)
        {
            return;
        }

        builder.AddRetry(new RetryStrategyOptions<OcsOutcome>
        {
            MaxRetryAttempts = retry.MaxRetries,
            Delay = retry.BaseDelay,
            MaxDelay = TimeSpan.FromSeconds(30),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = args => ValueTask.FromResult(MayRepeat(RequestOf(args.Context), args.Outcome)),
            OnRetry = args =>
            {
                _statistics.CountRetry();
                UpstreamLog.Retrying(_logger, _upstream, args.AttemptNumber + 1, args.RetryDelay, Reason(args.Outcome));
                args.Outcome.Result.Answer?.Dispose();
                return default;
            },
        });
    }

    private void AddCircuitBreaker(ResiliencePipelineBuilder<OcsOutcome> builder, CircuitBreakerOptions breaker)
    {
        if (!breaker.Enabled)
        {
            return;
        }

        builder.AddCircuitBreaker(new CircuitBreakerStrategyOptions<OcsOutcome>
        {
            FailureRatio = breaker.FailureRatio,
            MinimumThroughput = breaker.MinimumAttempts,
            SamplingDuration = breaker.Window,
            BreakDuration = breaker.Break,
            ShouldHandle = args => ValueTask.FromResult(IsFailure(args.Outcome)),
            OnOpened = args =>
            {
                UpstreamLog.CircuitOpened(_logger, _upstream, args.BreakDuration, Reason(args.Outcome));
                return default;
            },
            OnClosed = _ =>
            {
                UpstreamLog.CircuitClosed(_logger, _upstream);
                return default;
            },
        });
    }
}
