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
        : this(CookieJar.Empty, isPrimed: false)
    {
    }

    public SessionJar(CookieJar cookies, bool isPrimed)
    {
        _original = cookies;
        Cookies = cookies;
        IsPrimed = isPrimed;
    }

    public CookieJar Cookies { get; private set; }

    /// <summary>The server will not replace the session at the next request, so that what is joined in it stays joined.</summary>
    public bool IsPrimed { get; private set; }

    /// <summary>The caller needs a new token.</summary>
    public bool HasChanged => !ReferenceEquals(Cookies, _original);

    public void MarkPrimed() => IsPrimed = true;

    /// <summary>Takes over the cookies of an answer.</summary>
    public void Apply(IEnumerable<string> setCookies, DateTimeOffset now)
    {
        lock (_gate)
        {
            Cookies = Cookies.With(setCookies, now);
        }
    }
}
