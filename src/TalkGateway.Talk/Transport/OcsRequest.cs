namespace TalkGateway.Talk.Transport;

/// <summary>What happens when a request is sent twice.</summary>
internal enum Repeatability
{
    /// <summary>The effect may happen twice: never repeated once the server may have got it.</summary>
    Once,

    /// <summary>A write whose effect is the same, however often it is sent.</summary>
    Idempotent,

    /// <summary>A read.</summary>
    Safe,
}

/// <summary>One HTTP request to a Nextcloud server, without anything about who sends it.</summary>
internal sealed record OcsRequest
{
    public required HttpMethod Method { get; init; }

    /// <summary>
    /// Path and query below the installation's base address, escaped: <c>/ocs/v2.php/apps/spreed/api/v4/room?includeStatus=1</c>.
    /// The client adds <c>format=json</c> to OCS requests that ask for JSON; nobody else does.
    /// </summary>
    public required string PathAndQuery { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Content type of <see cref="Body"/>; null where there is no body.</summary>
    public string? ContentType { get; init; }

    /// <summary>Headers of the operation itself, such as a session tab id.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public Repeatability Repeatability { get; init; }

    /// <summary>
    /// The request touches the caller's PHP session (joins a room, a call …): it never travels on a login jar, which callers share.
    /// </summary>
    public bool Stateful { get; init; }

    /// <summary>The answer is anything, not JSON (a picture, a CSV file).</summary>
    public bool AnyFormat { get; init; }

    /// <summary>
    /// How long the server is going to sit on the request by intent (long polls); it comes on top of the attempt timeout. Zero where
    /// it answers at once. What waits has connections and limits of its own (<see cref="LongPollBudget"/>).
    /// </summary>
    public TimeSpan LongPoll { get; init; }

    /// <summary>Never repeated by itself: for what has a limit of its own on how often it is asked.</summary>
    public bool SingleAttempt { get; init; }
}
