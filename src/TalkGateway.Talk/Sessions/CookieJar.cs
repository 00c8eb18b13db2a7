using System.Runtime.InteropServices;
using System.Text;

namespace TalkGateway.Talk.Sessions;

/// <summary>One cookie as a jar keeps it.</summary>
internal readonly record struct Cookie(string Name, string Value, DateTimeOffset? Expires)
{
    /// <summary>The name only: values are secrets.</summary>
    public override string ToString() => Name;
}

/// <summary>
/// The cookies of one session on one server. Immutable, so that concurrent requests can share it. All of Nextcloud's cookies
/// belong to the whole installation, so that a name alone identifies one: the newest value wins, whatever path it came with.
/// </summary>
internal sealed class CookieJar
{
    /// <summary>Sets beyond this are no work of Nextcloud, which has about eight.</summary>
    public const int MaxCount = 50;

    /// <summary>Longest <see cref="Header"/>, in bytes: web servers refuse longer ones.</summary>
    public const int MaxBytes = 8 * 1024;

    // Nextcloud's tests of the browser, and the cookies by which load balancers find a client's server again: some of these
    // come anew with every answer. A session cookie taken for one of these would be found out by the 401 that follows.
    private static readonly string[] NoSession =
        ["cookie_test", "nc_sameSiteCookie", "AWSALB", "ARRAffinity", "INGRESSCOOKIE", "SERVERID", "ROUTEID", "__cf"];

    private readonly Cookie[] _cookies;
    private string? _header;

    private CookieJar(Cookie[] cookies) => _cookies = cookies;

    /// <summary>A jar without cookies.</summary>
    public static CookieJar Empty { get; } = new([]);

    /// <summary>
    /// What a new session begins with. Nextcloud sets this cookie to see whether the client keeps cookies, and only gives a session
    /// of its own to a login with an account password that brings it. Without it the session of the first answer is good for
    /// nothing: the second request begins another, which costs a second check of the password and, from Talk 10 on, leaves the
    /// rooms that were joined in the first. Seen on Nextcloud 20 and 35.
    /// </summary>
    public static CookieJar Fresh { get; } = new([new Cookie("cookie_test", "test", null)]);

    public ReadOnlySpan<Cookie> Cookies => _cookies;

    public bool IsEmpty => _cookies.Length == 0;

    /// <summary>
    /// Value for the <c>Cookie</c> header. Cookies that expired meanwhile still go along: the server knows better, and a jar
    /// lives shorter than any of its cookies.
    /// </summary>
    public string Header => _header ??= Format();

    public static CookieJar Of(ReadOnlySpan<Cookie> cookies) => cookies.IsEmpty ? Empty : new CookieJar(cookies.ToArray());

    /// <summary>Value of a cookie, or null.</summary>
    public string? this[string name]
    {
        get
        {
            var index = IndexOf(_cookies, name);
            return index < 0 ? null : _cookies[index].Value;
        }
    }

    /// <summary>
    /// The jar after an answer's <c>Set-Cookie</c> headers, in their order; this same jar where nothing changes. A cookie that
    /// does not fit beside the others is left out.
    /// </summary>
    public CookieJar With(IEnumerable<string> setCookies, DateTimeOffset now)
    {
        List<Cookie>? next = null;
        foreach (var header in setCookies)
        {
            if (!SetCookie.TryParse(header, now, out var set))
            {
                continue;
            }

            var cookies = next is null ? _cookies : CollectionsMarshal.AsSpan(next);
            var current = IndexOf(cookies, set.Name);
            if (set.Expires <= now || !Fits(cookies, set, instead: current))
            {
                if (current >= 0)
                {
                    next ??= [.. _cookies];
                    next.RemoveAt(current);
                }
            }
            else if (current >= 0)
            {
                if ((next is null ? _cookies[current] : next[current]).Value != set.Value)
                {
                    next ??= [.. _cookies];
                    next[current] = new Cookie(set.Name, set.Value, set.Expires);
                }
            }
            else if (cookies.Length < MaxCount)
            {
                next ??= [.. _cookies];
                next.Add(new Cookie(set.Name, set.Value, set.Expires));
            }
        }

        return next is null ? this : next.Count == 0 ? Empty : new CookieJar([.. next]);
    }

    /// <summary>
    /// Whether <paramref name="next"/>, this jar after an answer, belongs to another PHP session: the server did not know the
    /// session any more and began a new one, or logged it in anew. Cookies that do not stand for a session do not count.
    /// </summary>
    public bool IsOtherSession(CookieJar next)
    {
        if (ReferenceEquals(this, next))
        {
            return false;
        }

        foreach (var cookie in _cookies)
        {
            if (!StandsForNoSession(cookie.Name) && next[cookie.Name] != cookie.Value)
            {
                return true;
            }
        }

        foreach (var cookie in next._cookies)
        {
            if (!StandsForNoSession(cookie.Name) && this[cookie.Name] is null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether there is a cookie that can stand for a session at all.</summary>
    public bool HasSession()
    {
        foreach (var cookie in _cookies)
        {
            if (!StandsForNoSession(cookie.Name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The names only: values are secrets.</summary>
    public override string ToString() => string.Join(", ", _cookies.Select(c => c.Name));

    private static bool StandsForNoSession(string name)
    {
        foreach (var part in NoSession)
        {
            if (name.Contains(part, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Fits(ReadOnlySpan<Cookie> cookies, SetCookie added, int instead)
    {
        const int Separators = 3; // name=value; name=value
        var size = added.Name.Length + added.Value.Length + Separators;
        for (var i = 0; i < cookies.Length; i++)
        {
            size += i == instead ? 0 : cookies[i].Name.Length + cookies[i].Value.Length + Separators;
        }

        return size <= MaxBytes;
    }

    private static int IndexOf(ReadOnlySpan<Cookie> cookies, string name)
    {
        for (var i = 0; i < cookies.Length; i++)
        {
            if (cookies[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    private string Format()
    {
        var text = new StringBuilder();
        foreach (var cookie in _cookies)
        {
            text.Append(text.Length == 0 ? "" : "; ").Append(cookie.Name).Append('=').Append(cookie.Value);
        }

        return text.ToString();
    }
}
