using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Sessions;

namespace TalkGateway.Talk.Upstream;

/// <summary>
/// Sends requests to one server on behalf of callers, and decides with which cookies: the caller's own session where the call has
/// one, else the login jar that all requests of the credential share, never both.
/// </summary>
internal sealed class OcsClient : IDisposable
{
    // Cheap, in every version of Nextcloud, and refused without a valid login.
    private static readonly OcsRequest WhoAmI = new()
    {
        Method = HttpMethod.Get,
        PathAndQuery = "/ocs/v2.php/cloud/user",
        Repeatability = Repeatability.Safe,
    };

    private readonly UpstreamOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<OcsClient> _logger;
    private readonly OcsTransport _transport;
    private readonly OcsPipeline _pipeline;
    private readonly WrongCredentials _wrongCredentials;
    private readonly LruCache<CredentialKey, LoginJar> _loginJars;

    /// <param name="upstream">The upstream's name.</param>
    /// <param name="options">Validated options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    /// <param name="handler">Sends the requests instead of a connection pool of its own.</param>
    public OcsClient(string upstream, UpstreamOptions options, TimeProvider time, ILogger<OcsClient> logger, HttpMessageHandler? handler = null)
    {
        Upstream = upstream;
        _options = options;
        _time = time;
        _logger = logger;
        _transport = new OcsTransport(upstream, options, handler);
        _pipeline = new OcsPipeline(upstream, options, _transport, Statistics, time, logger);
        _wrongCredentials = new WrongCredentials(options.WrongCredentials, time);
        _loginJars = new LruCache<CredentialKey, LoginJar>(options.LoginJars.MaxCount);
    }

    /// <summary>The upstream's name.</summary>
    public string Upstream { get; }

    public UpstreamStatistics Statistics { get; } = new();

    /// <summary>
    /// Sends a request and reads its answer, whatever its status. The cookies of the answer are in the caller's session afterwards.
    /// </summary>
    /// <exception cref="UpstreamException">There is no answer.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public ValueTask<OcsAnswer> SendAsync(OcsRequest request, CallIdentity identity, CancellationToken cancellationToken)
    {
        if (identity.Session is { } session)
        {
            return SendInSessionAsync(request, identity, session, cancellationToken);
        }

        // Outside of OCS, cookies without a request token are refused as cross-site, or nobody logs in at all (status.php).
        var isShareable = !request.Stateful && request.PathAndQuery.StartsWith("/ocs/", StringComparison.Ordinal);
        return isShareable && _options.LoginJars.Enabled && identity.Credential.Scheme != CredentialScheme.None
            ? SendOnLoginJarAsync(request, identity, cancellationToken)
            : SendAloneAsync(request, identity, cookie: null, cancellationToken);
    }

