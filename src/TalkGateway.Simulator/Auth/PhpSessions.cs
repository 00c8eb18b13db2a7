using Microsoft.AspNetCore.Http;

namespace TalkGateway.Simulator;

/// <summary>The PHP sessions of a server and the cookies that carry them.</summary>
internal sealed class PhpSessions
{
    /// <summary>The cookie by which a server sees whether a client keeps cookies.</summary>
    public const string CookieTest = "cookie_test";

    private const string Passphrase = "oc_sessionPassphrase";
    private const string Lax = "nc_sameSiteCookielax";
    private const string Strict = "nc_sameSiteCookiestrict";

    // Each request without cookies starts a session; a server forgets idle ones, and so must this one under load.
    private const int MostSessions = 10_000;

    private readonly Dictionary<string, PhpSession> _sessions = [];
    private readonly Queue<PhpSession> _byAge = new();
    private readonly string _instance = $"oc{Tokens.Lower(10)}";

    public string InstanceId => _instance;

    /// <summary>
    /// The session of the cookies, if they are complete: session id and passphrase, and at least one of the same-site pair.
    /// </summary>
    public PhpSession? Find(IRequestCookieCollection cookies)
    {
        var complete = cookies.ContainsKey(Lax) || cookies.ContainsKey(Strict);
        return complete && cookies[_instance] is { } id && _sessions.TryGetValue(id, out var session) && session.Passphrase == cookies[Passphrase]
            ? session
            : null;
    }

    public PhpSession Start(HttpResponse response)
    {
        var session = new PhpSession(Tokens.Lower(26), Tokens.Mixed(128));
        _sessions.Add(session.Id, session);
        _byAge.Enqueue(session);
        Forget();
        Send(response, Passphrase, session.Passphrase, "; path=/; HttpOnly; SameSite=Lax");
        Send(response, Lax, "true", "; path=/; httponly; SameSite=lax");
        Send(response, Strict, "true", "; path=/; httponly; SameSite=strict");
        Send(response, _instance, session.Id, "; path=/; HttpOnly; SameSite=Lax");
        return session;
    }

    public static void SendCookieTest(HttpResponse response) => Send(response, CookieTest, "test", "; Max-Age=3600");

    /// <summary>The server logs the session out and in again: the remember-me cookies go, the session gets a new id.</summary>
    public void Renew(PhpSession session, HttpResponse response)
    {
        foreach (var path in new[] { "", "; path=/" })
        {
            foreach (var name in new[] { "nc_username", "nc_token", "nc_session_id" })
            {
                Send(response, name, "deleted", $"; expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0{path}; HttpOnly");
            }
        }

        _sessions.Remove(session.Id);
        session.LogInAgain(Tokens.Lower(26));
        _sessions.Add(session.Id, session);
        Send(response, _instance, session.Id, "; path=/; HttpOnly; SameSite=Lax");
    }

    public void Remove(PhpSession session) => _sessions.Remove(session.Id);

    public void Clear()
    {
        _sessions.Clear();
        _byAge.Clear();
    }

    /// <summary>The oldest goes, unless it holds a room open: that one gets to the end of the queue.</summary>
    private void Forget()
    {
        if (_byAge.Count <= MostSessions)
        {
            return;
        }

        var oldest = _byAge.Dequeue();
        if (oldest.Joined.Count > 0 && _sessions.ContainsKey(oldest.Id))
        {
            _byAge.Enqueue(oldest);
        }
        else
        {
            _sessions.Remove(oldest.Id);
        }
    }

    private static void Send(HttpResponse response, string name, string value, string attributes) =>
        response.Headers.Append("Set-Cookie", $"{name}={value}{attributes}");
}
