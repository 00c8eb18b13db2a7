using TalkGateway.Talk.Sessions;

namespace TalkGateway.Talk.Logins;

/// <summary>
/// A credential that the server accepted, and the cookie session that all requests of the credential share, so that the server
/// need not check it each time (measured on Nextcloud 35: 690 ms with an account password, 45 ms with an app password, 28 ms with
/// a live session). Nothing is ever joined in this session, since stateful requests never travel on it.
/// </summary>
internal sealed class Login
{
    private long _provenAt;
    private long _checkedAt;
    private volatile bool _hasServed;
    private volatile bool _isUseless;

    /// <param name="user">Whose login it is.</param>
    /// <param name="cookies">The session; without one where the server keeps none.</param>
    /// <param name="provenAt">When the server accepted the credential, as a timestamp of the clock.</param>
    public Login(string? user, CookieJar cookies, long provenAt)
    {
        User = user;
        Cookies = cookies;
        _provenAt = _checkedAt = provenAt;
        _isUseless = !cookies.HasSession();
    }

    /// <summary>Id of the user; null where the server did not say it.</summary>
    public string? User { get; }

    public CookieJar Cookies { get; }

    /// <summary>When the server last accepted the credential, as a timestamp of the clock.</summary>
    public long ProvenAt => Volatile.Read(ref _provenAt);

    /// <summary>Requests can travel on <see cref="Cookies"/>. If not, each brings the credential.</summary>
    public bool HasSession => !_isUseless;

    /// <summary>A request on the cookies was answered as one of the user's.</summary>
    public bool HasServed => _hasServed;

    public void Served()
    {
        if (!_hasServed)
        {
            _hasServed = true;
        }
    }

    /// <summary>The server accepted the credential once more.</summary>
    public void Confirm(long at) => Volatile.Write(ref _provenAt, at);

    /// <summary>Whether it is time to prove the credential again, and this caller is the one to do so.</summary>
    public bool ClaimsRecheck(TimeProvider time, TimeSpan interval)
    {
        var last = Volatile.Read(ref _checkedAt);
        return time.GetElapsedTime(last) >= interval && Interlocked.CompareExchange(ref _checkedAt, time.GetTimestamp(), last) == last;
    }

    /// <summary>Sessions of this server do not serve: none is tried again before the next proof.</summary>
    public void GiveUpSession() => _isUseless = true;
}