    public void Dispose() => _transport.Dispose();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<OcsAnswer> SendAloneAsync(OcsRequest request, CallIdentity identity, string? cookie, CancellationToken cancellationToken)
    {
        var credential = identity.Credential;
        var refusedFor = _wrongCredentials.RefusedFor(credential.Key);
        if (refusedFor > TimeSpan.Zero)
        {
            Statistics.CountRefusedLocally();
            throw new UpstreamException(new UpstreamFailure(
                UpstreamFailureKind.RefusedCredential,
                Upstream,
                $"The server \"{Upstream}\" refused this login a moment ago; it is not asked again for {refusedFor.TotalSeconds:0} s, so that it does not block the gateway's address.")
            {
                RetryAfter = refusedFor,
            });
        }

        var authorization = credential.Scheme == CredentialScheme.None ? null : credential.HeaderValue;
        var answer = await _pipeline.ExecuteAsync(new OcsAttempt(request, authorization, cookie, identity), onLoginJar: false, cancellationToken);
        CountThrottled(answer);
        if (authorization is not null)
        {
            Learn(request, credential, answer);
        }

        return answer;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<OcsAnswer> SendInSessionAsync(OcsRequest request, CallIdentity identity, SessionJar session, CancellationToken cancellationToken)
    {
        if (request.Stateful && !session.IsPrimed && await PrimeAsync(identity, session, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var answer = await SendAloneAsync(request, identity, session.Cookies.Header, cancellationToken);
        session.Apply(answer.SetCookies, _time.GetUtcNow());
        return answer;
    }

    /// <summary>
    /// Makes what is joined in a session stay joined. With an account password the server replaces a new session at its second
    /// request and, from Talk 10 on, leaves the rooms that were joined in it: two requests are thrown away before anything is
    /// joined. Guests and app passwords keep their first session.
    /// </summary>
    /// <returns>The server's answer where it refuses to serve this caller at all, else null.</returns>
    private async ValueTask<OcsAnswer?> PrimeAsync(CallIdentity identity, SessionJar session, CancellationToken cancellationToken)
    {
        if (identity.Credential is { Scheme: CredentialScheme.Basic, IsDeviceToken: false })
        {
            for (var i = 0; i < 2; i++)
            {
                var answer = await SendAloneAsync(WhoAmI, identity, session.Cookies.Header, cancellationToken);
                if (IsRefusal(answer))
                {
                    return answer;
                }

                session.Apply(answer.SetCookies, _time.GetUtcNow());
                answer.Dispose();
            }
        }

        session.MarkPrimed();
        return null;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<OcsAnswer> SendOnLoginJarAsync(OcsRequest request, CallIdentity identity, CancellationToken cancellationToken)
    {
        var jar = _loginJars.GetOrAdd(
            identity.Credential.Key,
            (Client: this, identity.Credential),
            static s => new LoginJar(s.Credential.IsDeviceToken, s.Client._options.LoginJars.Lifetime, s.Client._time));

        // Twice on cookies at most: a session that another caller just began may be tried, then the credential must go along.
        for (var tries = 0; tries < 2; tries++)
        {
            var (turn, cookies) = await jar.EnterAsync(cancellationToken);
            while (turn == LoginTurn.Leading && request.LongPoll > TimeSpan.Zero)
            {
                // Others would wait for as long as it polls: short requests lead instead.
                var answered = await LeadAsync(WhoAmI, identity, jar, cookies, cancellationToken);
                if (IsRefusal(answered))
                {
                    return answered;
                }

                answered.Dispose();
                (turn, cookies) = await jar.EnterAsync(cancellationToken);
            }

            switch (turn)
            {
                case LoginTurn.Leading:
                    return await LeadAsync(request, identity, jar, cookies, cancellationToken);
                case LoginTurn.Alone:
                    return await SendAloneAsync(request, identity, cookie: null, cancellationToken);
            }

            var answer = await _pipeline.ExecuteAsync(new OcsAttempt(request, null, cookies.Header, identity), onLoginJar: true, cancellationToken);
            CountThrottled(answer);
            if (!IsLoggedOut(answer, cookies))
            {
                jar.Served(cookies);
                return answer;
            }

            UpstreamLog.LoginSessionEnded(_logger, Upstream, identity.Credential.Key);
            WarnIfUseless(jar.Drop(cookies), identity.Credential);
            if (answer.IsSuccess && request.Repeatability == Repeatability.Once)
            {
                return answer;
            }

            answer.Dispose();
        }

        return await SendAloneAsync(request, identity, cookie: null, cancellationToken);
    }

    private async ValueTask<OcsAnswer> LeadAsync(OcsRequest request, CallIdentity identity, LoginJar jar, CookieJar cookies, CancellationToken cancellationToken)
    {
        OcsAnswer answer;
        try
        {
            answer = await SendAloneAsync(request, identity, cookies.Header, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            jar.Abandon();
            throw;
        }
        catch
        {
            jar.Fail();
            throw;
        }

        WarnIfUseless(jar.Finish(answer), identity.Credential);
        return answer;
    }

    /// <summary>Whether the server serves this caller not at all, for now.</summary>
    private static bool IsRefusal(OcsAnswer answer) => answer.Status is 401 or 429 or >= 500;

    /// <summary>
    /// Whether an answer to a request on cookies alone is not the user's: refused, or given as to a guest in a session that the
    /// server has just begun because it does not know the sent one any more.
    /// </summary>
    private bool IsLoggedOut(OcsAnswer answer, CookieJar sent) =>
        answer.Status == 401
        || answer.IsCsrfFailure
        || (answer.SetCookies is { Count: > 0 } set && sent.IsOtherSession(sent.With(set, _time.GetUtcNow())));

    private void Learn(OcsRequest request, Credential credential, OcsAnswer answer)
    {
        if (answer.Status == 401)
        {
            _wrongCredentials.Remember(credential.Key);
            UpstreamLog.CredentialRefused(_logger, Upstream, credential.Key);
        }
        else if (answer.IsSuccess && !request.OpenToGuests)
        {
            _wrongCredentials.Forget(credential.Key);
        }
    }

    private void CountThrottled(OcsAnswer answer)
    {
        if (answer.Status == 429)
        {
            Statistics.CountThrottled();
            UpstreamLog.Throttled(_logger, Upstream, Statistics.Throttled);
        }
    }

    private void WarnIfUseless(bool keepsSession, Credential credential)
    {
        if (!keepsSession)
        {
            UpstreamLog.LoginSessionUnusable(_logger, Upstream, credential.Key);
        }
    }
}
