using BitFaster.Caching.Lru;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Credentials;

namespace TalkGateway.Talk.Logins;

/// <summary>
/// Remembers for a short while which credentials the server refused. One gateway shares its address among all its users, and
/// Nextcloud throttles and then blocks an address that keeps sending wrong passwords. The first refusal may be that of an account
/// that is about to be enabled again, so it counts for a sixth of the time, and each further one twice as long as the one before.
/// </summary>
internal sealed class WrongCredentials(WrongCredentialOptions options, TimeProvider time)
{
    private const int FirstShare = 6;

    private readonly ConcurrentLru<CredentialKey, Refusal> _refusals = new(options.MaxCount);

    /// <summary>How long this credential is still refused without asking the server; zero when it may be sent.</summary>
    public TimeSpan RefusedFor(CredentialKey key)
    {
        if (!_refusals.TryGet(key, out var refusal))
        {
            return TimeSpan.Zero;
        }

        var rest = refusal.Duration - time.GetElapsedTime(refusal.At);
        return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
    }

    /// <summary>The server refused this credential.</summary>
    public void Remember(CredentialKey key)
    {
        if (options.Duration > TimeSpan.Zero)
        {
            var duration = _refusals.TryGet(key, out var before) ? 2 * before.Duration : options.Duration / FirstShare;
            _refusals.AddOrUpdate(key, new Refusal(time.GetTimestamp(), duration < options.Duration ? duration : options.Duration));
        }
    }

    /// <summary>The server accepted this credential.</summary>
    public void Forget(CredentialKey key) => _refusals.TryRemove(key);

    private readonly record struct Refusal(long At, TimeSpan Duration);
}
