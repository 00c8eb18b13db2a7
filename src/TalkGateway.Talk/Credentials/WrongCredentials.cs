using TalkGateway.Talk.Upstream;

namespace TalkGateway.Talk.Credentials;

/// <summary>
/// Remembers for a short while which credentials the server refused. One gateway shares its address among all its users, and
/// Nextcloud throttles and then blocks an address that keeps sending wrong passwords.
/// </summary>
internal sealed class WrongCredentials(WrongCredentialOptions options, TimeProvider time)
{
    private readonly LruCache<CredentialKey, long> _refusedAt = new(options.MaxCount);

    /// <summary>How long this credential is still refused without asking the server; zero when it may be sent.</summary>
    public TimeSpan RefusedFor(CredentialKey key)
    {
        if (key == default || !_refusedAt.TryGet(key, out var refusedAt))
        {
            return TimeSpan.Zero;
        }

        var rest = options.Duration - time.GetElapsedTime(refusedAt);
        if (rest > TimeSpan.Zero)
        {
            return rest;
        }

        _refusedAt.Remove(key);
        return TimeSpan.Zero;
    }

    /// <summary>The server refused this credential.</summary>
    public void Remember(CredentialKey key)
    {
        if (key != default && options.Duration > TimeSpan.Zero)
        {
            _refusedAt.Set(key, time.GetTimestamp());
        }
    }

    /// <summary>The server accepted this credential.</summary>
    public void Forget(CredentialKey key) => _refusedAt.Remove(key);
}
