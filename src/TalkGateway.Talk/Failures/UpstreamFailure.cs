namespace TalkGateway.Talk.Failures;

/// <summary>Why a call could not be carried out, apart from answers that the server gave to the call itself.</summary>
internal enum UpstreamFailureKind
{
    /// <summary>No connection came about: the server got nothing.</summary>
    Unreachable,

    /// <summary>The server did not answer in time; it may have carried out the request.</summary>
    Timeout,

    /// <summary>The connection broke, half an answer came, or a proxy's page in its place; the server may have carried out the request.</summary>
    Interrupted,

    /// <summary>What came is no HTTP answer, or none that this server should give.</summary>
    BadAnswer,

    /// <summary>The answer is longer than the gateway reads; the request was carried out.</summary>
    AnswerTooLarge,

    /// <summary>The gateway holds as many bytes of answers as it may; the request was carried out.</summary>
    TooManyAnswers,

    /// <summary>The server sent the gateway to another address: the configured one is wrong.</summary>
    Redirected,

    /// <summary>Too many requests failed lately; nothing was sent.</summary>
    CircuitOpen,

    /// <summary>The request waited for a connection until its time was over; nothing was sent.</summary>
    NoConnectionFree,

    /// <summary>As many requests as the gateway allows wait at the server already; nothing was sent.</summary>
    TooManyLongPolls,

    /// <summary>The gateway is about to stop, and the call only waited for news.</summary>
    GatewayStopping,

    /// <summary>The call names an upstream that is not configured.</summary>
    UnknownUpstream,

    /// <summary>The authorization metadata cannot be a credential; nothing was sent.</summary>
    MalformedCredential,

    /// <summary>The server refused this credential.</summary>
    CredentialRefused,

    /// <summary>The server refused this credential a moment ago; nothing was sent.</summary>
    CredentialRefusedBefore,

    /// <summary>The session token is none that this gateway issued.</summary>
    SessionMalformed,

    /// <summary>The session token was issued for another upstream.</summary>
    SessionOfOtherUpstream,

    /// <summary>The session token was issued for another credential.</summary>
    SessionOfOtherCredential,

    /// <summary>The session token is too old.</summary>
    SessionExpired,

    /// <summary>The server has no Talk, or it is switched off.</summary>
    TalkMissing,

    /// <summary>Talk is not allowed for this user.</summary>
    TalkForbidden,

    /// <summary>The server answered a question of the gateway's own (what it can do, who the caller is) with an error; see <see cref="UpstreamFailure.Status"/>.</summary>
    QuestionRefused,
}

/// <summary>One failure. It never holds a secret, so that it may go into logs and to clients.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Upstream">Name of the upstream; empty where none was chosen yet.</param>
/// <param name="Message">What happened, in a sentence that also names the remedy where there is one.</param>
internal sealed record UpstreamFailure(UpstreamFailureKind Kind, string Upstream, string Message)
{
    /// <summary>Whether the server may have received, and so carried out, the request.</summary>
    public bool MayHaveArrived { get; init; }

    /// <summary>The request only reads, so that it does not matter whether it arrived.</summary>
    public bool IsOfRead { get; init; }

    /// <summary>When it makes sense to try again, if that is known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>HTTP status of the answer that is the failure; 0 where there is none.</summary>
    public int Status { get; init; }

    /// <summary>What it came from, for logs; null where there is nothing more to tell.</summary>
    public Exception? Cause { get; init; }
}

/// <summary>Carries an <see cref="UpstreamFailure"/> past those who can't go on after it.</summary>
internal sealed class UpstreamException(UpstreamFailure failure) : Exception(failure.Message, failure.Cause)
{
    public UpstreamException(UpstreamFailureKind kind, string upstream, string message)
        : this(new UpstreamFailure(kind, upstream, message))
    {
    }

    public UpstreamFailure Failure { get; } = failure;
}
