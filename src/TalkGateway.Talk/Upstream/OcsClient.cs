using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using TalkGateway.Memory;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Logins;
using TalkGateway.Talk.Sessions;

namespace TalkGateway.Talk.Upstream;

/// <summary>
/// Sends requests to one server on behalf of callers, and decides with which cookies: the caller's own session where the call has
/// one, else the login session that all requests of the credential share, never both.
/// </summary>
internal sealed class OcsClient : IDisposable
{
    // A session that another caller just renewed may end as well; then the credential must go along.
    private const int MostSessionsTried = 2;

    private readonly UpstreamOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<OcsClient> _logger;
    private readonly OcsTransport _transport;
    private readonly OcsPipeline _pipeline;
    private readonly LoginCache _logins;

    /// <param name="upstream">The upstream's name.</param>
    /// <param name="options">Validated options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    /// <param name="answers">What all answers together may hold.</param>
    /// <param name="handler">Sends the requests instead of a connection pool of its own.</param>
    public OcsClient(string upstream, UpstreamOptions options, TimeProvider time, ILogger<OcsClient> logger, ByteBudget answers, HttpMessageHandler? handler = null)
    {
        Upstream = upstream;
        _options = options;
        _time = time;
        _logger = logger;
        _transport = new OcsTransport(upstream, options, answers, handler);
        _pipeline = new OcsPipeline(upstream, options, _transport, Statistics, time, logger);
        _logins = new LoginCache(options, _pipeline, Statistics, time, logger);
    }

    /// <summary>The upstream's name.</summary>
    public string Upstream { get; }

    public UpstreamStatistics Statistics { get; } = new();

    /// <summary>Proves the caller's credential if the server never accepted it. Guests have none to prove.</summary>
    /// <returns>Id of the user whose login it is; null for guests, and where the server does not say it.</returns>
    /// <exception cref="UpstreamException">The server refuses the credential or does not tell.</exception>
    public async ValueTask<string?> ProveAsync(CallIdentity identity, CancellationToken cancellationToken) =>
        identity.Credential.Scheme == CredentialScheme.None ? null : (await _logins.GetAsync(identity, cancellationToken)).User;

    /// <summary>
    /// Sends a request and reads its answer, whatever its status. The cookies of the answer are in the caller's session afterwards.
    /// </summary>
    /// <exception cref="UpstreamException">There is no answer, or the server does not accept the caller's credential.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public ValueTask<OcsAnswer> SendAsync(OcsRequest request, CallIdentity identity, CancellationToken cancellationToken)
    {
        if (identity.Credential.Scheme == CredentialScheme.None)
        {
            return SendAsGuestAsync(request, identity, cancellationToken);
        }

        // Outside of OCS nobody logs in at all (status.php).
        if (!request.PathAndQuery.StartsWith("/ocs/", StringComparison.Ordinal))
        {
            return SendOutsideOfOcsAsync(request, identity, cancellationToken);
        }

        var login = _logins.GetAsync(identity, cancellationToken);
        return login.IsCompletedSuccessfully
            ? SendAsync(request, identity, login.Result, cancellationToken)
            : SendOnceProvenAsync(login, request, identity, cancellationToken);
    }

    /// <summary>Ends the requests that wait for news (<see cref="UpstreamFailureKind.GatewayStopping"/>), and lets no more wait.</summary>
    public void EndLongPolls() => _pipeline.EndLongPolls();

    public void Dispose()
    {
        _logins.Dispose();
        _pipeline.Dispose();
        _transport.Dispose();
    }

    private async ValueTask<OcsAnswer> SendOnceProvenAsync(ValueTask<Login> login, OcsRequest request, CallIdentity identity, CancellationToken cancellationToken) =>
        await SendAsync(request, identity, await login, cancellationToken);

    private ValueTask<OcsAnswer> SendAsync(OcsRequest request, CallIdentity identity, Login login, CancellationToken cancellationToken) =>
        _options.LoginJars.Enabled && identity.Session is null && !request.Stateful && login.HasSession
            ? SendOnLoginAsync(request, identity, login, cancellationToken)
            : SendWithCredentialAsync(request, identity, login, cancellationToken);

    private async ValueTask<OcsAnswer> SendOutsideOfOcsAsync(OcsRequest request, CallIdentity identity, CancellationToken cancellationToken)
    {
        try
        {
            await _logins.GetAsync(identity, cancellationToken);
        }
        catch (UpstreamException untold) when (untold.Failure.Kind is not (UpstreamFailureKind.CredentialRefused or UpstreamFailureKind.CredentialRefusedBefore))
        {
            // A server that can't say who the caller is, as under maintenance, tells this much to everybody.
        }

        return await SendAsGuestAsync(request, identity, cancellationToken);
    }

    private async ValueTask<OcsAnswer> SendAsGuestAsync(OcsRequest request, CallIdentity identity, CancellationToken cancellationToken)
    {
        var answer = await _pipeline.ExecuteAsync(new OcsAttempt(request, null, identity.Session?.Cookies.Header, identity), onLoginJar: false, cancellationToken);
        identity.Session?.Apply(answer.SetCookies, _time.GetUtcNow());
        return answer;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<OcsAnswer> SendWithCredentialAsync(OcsRequest request, CallIdentity identity, Login login, CancellationToken cancellationToken)
    {
        var attempt = new OcsAttempt(request, identity.Credential.HeaderValue, identity.Session?.Cookies.Header, identity);
        var answer = await _pipeline.ExecuteAsync(attempt, onLoginJar: false, cancellationToken);
        identity.Session?.Apply(answer.SetCookies, _time.GetUtcNow());
        if (answer.Status != 401)
        {
            return answer;
        }

        try
        {
            // The login is refused, or only this request: old servers answer 401 to who is no administrator.
            await _logins.RenewAsync(identity, login, cancellationToken);
            answer.IsOfKnownCaller = true;
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<OcsAnswer> SendOnLoginAsync(OcsRequest request, CallIdentity identity, Login login, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostSessionsTried && login.HasSession; tries++)
        {
            var answer = await _pipeline.ExecuteAsync(new OcsAttempt(request, null, login.Cookies.Header, identity), onLoginJar: true, cancellationToken);
            if (!IsLoggedOut(answer, login.Cookies))
            {
                login.Served();
                return answer;
            }

            try
            {
                if (answer.Status == 401 && await _logins.IsAliveAsync(login, identity, cancellationToken))
                {
                    login.Served();
                    answer.IsOfKnownCaller = true;
                    return answer;
                }

                UpstreamLog.LoginSessionEnded(_logger, Upstream, identity.Credential.Key);
                login = await _logins.RenewAsync(identity, login, cancellationToken);
            }
            catch
            {
                answer.Dispose();
                throw;
            }

            if (answer.IsSuccess && request.Repeatability == Repeatability.Once)
            {
                return answer;
            }

            answer.Dispose();
        }

        return await SendWithCredentialAsync(request, identity, login, cancellationToken);
    }

    /// <summary>
    /// Whether an answer to a request on cookies alone may not be the user's: refused, or given as to a guest in a session that the
    /// server has just begun because it does not know the sent one any more.
    /// </summary>
    private bool IsLoggedOut(OcsAnswer answer, CookieJar sent) =>
        answer.Status == 401
        || answer.IsCsrfFailure
        || (answer.SetCookies is { Count: > 0 } set && sent.IsOtherSession(sent.With(set, _time.GetUtcNow())));
}
