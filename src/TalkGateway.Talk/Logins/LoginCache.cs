using BitFaster.Caching.Lru;
using Microsoft.Extensions.Logging;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Sessions;
using TalkGateway.Talk.Transport;

namespace TalkGateway.Talk.Logins;

/// <summary>
/// Knows which credentials the server accepts. One that was never accepted is proved before it is used for anything, since old
/// servers answer many requests with a wrong password as those of a guest; it costs one request per credential, however many
/// callers wait for it, and its answer begins the session that later requests travel on. In use, a login is checked again in the
/// background, so that a changed password soon stops working; that begins no session, which people would see among their devices.
/// </summary>
internal sealed class LoginCache : IDisposable
{
    // Cheap, in every version of Nextcloud, and refused without a valid login: the one answer that says whether a login is one.
    private static readonly OcsRequest WhoAmI = new()
    {
        Method = HttpMethod.Get,
        PathAndQuery = "/ocs/v2.php/cloud/user",
        Repeatability = Repeatability.Safe,
    };

    // Nextcloud's own limit is 64.
    private const int LongestUser = 255;

    private readonly string _upstream;
    private readonly LoginJarOptions _options;
    private readonly OcsPipeline _pipeline;
    private readonly UpstreamStatistics _statistics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly WrongCredentials _wrongCredentials;
    private readonly ConcurrentLru<CredentialKey, Login> _logins;
    private readonly Dictionary<CredentialKey, Task<Login>> _flights = [];
    private readonly CancellationTokenSource _disposing = new();

    public LoginCache(UpstreamOptions options, OcsPipeline pipeline, UpstreamStatistics statistics, TimeProvider time, ILogger logger)
    {
        _upstream = pipeline.Upstream;
        _options = options.LoginJars;
        _pipeline = pipeline;
        _statistics = statistics;
        _time = time;
        _logger = logger;
        _wrongCredentials = new WrongCredentials(options.WrongCredentials, time);
        _logins = new ConcurrentLru<CredentialKey, Login>(options.LoginJars.MaxCount);
    }

    /// <summary>The login of a caller who has a credential: the known one, or one proved now.</summary>
    /// <exception cref="UpstreamException">
    /// The server refuses the credential (<see cref="UpstreamFailureKind.CredentialRefused"/>), did so a moment ago
    /// (<see cref="UpstreamFailureKind.CredentialRefusedBefore"/>), or does not tell.
    /// </exception>
    public ValueTask<Login> GetAsync(CallIdentity identity, CancellationToken cancellationToken) =>
        Known(identity) is { } login ? ValueTask.FromResult(login) : new ValueTask<Login>(ProveAsync(identity, cancellationToken));

    /// <summary>The login of a caller whose credential the server accepted not too long ago; null for any other.</summary>
    public Login? Known(CallIdentity identity)
    {
        if (!_logins.TryGet(identity.Credential.Key, out var login) || _time.GetElapsedTime(login.ProvenAt) >= _options.Lifetime)
        {
            return null;
        }

        if (login.ClaimsRecheck(_time, _options.RecheckInterval))
        {
            // What is known goes on counting meanwhile, and if the server fails.
            _ = Prove(identity, login).ContinueWith(static flight => _ = flight.Exception, TaskScheduler.Default);
        }

        return login;
    }

    /// <summary>A new login in place of one whose session ended, or that came into doubt otherwise.</summary>
    /// <exception cref="UpstreamException">As of <see cref="GetAsync"/>.</exception>
    public async ValueTask<Login> RenewAsync(CallIdentity identity, Login doubtful, CancellationToken cancellationToken)
    {
        if (_logins.TryGet(identity.Credential.Key, out var known) && !ReferenceEquals(known, doubtful))
        {
            return known;
        }

        var login = await ProveAsync(identity, cancellationToken);
        if (doubtful is { HasSession: true, HasServed: false } && login.HasSession)
        {
            // A session that never served once will not the next time either.
            login.GiveUpSession();
            UpstreamLog.LoginSessionUnusable(_logger, _upstream, identity.Credential.Key);
        }

        return login;
    }

