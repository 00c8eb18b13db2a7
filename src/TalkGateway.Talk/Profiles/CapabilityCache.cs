using BitFaster.Caching.Lru;
using Microsoft.Extensions.Logging;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Logins;
using TalkGateway.Talk.Transport;

namespace TalkGateway.Talk.Profiles;

/// <summary>
/// Knows what a server can do for each credential, and asks it as rarely as possible: one question at a time per credential,
/// and none within <see cref="CapabilityOptions.MinRefreshInterval"/> of the one before, whatever the load. What is known goes
/// on counting while it is asked again and while the server fails.
/// </summary>
internal sealed class CapabilityCache : IDisposable
{
    // Servers have a handful of kinds of users (guests, who may use what); more profiles than this are another server's every day.
    private const int MaxProfiles = 16;

    // Talk's are half as long. Whatever else comes is not kept, so that an entry takes the same room whatever the server says.
    private const int LongestHash = 80;

    private readonly OcsClient _client;
    private readonly CapabilityReader _reader;
    private readonly CapabilityOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _upstream;
    private readonly ConcurrentLru<CredentialKey, Entry> _entries;
    private readonly CancellationTokenSource _disposing = new();

    // Users whose answers come to the same share one profile, and the routes that are worked out for it. Newest first.
    private readonly List<ServerProfile> _profiles = [];

    public CapabilityCache(OcsClient client, CapabilityOptions options, TimeProvider time, ILogger<CapabilityCache> logger)
    {
        _upstream = client.Upstream;
        _client = client;
        _reader = new CapabilityReader(client, time);
        _options = options;
        _time = time;
        _logger = logger;
        _entries = new ConcurrentLru<CredentialKey, Entry>(options.MaxCount);
    }

    /// <summary>The server's profile for this caller: the known one if there is one, however old.</summary>
    /// <exception cref="UpstreamException">Nothing is known and the server does not tell.</exception>
    public ValueTask<ServerProfile> GetAsync(CallIdentity identity, CancellationToken cancellationToken)
    {
        if (!_entries.TryGet(identity.Credential.Key, out var entry) || entry.Profile is not { } profile)
        {
            return RefreshAsync(identity, cancellationToken);
        }

        if (entry.IsOutdated || _time.GetElapsedTime(entry.AskedAt) >= _options.MaxAge)
        {
            _ = StartFlight(entry, identity);
        }

        return ValueTask.FromResult(profile);
    }

    /// <summary>
    /// Asks the server again, unless it was asked a moment ago, and answers what is known then: for a path that a server refused
    /// although the profile promised it. The same instance comes back when nothing was learnt.
    /// </summary>
    /// <exception cref="UpstreamException">Nothing is known and the server does not tell.</exception>
    public async ValueTask<ServerProfile> RefreshAsync(CallIdentity identity, CancellationToken cancellationToken)
    {
        // Before there is an entry: who guesses passwords must not take the places of those who have one.
        await _client.ProveAsync(identity, cancellationToken);
        return await AskAsync(_entries.GetOrAdd(identity.Credential.Key, static _ => new Entry()), identity, cancellationToken);
    }

    /// <summary>Takes what the server told the caller just now, when asked by the caller itself.</summary>
    /// <returns>The profile that counts from now on.</returns>
    public ServerProfile Learn(CallIdentity identity, CapabilityDocument told)
    {
        var entry = _entries.GetOrAdd(identity.Credential.Key, static _ => new Entry());
        var profile = Share(told.ToProfile());
        lock (entry)
        {
            (entry.Profile, entry.Failure, entry.IsOutdated) = (profile, null, false);
            (entry.HasAsked, entry.AskedAt) = (true, _time.GetTimestamp());
        }

        return profile;
    }

    /// <summary>
    /// The server's profile for a caller to whom the server just published nothing of Talk: asked for at once where another was known,
    /// since Talk may be gone. Where it was known so (Talk 3.0.0), it stays.
    /// </summary>
    /// <exception cref="UpstreamException">The server has no Talk for this caller, or does not tell.</exception>
    public ValueTask<ServerProfile> GetDoubtedAsync(CallIdentity identity, CancellationToken cancellationToken)
    {
        if (!_entries.TryGet(identity.Credential.Key, out var entry) || entry.Profile is not { Features.Count: not 0 })
        {
            return GetAsync(identity, cancellationToken);
        }

        lock (entry)
        {
            entry.HasAsked = false;
        }

        return RefreshAsync(identity, cancellationToken);
    }

