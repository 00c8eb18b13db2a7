using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using TalkGateway.Memory;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Sessions;
using TalkGateway.Talk.Transport;

namespace TalkGateway.Talk.Logins;

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
    /// <returns>The answer, or the failure: there is no answer, or the server does not accept the caller's credential.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public ValueTask<OcsOutcome> SendAsync(OcsRequest request, CallIdentity identity, CancellationToken cancellationToken)
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

        return _logins.Known(identity) is { } login
            ? SendAsync(request, identity, login, cancellationToken)
            : SendOnceProvenAsync(request, identity, cancellationToken);
    }

    /// <summary>Ends the requests that wait for news (<see cref="UpstreamFailureKind.GatewayStopping"/>), and lets no more wait.</summary>
    public void EndLongPolls() => _pipeline.EndLongPolls();

    public void Dispose()
    {
        _logins.Dispose();
        _pipeline.Dispose();
        _transport.Dispose();
    }

    private async ValueTask<OcsOutcome> SendOnceProvenAsync(OcsRequest request, CallIdentity identity, CancellationToken cancellationToken)
    {
        Login login;
        try
        {
            login = await _logins.GetAsync(identity, cancellationToken);
        }
        catch (UpstreamException unproven)
        {
            return unproven.Failure;
        }

        return await SendAsync(request, identity, login, cancellationToken);
    }

    private ValueTask<OcsOutcome> SendAsync(OcsRequest request, CallIdentity identity, Login login, CancellationToken cancellationToken) =>
        _options.LoginJars.Enabled && identity.Session is null && !request.Stateful && login.HasSession
            ? SendOnLoginAsync(request, identity, login, cancellationToken)
            : SendWithCredentialAsync(request, identity, login, cancellationToken);

    private async ValueTask<OcsOutcome> SendOutsideOfOcsAsync(OcsRequest request, CallIdentity identity, CancellationToken cancellationToken)
    {
        try
        {
            await _logins.GetAsync(identity, cancellationToken);
        }
        catch (UpstreamException refused) when (refused.Failure.Kind is UpstreamFailureKind.CredentialRefused or UpstreamFailureKind.CredentialRefusedBefore)
        {
            return refused.Failure;
        }
        catch (UpstreamException)
        {
            // A server that can't say who the caller is, as under maintenance, tells this much to everybody.
        }

        return await SendAsGuestAsync(request, identity, cancellationToken);
    }

    private async ValueTask<OcsOutcome> SendAsGuestAsync(OcsRequest request, CallIdentity identity, CancellationToken cancellationToken) =>
        TakeCookies(await _pipeline.ExecuteAsync(new OcsAttempt(request, null, identity.Session?.Cookies.Header, identity), onLoginJar: false, cancellationToken), identity);

    private OcsOutcome TakeCookies(OcsOutcome outcome, CallIdentity identity)
    {
        if (outcome.Answer is { } answer)
        {
            identity.Session?.Apply(answer.SetCookies, _time.GetUtcNow());
        }

        return outcome;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<OcsOutcome> SendWithCredentialAsync(OcsRequest request, CallIdentity identity, Login login, CancellationToken cancellationToken)
    {
        var attempt = new OcsAttempt(request, identity.Credential.HeaderValue, identity.Session?.Cookies.Header, identity);
        var outcome = TakeCookies(await _pipeline.ExecuteAsync(attempt, onLoginJar: false, cancellationToken), identity);
        if (outcome.Answer is not { Status: 401 } answer)
        {
            return outcome;
        }

        try
        {
            // The login is refused, or only this request: old servers answer 401 to who is no administrator.
            await _logins.RenewAsync(identity, login, cancellationToken);
            answer.IsOfKnownCaller = true;
            return answer;
        }
        catch (UpstreamException unproven)
        {
            answer.Dispose();
            return unproven.Failure;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<OcsOutcome> SendOnLoginAsync(OcsRequest request, CallIdentity identity, Login login, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < MostSessionsTried && login.HasSession; tries++)
        {
            var outcome = await _pipeline.ExecuteAsync(new OcsAttempt(request, null, login.Cookies.Header, identity), onLoginJar: true, cancellationToken);
            if (outcome.Answer is not { } answer)
            {
                return outcome;
            }

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
            catch (UpstreamException unproven)
            {
                answer.Dispose();
                return unproven.Failure;
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
