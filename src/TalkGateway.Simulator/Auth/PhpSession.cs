using Microsoft.AspNetCore.Http;

namespace TalkGateway.Simulator;

/// <summary>What PHP keeps for one cookie jar: who is logged in, and which rooms the jar has joined.</summary>
internal sealed class PhpSession(string id, string passphrase)
{
    public string Id { get; private set; } = id;

    public string Passphrase { get; } = passphrase;

    public Account? Account { get; private set; }

    /// <summary>The credential the session stands on; it dies with it.</summary>
    public string? Credential { get; private set; }

    public CredentialKind Kind { get; private set; }

    /// <summary>
    /// Set by the second login with an account password: only from then on does the jar keep its session.
    /// </summary>
    public bool IsPrimed { get; private set; }

    /// <summary>Talk's session id by room token.</summary>
    public Dictionary<string, string> Joined { get; } = [];

    /// <summary>Tokens of rooms whose password was given once.</summary>
    public HashSet<string> Unlocked { get; } = [];

    public void LogIn(Account account, string credential, CredentialKind kind)
    {
        Account = account;
        Credential = credential;
        Kind = kind;
        IsPrimed = kind == CredentialKind.AppPassword;
    }

    public void LogInAgain(string id)
    {
        Id = id;
        IsPrimed = true;
    }
}

internal enum CredentialKind
{
    None,
    AccountPassword,
    AppPassword,
}

/// <summary>The PHP sessions of a server and the cookies that carry them.</summary>
internal sealed class PhpSessions
{
    private const string Passphrase = "oc_sessionPassphrase";
    private const string Lax = "nc_sameSiteCookielax";
    private const string Strict = "nc_sameSiteCookiestrict";

    private readonly Dictionary<string, PhpSession> _sessions = [];
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
        Send(response, Passphrase, session.Passphrase, "; path=/; HttpOnly; SameSite=Lax");
        Send(response, Lax, "true", "; path=/; httponly; SameSite=lax");
        Send(response, Strict, "true", "; path=/; httponly; SameSite=strict");
        Send(response, _instance, session.Id, "; path=/; HttpOnly; SameSite=Lax");
        return session;
    }

    public static void SendCookieTest(HttpResponse response) => Send(response, "cookie_test", "test", "; Max-Age=3600");

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

    public void Clear() => _sessions.Clear();

    private static void Send(HttpResponse response, string name, string value, string attributes) =>
        response.Headers.Append("Set-Cookie", $"{name}={value}{attributes}");
}
