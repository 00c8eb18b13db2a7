namespace TalkGateway.Talk.Transport;

/// <summary>What happened with one upstream since the start; read by telemetry and tests.</summary>
internal sealed class UpstreamStatistics
{
    private long _requests;
    private long _retries;
    private long _logins;
    private long _loginsSaved;
    private long _refusedLocally;
    private long _throttled;

    /// <summary>HTTP requests sent, repetitions included.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Repetitions among them.</summary>
    public long Retries => Interlocked.Read(ref _retries);

    /// <summary>Requests that carried a credential, which the server had to check.</summary>
    public long Logins => Interlocked.Read(ref _logins);

    /// <summary>Requests that went on the cookies of a login jar instead.</summary>
    public long LoginsSaved => Interlocked.Read(ref _loginsSaved);

    /// <summary>Calls with a wrong credential that were not sent.</summary>
    public long RefusedLocally => Interlocked.Read(ref _refusedLocally);

    /// <summary>Answers 429: the server throttles, mostly because of wrong passwords from the gateway's address.</summary>
    public long Throttled => Interlocked.Read(ref _throttled);

    public void CountRequest(bool withCredential, bool onLoginJar)
    {
        Interlocked.Increment(ref _requests);
        if (withCredential)
        {
            Interlocked.Increment(ref _logins);
        }
        else if (onLoginJar)
        {
            Interlocked.Increment(ref _loginsSaved);
        }
    }

    public void CountRetry() => Interlocked.Increment(ref _retries);

    public void CountRefusedLocally() => Interlocked.Increment(ref _refusedLocally);

    public void CountThrottled() => Interlocked.Increment(ref _throttled);
}
