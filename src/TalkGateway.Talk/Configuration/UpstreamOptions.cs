
namespace TalkGateway.Talk.Configuration;

/// <summary>The Nextcloud servers behind the gateway; configuration section <c>Upstreams</c>.</summary>
public sealed record UpstreamsOptions
{
    /// <summary>The configuration section these options are bound from.</summary>
    public const string Section = "Upstreams";

    /// <summary>Key <c>Upstreams:Default</c>: name of the upstream for calls that name none. May be left out where there is only one.</summary>
    public string? Default { get; init; }

    /// <summary>Key <c>Upstreams:Servers:{name}</c>: the upstreams by name. Names are 1 to 63 of <c>a-z 0-9 . _ -</c>.</summary>
    public Dictionary<string, UpstreamOptions> Servers { get; init; } = new(StringComparer.Ordinal);
}

/// <summary>One Nextcloud server; configuration section <c>Upstreams:Servers:{name}</c>.</summary>
public sealed record UpstreamOptions
{
    /// <summary>Key <c>Address</c>: base address, with the sub-path of the installation if it has one (<c>https://example.com/nextcloud</c>).</summary>
    public string? Address { get; init; }

    /// <summary>Key <c>Authorities</c>: host names (with the port where clients send one) by which clients of the gateway mean this upstream.</summary>
    public IList<string> Authorities { get; init; } = [];

    /// <summary>Key <c>ConnectTimeout</c>: longest time for opening a connection, TLS included. 100 ms to 2 min.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Key <c>UseProxy</c>: connect by the proxy that the environment names (<c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c>, <c>NO_PROXY</c>),
    /// for rpcs and for what is passed through. Without it those variables count for neither.
    /// </summary>
    public bool UseProxy { get; init; }

    /// <summary>Key <c>AttemptTimeout</c>: longest time for one HTTP exchange; what a long poll may wait comes on top. 1 s to 10 min.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Key <c>MaxConnections</c>: most HTTP/1.1 connections at a time, besides those of long polls; each may occupy a PHP worker. 1 to 10000.
    /// </summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>Key <c>LongPolls</c>: how many requests may wait at the server by intent.</summary>
    public LongPollOptions LongPolls { get; init; } = new();

    /// <summary>Key <c>ConnectionLifetime</c>: connections are renewed after this time, so that DNS changes are followed. 1 s to 1 day.</summary>
    public TimeSpan ConnectionLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Key <c>MaxAnswerBytes</c>: longest answer that is read, after decompression. 64 KiB to 512 MiB.</summary>
    public int MaxAnswerBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>
    /// Key <c>ForwardClientAddress</c>: send the caller's address as <c>X-Forwarded-For</c>. Nextcloud believes it when the gateway's
    /// address stands in its <c>trusted_proxies</c>, and then counts wrong passwords per caller instead of per gateway.
    /// </summary>
    public bool ForwardClientAddress { get; init; } = true;

    /// <summary>Key <c>Retry</c>: repeating of exchanges that failed.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>Key <c>CircuitBreaker</c>: the pause after many failures.</summary>
    public CircuitBreakerOptions CircuitBreaker { get; init; } = new();

    /// <summary>Key <c>LoginJars</c>: cookie sessions of the gateway that save the server repeated logins.</summary>
    public LoginJarOptions LoginJars { get; init; } = new();

    /// <summary>Key <c>Sessions</c>: the clients' own sessions.</summary>
    public SessionOptions Sessions { get; init; } = new();

    /// <summary>Key <c>WrongCredentials</c>: memory of credentials that the server refused.</summary>
    public WrongCredentialOptions WrongCredentials { get; init; } = new();

    /// <summary>Key <c>Capabilities</c>: the cache of what the server can do.</summary>
    public CapabilityOptions Capabilities { get; init; } = new();
}

/// <summary>
/// Requests that wait at the server until something happens, such as ListMessages; section <c>LongPolls</c>. They have connections
/// of their own, and each occupies a PHP worker for as long as it waits.
/// </summary>
public sealed record LongPollOptions
{
    /// <summary>Key <c>LongPolls:MaxCount</c>: most that wait at a time, of all callers. 1 to 10000.</summary>
    public int MaxCount { get; init; } = 256;

    /// <summary>Key <c>LongPolls:MaxPerCredential</c>: most that wait at a time for one credential, or for one session of a guest. 1 to 10000.</summary>
    public int MaxPerCredential { get; init; } = 32;

