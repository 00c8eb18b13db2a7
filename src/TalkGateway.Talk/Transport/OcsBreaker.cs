using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Failures;

namespace TalkGateway.Talk.Transport;

/// <summary>
/// Leaves a server alone for a moment after many failures. The rules are Polly's; an attempt passes by them while the circuit is
/// closed and is only counted when it is over, which costs a fraction of being carried out inside of them.
/// </summary>
internal sealed class OcsBreaker
{
    private readonly string _upstream;
    private readonly CircuitBreakerOptions _options;
    private readonly CircuitBreakerStateProvider _state = new();
    private readonly ResiliencePipeline<OcsOutcome> _pipeline;

    public OcsBreaker(string upstream, CircuitBreakerOptions options, TimeProvider time, ILogger logger)
    {
        _upstream = upstream;
        _options = options;
        _pipeline = new ResiliencePipelineBuilder<OcsOutcome> { Name = upstream, TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<OcsOutcome>
            {
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.MinimumAttempts,
                SamplingDuration = options.Window,
                BreakDuration = options.Break,
                StateProvider = _state,
                ShouldHandle = static args => ValueTask.FromResult(IsFailure(args.Outcome.Result)),
                OnOpened = args =>
                {
                    UpstreamLog.CircuitOpened(logger, upstream, args.BreakDuration, args.Outcome.Result.Failure!.Message);
                    return default;
                },
                OnClosed = _ =>
                {
                    UpstreamLog.CircuitClosed(logger, upstream);
                    return default;
                },
            })
            .Build();
    }

    /// <summary>Attempts need not be guarded, only counted.</summary>
    public bool IsClosed => _state.CircuitState == CircuitState.Closed;

    /// <summary>
    /// Counts an attempt that was begun while the circuit was closed; the default outcome is that of one that its caller gave up. Where
    /// a break has begun meanwhile it says nothing: the attempt that ends the break decides.
    /// </summary>
    public ValueTask CountAsync(OcsOutcome outcome)
    {
        if (!IsClosed)
        {
            return default;
        }

        var context = ResilienceContextPool.Shared.Get();
        var counted = _pipeline.ExecuteOutcomeAsync(static (_, outcome) => ValueTask.FromResult(Outcome.FromResult(outcome)), context, outcome);
        if (!counted.IsCompletedSuccessfully)
        {
            return FinishAsync(counted, context);
        }

        _ = counted.Result;
        ResilienceContextPool.Shared.Return(context);
        return default;
    }

    /// <summary>Carries out an attempt while the circuit is not closed: refuses it, or lets it try whether the server is back.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<OcsOutcome> GuardAsync<TState>(
        TState state, Func<TState, CancellationToken, ValueTask<OcsOutcome>> attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(
                static (guarded, token) => guarded.attempt(guarded.state, token), (state, attempt), cancellationToken);
        }
        catch (BrokenCircuitException open)
        {
            return new UpstreamFailure(UpstreamFailureKind.CircuitOpen, _upstream, $"The server \"{_upstream}\" failed repeatedly and is left alone for a moment.")
            {
                RetryAfter = open.RetryAfter ?? _options.Break,
            };
        }
    }

    private static bool IsFailure(OcsOutcome outcome) => outcome.Failure is
    {
        Kind: UpstreamFailureKind.Unreachable or UpstreamFailureKind.Interrupted or UpstreamFailureKind.BadAnswer or UpstreamFailureKind.Timeout
    };

    private static async ValueTask FinishAsync(ValueTask<Outcome<OcsOutcome>> counted, ResilienceContext context)
    {
        await counted;
        ResilienceContextPool.Shared.Return(context);
    }
}
