using Microsoft.Extensions.Logging;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Failures;

namespace TalkGateway.Talk.Transport;

/// <summary>
/// Counts the requests that wait at a server by intent, for up to half a minute each, and refuses those beyond the limits of
/// <see cref="LongPollOptions"/> at once: queueing would only add its own wait to theirs.
/// </summary>
internal sealed class LongPollBudget(string upstream, LongPollOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>Polls end all the time, so places come free within seconds.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Dictionary<Owner, int> _byOwner = [];
    private int _count;
    private int _ofGuests;
    private long? _warnedAt;

    /// <summary>Fires when no request may wait any longer.</summary>
    public CancellationToken Ended => _end.Token;

    /// <summary>Ends all requests that wait.</summary>
    public void End() => _end.Cancel();

    /// <summary>What a request hears that waited when the end came, or comes after it.</summary>
    public UpstreamFailure Stopping() =>
        new(UpstreamFailureKind.GatewayStopping, upstream, "The gateway is about to stop: call again, which another one answers.") { IsOfRead = true };

    public void Dispose() => _end.Dispose();

    /// <summary>
    /// Takes a place for one request, until it is disposed of. Null where there is none left; then
    /// <paramref name="refusal"/> says so (<see cref="UpstreamFailureKind.TooManyLongPolls"/>).
    /// </summary>
    public IDisposable? TryEnter(CallIdentity identity, out UpstreamFailure? refusal)
    {
        var owner = Owner.Of(identity);
        refusal = null;
        lock (_gate)
        {
            var own = _byOwner.GetValueOrDefault(owner);
            if (own >= options.MaxPerCredential)
            {
                refusal = Refusal($"already waits in {own} calls for this caller (option LongPolls:MaxPerCredential)");
                return null;
            }

            if (_count >= options.MaxCount)
            {
                Warn(nameof(options.MaxCount), options.MaxCount);
                refusal = Refusal($"already waits in {_count} calls (option LongPolls:MaxCount)");
                return null;
            }

            if (owner.IsGuest && _ofGuests >= options.MaxForGuests)
            {
                Warn(nameof(options.MaxForGuests), options.MaxForGuests);
                refusal = Refusal($"already waits in {_ofGuests} calls of guests (option LongPolls:MaxForGuests)");
                return null;
            }

            _byOwner[owner] = own + 1;
            _count++;
            _ofGuests += owner.IsGuest ? 1 : 0;
        }

        return new Place(this, owner);
    }

    private void Leave(Owner owner)
    {
        lock (_gate)
        {
            _count--;
            _ofGuests -= owner.IsGuest ? 1 : 0;
            var own = _byOwner[owner] - 1;
            if (own == 0)
            {
                _byOwner.Remove(owner);
            }
            else
            {
                _byOwner[owner] = own;
            }
        }
    }

    /// <summary>One user's limit is that user's affair; the others are the operator's.</summary>
    private void Warn(string option, int limit)
    {
        if (_warnedAt is not { } before || time.GetElapsedTime(before) >= WarningInterval)
        {
            _warnedAt = time.GetTimestamp();
            UpstreamLog.LongPollsFull(logger, upstream, option, limit);
        }
    }

    private UpstreamFailure Refusal(string what) =>
        new(UpstreamFailureKind.TooManyLongPolls, upstream, $"The gateway {what} at the server \"{upstream}\"; nothing was sent.") { RetryAfter = Retry };

    /// <summary>Who waits: an account by its credential, a guest by the session.</summary>
    private readonly record struct Owner(CredentialKey Credential, string Session)
    {
        public bool IsGuest => Credential == default;

        public static Owner Of(CallIdentity identity) => identity.Credential.Scheme == CredentialScheme.None
            ? new Owner(default, identity.Session?.Cookies.Header ?? "")
            : new Owner(identity.Credential.Key, "");
    }

    private sealed class Place(LongPollBudget budget, Owner owner) : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref _left, true))
            {
                budget.Leave(owner);
            }
        }
    }
}
