namespace TalkGateway.Talk.Sessions;

/// <summary>
/// The PHP session of one client, for the time of one call: joined rooms, calls and guests live in it. It is filled from a
/// session token or opened empty, follows the answers' cookies, and is sealed into a new token when it changed.
/// </summary>
internal sealed class SessionJar
{
    private readonly Lock _gate = new();
    private readonly CookieJar _original;

    /// <summary>Opens a session that the server does not know yet.</summary>
    public SessionJar()
        : this(CookieJar.Fresh)
    {
    }

    public SessionJar(CookieJar cookies)
    {
        _original = cookies;
        Cookies = cookies;
    }

    public CookieJar Cookies { get; private set; }

    /// <summary>The caller needs a new token.</summary>
    public bool HasChanged => !ReferenceEquals(Cookies, _original);

    /// <summary>Takes over the cookies of an answer.</summary>
    public void Apply(IEnumerable<string> setCookies, DateTimeOffset now)
    {
        lock (_gate)
        {
            Cookies = Cookies.With(setCookies, now);
        }
    }
}
