using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;

namespace TalkGateway.Talk.Tests.Transport;

/// <summary>
/// The logins and sessions of a Nextcloud server, as recorded from real ones: app passwords are usable from the first session on,
/// and so are account passwords that come with the test cookie. Without it the session is replaced at the second request, and
/// rooms joined in a replaced session are left.
/// </summary>
internal sealed class FakeNextcloud : HttpMessageHandler
{
    public const string Alice = "Basic YWxpY2U6YWxpY2Utc2VjcmV0"; // alice:alice-secret
    public const string AliceApp = "Basic YWxpY2U6YWFhYWEtYmJiYmItY2NjY2MtZGRkZGQtZWVlZWU="; // alice:aaaaa-bbbbb-ccccc-ddddd-eeeee
    public const string Bob = "Basic Ym9iOmJvYi1zZWNyZXQ="; // bob:bob-secret
    public const string Wrong = "Basic YWxpY2U6d3Jvbmc="; // alice:wrong

    private readonly ConcurrentDictionary<string, Session> _sessions = new();
    private readonly Lock _gate = new();
    private readonly List<Request> _requests = [];
    private int _nextSession;

    /// <summary>Authorization values that are right, with whether each is an app password.</summary>
    public ConcurrentDictionary<string, bool> Passwords { get; } = new() { [Alice] = false, [AliceApp] = true, [Bob] = false };

    /// <summary>Answers instead of the server where it returns one; awaited before anything else happens.</summary>
    public Func<Request, Task<HttpResponseMessage?>>? Intercept { get; set; }

    /// <summary>A server (or a proxy in front of it) that sends no cookies.</summary>
    public bool WithoutCookies { get; set; }

    public IReadOnlyList<Request> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>How each request logged in: "proof" of a password, "password", "cookies", "password+cookies", or "nothing".</summary>
    public IEnumerable<string> Logins => Requests.Select(r => r.Login);

    public static HttpResponseMessage Json(int status, string data = "[]", int? code = null) => new((HttpStatusCode)status)
    {
        Content = new StringContent(
            $$$"""{"ocs":{"meta":{"status":"{{{(status < 400 ? "ok" : "failure")}}}","statuscode":{{{(code ?? status).ToString(CultureInfo.InvariantCulture)}}},"message":"OK"},"data":{{{data}}}}}""",
            Encoding.UTF8,
            "application/json"),
    };

    /// <summary>Ends every session, as an administrator or a restart of the session store does.</summary>
    public void EndSessions() => _sessions.Clear();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        var request = await Request.ReadAsync(message, cancellationToken);
        lock (_gate)
        {
            _requests.Add(request);
        }

        if (Intercept is { } intercept && await intercept(request).WaitAsync(cancellationToken) is { } intercepted)
        {
            return intercepted;
        }

        return Answer(request);
    }

    private HttpResponseMessage Answer(Request request)
    {
        var cookies = new List<string>();
        var session = LogIn(request, cookies, out var refused);
        var answer = refused ? Json(401, code: 997) : Serve(request, session);
        if (!WithoutCookies)
        {
            foreach (var cookie in cookies)
            {
                answer.Headers.TryAddWithoutValidation("Set-Cookie", cookie);
            }
        }

        return answer;
    }

    private Session LogIn(Request request, List<string> cookies, out bool refused)
    {
        refused = false;
        var old = request.Cookie("oc123") is { } id ? _sessions.GetValueOrDefault(id) : null;
        if (request.Authorization is { } authorization)
        {
            refused = !Passwords.TryGetValue(authorization, out var isAppPassword);
            if (refused)
            {
                return new Session("");
            }

            if (old is { IsStable: true } && old.Authorization == authorization)
            {
                return old;
            }

            if (old is not null)
            {
                _sessions.TryRemove(old.Id, out _);
                cookies.AddRange(["nc_username=deleted; Max-Age=0; path=/", "nc_username=deleted; Max-Age=0", "nc_token=deleted; Max-Age=0; path=/"]);
            }

            return Begin(cookies, authorization, isStable: isAppPassword || request.Cookie("cookie_test") is not null);
        }

        if (old is null)
        {
            return Begin(cookies, authorization: null, isStable: true);
        }

        // A session without a token of its own does not outlive the request that brought the password; a revoked one ends.
        refused = old.Authorization is { } known && (!old.IsStable || !Passwords.ContainsKey(known));
        return old;
    }

    private Session Begin(List<string> cookies, string? authorization, bool isStable)
    {
        var session = new Session("s" + Interlocked.Increment(ref _nextSession).ToString(CultureInfo.InvariantCulture)) { Authorization = authorization, IsStable = isStable };
        _sessions[session.Id] = session;
        cookies.AddRange([
            $"oc_sessionPassphrase=pass-{session.Id}; path=/; HttpOnly; SameSite=Lax",
            "nc_sameSiteCookielax=true; path=/; httponly; expires=Fri, 31-Dec-2100 23:59:59 GMT; SameSite=lax",
            "nc_sameSiteCookiestrict=true; path=/; httponly; expires=Fri, 31-Dec-2100 23:59:59 GMT; SameSite=strict",
            $"oc123={session.Id}; path=/; HttpOnly; SameSite=Lax",
            "cookie_test=test; Max-Age=3600",
        ]);
        return session;
    }

    private static HttpResponseMessage Serve(Request request, Session session)
    {
        var path = request.Path;
        if (path.EndsWith("/participants/active", StringComparison.Ordinal))
        {
            session.HasJoined = true;
            return Json(200, """{"sessionId":"abc"}""");
        }

        if (path.Contains("/call/", StringComparison.Ordinal))
        {
            return Json(session.HasJoined ? 200 : 404, $"\"{session.Id}\"");
        }

        if (path.EndsWith("/public", StringComparison.Ordinal) || path.EndsWith("/capabilities", StringComparison.Ordinal))
        {
            return Json(200, session.Authorization is null ? "\"guest\"" : "\"user\"");
        }

        return session.Authorization is null ? Json(401, code: 997) : Json(200, "\"user\"");
    }

    internal sealed record Request(string Method, string Path, string Query, string? Authorization, IReadOnlyDictionary<string, string> Headers, string Body)
    {
        public string Login => (Authorization, Cookie("oc123") is not null) switch
        {
            (not null, false) when Path.EndsWith("/cloud/user", StringComparison.Ordinal) => "proof",
            (not null, true) => "password+cookies",
            (not null, false) => "password",
            (null, true) => "cookies",
            _ => "nothing",
        };

        public string? Cookie(string name)
        {
            foreach (var pair in Headers.GetValueOrDefault("Cookie", "").Split("; "))
            {
                if (pair.StartsWith(name + "=", StringComparison.Ordinal))
                {
                    return pair[(name.Length + 1)..];
                }
            }

            return null;
        }

        public static async Task<Request> ReadAsync(HttpRequestMessage message, CancellationToken cancellationToken)
        {
            var headers = message.Headers.NonValidated.Concat(message.Content?.Headers.NonValidated ?? default)
                .ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            return new Request(
                message.Method.Method,
                message.RequestUri!.AbsolutePath,
                message.RequestUri.Query,
                headers.GetValueOrDefault("Authorization"),
                headers,
                message.Content is null ? "" : await message.Content.ReadAsStringAsync(cancellationToken));
        }
    }

    private sealed class Session(string id)
    {
        public string Id { get; } = id;

        public string? Authorization { get; init; }

        public bool IsStable { get; init; }

        public bool HasJoined { get; set; }
    }
}
