using TalkGateway.Talk.Upstream;

namespace TalkGateway.Talk.Sessions;

/// <summary>How a request goes to the server as far as its login is concerned.</summary>
internal enum LoginTurn
{
    /// <summary>With the jar's cookies, without the credential.</summary>
    OnCookies,

    /// <summary>With the credential and the jar's cookies; the answer makes the jar usable, and others wait for it.</summary>
    Leading,

    /// <summary>With the credential alone; the answer's cookies are dropped.</summary>
    Alone,
}

/// <summary>
/// The cookie session that requests of one credential share, so that the server need not check the credential each time
/// (measured on Nextcloud 35: 690 ms with an account password, 45 ms with an app password, 28 ms with a live session).
/// It comes into being on the callers' own requests: with an app password the session of the first answer is usable; with an
/// account password the server replaces that session at the next request, and the second answer's is. One request leads at a
/// time and others wait for its answer: a burst of new callers then costs the server one or two logins instead of one each,
/// and a wrong password counts once. Nothing is ever joined in this session, since stateful requests never travel on it.
/// </summary>
internal sealed class LoginJar(bool usableAfterFirstAnswer, TimeSpan lifetime, TimeProvider time)
{
    private readonly Lock _gate = new();
    private CookieJar _cookies = CookieJar.Empty;
    private Stage _stage;
    private long _stageSince;
    private bool _hasServed;
    private TaskCompletionSource? _flight;

    private enum Stage
    {
        New,
        LoggedInOnce,
        Usable,

        // The server (or a proxy before it) keeps no session for this credential.
        Useless,
    }

    /// <summary>Waits until there is something to do for this request. A leading one must end with <see cref="Finish"/>, <see cref="Abandon"/> or <see cref="Fail"/>.</summary>
    /// <remarks>Whoever waited for a leader that failed goes alone: queueing up behind each other's timeouts helps nobody.</remarks>
    public async ValueTask<(LoginTurn Turn, CookieJar Cookies)> EnterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task flight;
            lock (_gate)
            {
                if (_stage is Stage.Usable or Stage.Useless && time.GetElapsedTime(_stageSince) >= lifetime)
                {
                    Restart();
                }

                switch (_stage)
                {
                    case Stage.Usable:
                        return (LoginTurn.OnCookies, _cookies);
                    case Stage.Useless:
                        return (LoginTurn.Alone, CookieJar.Empty);
                }

                if (_flight is null)
                {
                    _flight = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    _stageSince = time.GetTimestamp();
                    return (LoginTurn.Leading, _cookies);
                }

                flight = _flight.Task;
            }

            await flight.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (flight.IsCanceled)
            {
                return (LoginTurn.Alone, CookieJar.Empty);
            }
        }
    }

    /// <summary>Ends the leading request with its answer.</summary>
    /// <returns>False where the server turns out to keep no session.</returns>
    public bool Finish(OcsAnswer answer)
    {
        if (answer.Status is 401 or 429 or >= 500)
        {
            Fail();
            return true;
        }

        lock (_gate)
        {
            _cookies = _cookies.With(answer.SetCookies, time.GetUtcNow());
            _stage = !_cookies.HasSession() ? Stage.Useless
                : usableAfterFirstAnswer || _stage == Stage.LoggedInOnce ? Stage.Usable
                : Stage.LoggedInOnce;
            EndFlight().SetResult();
            return _stage != Stage.Useless;
        }
    }

    /// <summary>Ends the leading request when its caller gave it up: one of those who wait leads instead.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            EndFlight().SetResult();
        }
    }

    /// <summary>Ends the leading request without a login.</summary>
    public void Fail()
    {
        lock (_gate)
        {
            EndFlight().SetCanceled();
        }
    }

    /// <summary>A request on these cookies was answered as one of the logged-in user.</summary>
    public void Served(CookieJar cookies)
    {
        if (!_hasServed && ReferenceEquals(_cookies, cookies))
        {
            _hasServed = true;
        }
    }

    /// <summary>
    /// A request on these cookies was not answered as the user's: the server ended the session. A session that never served
    /// once will not the next time either, so that no further one is tried before the lifetime is over.
    /// </summary>
    /// <returns>False where the server turns out to keep no session.</returns>
    public bool Drop(CookieJar cookies)
    {
        lock (_gate)
        {
            if (_stage != Stage.Usable || !ReferenceEquals(_cookies, cookies))
            {
                return true;
            }

            var served = _hasServed;
            Restart();
            if (!served)
            {
                _stage = Stage.Useless;
                _stageSince = time.GetTimestamp();
            }

            return served;
        }
    }

    private TaskCompletionSource EndFlight()
    {
        var flight = _flight ?? throw new InvalidOperationException("Only a leading request ends a flight.");
        _flight = null;
        return flight;
    }

    private void Restart()
    {
        _stage = Stage.New;
        _hasServed = false;
        _cookies = CookieJar.Empty;
    }
}