    /// <summary>
    /// Notes the <c>X-Nextcloud-Talk-Hash</c> of a room list or a single room (those of other answers are another number);
    /// another one than before makes the profile be renewed in the background.
    /// </summary>
    public void Observe(CallIdentity identity, string talkHash)
    {
        if (!_entries.TryGet(identity.Credential.Key, out var entry) || entry.TalkHash == talkHash || talkHash.Length > LongestHash)
        {
            return;
        }

        lock (entry)
        {
            // The first one only says from where on changes count.
            entry.IsOutdated |= entry.TalkHash is not null && entry.TalkHash != talkHash;
            entry.TalkHash = talkHash;
        }

        if (entry.IsOutdated)
        {
            _ = StartFlight(entry, identity);
        }
    }

    public void Dispose()
    {
        _disposing.Cancel();
        _disposing.Dispose();
    }

    private async Task<ServerProfile> AskAsync(Entry entry, CallIdentity identity, CancellationToken cancellationToken)
    {
        if (StartFlight(entry, identity) is { } flight)
        {
            await flight.WaitAsync(cancellationToken);
        }

        lock (entry)
        {
            return entry.Profile ?? throw new UpstreamException(entry.Failure! with { RetryAfter = entry.Failure.RetryAfter ?? Rest(entry) });
        }
    }

    private TimeSpan? Rest(Entry entry) =>
        entry.HasAsked && _options.MinRefreshInterval - _time.GetElapsedTime(entry.AskedAt) is var rest && rest > TimeSpan.Zero ? rest : null;

    /// <summary>The flight under way, or a new one; null where the server was asked a moment ago. The task never fails for reasons of the server.</summary>
    private Task? StartFlight(Entry entry, CallIdentity identity)
    {
        TaskCompletionSource flight;
        lock (entry)
        {
            if (entry.Flight is not null || Rest(entry) is not null)
            {
                return entry.Flight?.Task;
            }

            flight = entry.Flight = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            entry.HasAsked = true;
            entry.AskedAt = _time.GetTimestamp();
            entry.IsOutdated = false;
        }

        // On nobody's token and in nobody's context, since others may wait for it too; in nobody's session.
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => FlyAsync(entry, flight, identity with { Session = null }), CancellationToken.None);
        }

        return flight.Task;
    }

    private async Task FlyAsync(Entry entry, TaskCompletionSource flight, CallIdentity identity)
    {
        try
        {
            var profile = Share(await _reader.ReadAsync(identity, _disposing.Token));
            lock (entry)
            {
                (entry.Profile, entry.Failure, entry.Flight) = (profile, null, null);
            }

            flight.SetResult();
        }
        catch (UpstreamException e)
        {
            Fail(entry, identity.Credential.Key, e.Failure);
            flight.SetResult();
        }
        catch (Exception e)
        {
            // The gateway's own fault, or its end: whoever waits must hear of it, and if nobody does the log must.
            lock (entry)
            {
                entry.Flight = null;
                entry.HasAsked = false;
            }

            if (e is not (OperationCanceledException or ObjectDisposedException))
            {
                CapabilityLog.Broken(_logger, _upstream, e);
            }

            flight.SetException(e);
            _ = flight.Task.Exception;
        }
    }

    private void Fail(Entry entry, CredentialKey credential, UpstreamFailure failure)
    {
        lock (entry)
        {
            entry.Flight = null;
            entry.Failure = failure;

            // What never arrived at the server was no question, unless callers have something to go on with meanwhile.
            entry.HasAsked = failure.MayHaveArrived || entry.Profile is not null;
            entry.IsOutdated = true;
            if (failure.Kind is UpstreamFailureKind.TalkMissing or UpstreamFailureKind.TalkForbidden)
            {
                entry.Profile = null;
            }
            else if (entry.Profile is not null)
            {
                CapabilityLog.Stale(_logger, _upstream, credential, failure.Message);
            }
        }
    }

    private ServerProfile Share(ServerProfile profile)
    {
        lock (_profiles)
        {
            if (_profiles.Find(known => known.Equals(profile)) is { } known)
            {
                return known;
            }

            if (_profiles.Count == 0 || _profiles[0].Version != profile.Version || _profiles[0].Api != profile.Api)
            {
                CapabilityLog.Learnt(_logger, _upstream, profile.Version, profile.NextcloudVersion, profile.Api);
            }

            _profiles.Insert(0, profile);
            if (_profiles.Count > MaxProfiles)
            {
                _profiles.RemoveAt(MaxProfiles);
            }

            return profile;
        }
    }

    private sealed class Entry
    {
        public volatile ServerProfile? Profile;
        public volatile bool IsOutdated;

        public UpstreamFailure? Failure { get; set; }

        public TaskCompletionSource? Flight { get; set; }

        public bool HasAsked { get; set; }

        public long AskedAt { get; set; }

        public string? TalkHash { get; set; }
    }
}