    /// <summary>Key <c>LongPolls:MaxForGuests</c>: most that wait at a time for all guests together, of whom anybody can be many. 1 to 10000.</summary>
    public int MaxForGuests { get; init; } = 128;
}

/// <summary>
/// Repeating of failed exchanges; section <c>Retry</c>. Only what cannot happen twice is repeated: connections that never
/// opened, and reads and idempotent writes that broke off or that a proxy in front of Nextcloud answered with 502 or 504.
/// </summary>
public sealed record RetryOptions
{
    /// <summary>Key <c>Retry:MaxRetries</c>: repetitions after the first attempt. 0 (never) to 10.</summary>
    public int MaxRetries { get; init; } = 2;

    /// <summary>Key <c>Retry:BaseDelay</c>: about the pause before the first repetition; doubles each time, with jitter. 0 to 10 s.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromMilliseconds(100);
}

/// <summary>The pause after many failures; section <c>CircuitBreaker</c>. Answers of Nextcloud, whatever they say, are no failures.</summary>
public sealed record CircuitBreakerOptions
{
    /// <summary>Key <c>CircuitBreaker:Enabled</c>.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Key <c>CircuitBreaker:FailureRatio</c>: share of failed attempts that opens the circuit. 0.01 to 1.</summary>
    public double FailureRatio { get; init; } = 0.5;

    /// <summary>Key <c>CircuitBreaker:MinimumAttempts</c>: fewer attempts than this within <see cref="Window"/> never open it. 2 to 1000000.</summary>
    public int MinimumAttempts { get; init; } = 20;

    /// <summary>Key <c>CircuitBreaker:Window</c>: the time over which attempts are counted. 500 ms to 10 min.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Key <c>CircuitBreaker:Break</c>: how long calls are refused before one is let through to try. 500 ms to 10 min.</summary>
    public TimeSpan Break { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>The gateway's own cookie sessions; section <c>LoginJars</c>.</summary>
public sealed record LoginJarOptions
{
    /// <summary>Key <c>LoginJars:Enabled</c>: false sends the credential with every request, at the price of a login each.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// Key <c>LoginJars:RecheckInterval</c>: a login in use is checked this often in the background, so that a password changed on the
    /// server soon stops working. Each check costs the server one login. 1 s to 1 day.
    /// </summary>
    public TimeSpan RecheckInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Key <c>LoginJars:Lifetime</c>: a login that was not checked for this long is checked before it is used again. 1 s to 1 day.
    /// </summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Key <c>LoginJars:MaxCount</c>: most sessions kept; the least recently used goes first. 3 to 1000000.</summary>
    public int MaxCount { get; init; } = 10_000;
}

/// <summary>The clients' own sessions; section <c>Sessions</c>.</summary>
public sealed record SessionOptions
{
    /// <summary>Key <c>Sessions:TokenLifetime</c>: how long a session token is accepted after it was issued. 1 min to 365 days.</summary>
    public TimeSpan TokenLifetime { get; init; } = TimeSpan.FromDays(7);
}

/// <summary>Memory of refused credentials; section <c>WrongCredentials</c>.</summary>
public sealed record WrongCredentialOptions
{
    /// <summary>
    /// Key <c>WrongCredentials:Duration</c>: how long at most a credential that the server refused is refused by the gateway itself,
    /// to spare the gateway's address the server's brute-force protection: a sixth of it the first time, then twice as long each
    /// time. 0 (not at all) to 1 h.
    /// </summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Key <c>WrongCredentials:MaxCount</c>: most credentials remembered. 3 to 1000000.</summary>
    public int MaxCount { get; init; } = 10_000;
}

/// <summary>The capability cache; section <c>Capabilities</c>.</summary>
public sealed record CapabilityOptions
{
    /// <summary>Key <c>Capabilities:MinRefreshInterval</c>: never ask more often than this per credential, whatever the load. 1 s to 1 h.</summary>
    public TimeSpan MinRefreshInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Key <c>Capabilities:MaxAge</c>: ask again in the background after this time, since servers before Talk 9 do not announce
    /// changes. <see cref="MinRefreshInterval"/> to 7 days.
    /// </summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Key <c>Capabilities:MaxCount</c>: most credentials whose capabilities are kept. 3 to 1000000.</summary>
    public int MaxCount { get; init; } = 10_000;
}