    /// <summary>Whether the session of a login still is the user's. It costs the server no check of the credential.</summary>
    /// <exception cref="UpstreamException">The server does not tell.</exception>
    public async ValueTask<bool> IsAliveAsync(Login login, CallIdentity identity, CancellationToken cancellationToken)
    {
        var outcome = await _pipeline.ExecuteAsync(new OcsAttempt(WhoAmI, null, login.Cookies.Header, identity), onLoginJar: true, cancellationToken);
        using var answer = outcome.OrThrow();
        return TryReadUser(answer, out _);
    }

    public void Dispose()
    {
        _disposing.Cancel();
        _disposing.Dispose();
    }

    /// <summary>
    /// False where an answer is not Nextcloud's to a user: what lies in between, such as a proxy, may answer anything to what it does
    /// not let through.
    /// </summary>
    private static bool TryReadUser(OcsAnswer answer, out string? user)
    {
        user = null;
        if (answer.Status != 200 || answer.Envelope is not { } envelope)
        {
            return false;
        }

        user = envelope.Find("id") is { Length: <= LongestUser } id ? id : null;
        return true;
    }

    private Task<Login> ProveAsync(CallIdentity identity, CancellationToken cancellationToken) =>
        Prove(identity, known: null).WaitAsync(cancellationToken);

    private void ThrowIfRefusedBefore(CredentialKey credential)
    {
        var refusedFor = _wrongCredentials.RefusedFor(credential);
        if (refusedFor > TimeSpan.Zero)
        {
            _statistics.CountRefusedLocally();
            throw new UpstreamException(new UpstreamFailure(
                UpstreamFailureKind.CredentialRefusedBefore,
                _upstream,
                $"The server \"{_upstream}\" refused this login a moment ago; it is not asked again for {refusedFor.TotalSeconds:0} s, so that it does not block the gateway's address.")
            {
                RetryAfter = refusedFor,
            });
        }
    }

    /// <summary>The proof under way, or a new one: of a known login, or for a login to come.</summary>
    private Task<Login> Prove(CallIdentity identity, Login? known)
    {
        lock (_flights)
        {
            // Only here is it certain that no proof ends meanwhile.
            ThrowIfRefusedBefore(identity.Credential.Key);
            if (_flights.TryGetValue(identity.Credential.Key, out var flight))
            {
                return flight;
            }

            // On nobody's token and in nobody's context, since others may wait for it too; in nobody's session.
            using (ExecutionContext.SuppressFlow())
            {
                flight = Task.Run(() => FlyAsync(identity with { Session = null }, known));
            }

            _flights.Add(identity.Credential.Key, flight);
            return flight;
        }
    }

    private async Task<Login> FlyAsync(CallIdentity identity, Login? known)
    {
        var credential = identity.Credential;
        try
        {
            var attempt = new OcsAttempt(WhoAmI, credential.HeaderValue, known is null ? CookieJar.Fresh.Header : null, identity);
            using var answer = (await _pipeline.ExecuteAsync(attempt, onLoginJar: false, _disposing.Token)).OrThrow();
            if (answer.Status == 401)
            {
                _wrongCredentials.Remember(credential.Key);
                _logins.TryRemove(credential.Key);
                UpstreamLog.CredentialRefused(_logger, _upstream, credential.Key);
                throw new UpstreamException(new UpstreamFailure(
                    UpstreamFailureKind.CredentialRefused,
                    _upstream,
                    $"The server \"{_upstream}\" refused this login: the user name or the password is wrong, or the account is disabled.")
                {
                    Status = answer.Status,
                });
            }

            if (!TryReadUser(answer, out var user))
            {
                throw UpstreamFailures.QuestionRefused(_upstream, "who the caller is", answer, _time);
            }

            _wrongCredentials.Forget(credential.Key);
            if (known is not null)
            {
                known.Confirm(_time.GetTimestamp());
                return known;
            }

            var login = new Login(user, CookieJar.Fresh.With(answer.SetCookies, _time.GetUtcNow()), _time.GetTimestamp());
            if (!login.HasSession)
            {
                UpstreamLog.LoginSessionUnusable(_logger, _upstream, credential.Key);
            }

            _logins.AddOrUpdate(credential.Key, login);
            return login;
        }
        finally
        {
            lock (_flights)
            {
                _flights.Remove(credential.Key);
            }
        }
    }
}
