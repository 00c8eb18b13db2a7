using Google.Rpc;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Failures;

namespace TalkGateway.Talk.Calls;

/// <summary>How a call ended: well, which is the default, or with a status. A value, since a refusal is nothing out of the ordinary.</summary>
public readonly record struct TalkOutcome
{
    /// <summary>
    /// What the client is told of a failure: a canonical gRPC code, a message for people, and <c>google.rpc</c> details for programs
    /// (an ErrorInfo always; BadRequest for fields, RetryInfo where waiting helps). It carries no secret. Null where the call went
    /// well and the response is written.
    /// </summary>
    public Status? Failure { get; private init; }

    /// <summary>A new session token, where the call opened or changed the caller's session, failed or not; a secret of the caller's.</summary>
    public string? SessionToken { get; internal init; }

    /// <summary>What the failure came from, for logs; null where there is nothing more to tell.</summary>
    public Exception? Cause { get; private init; }

    /// <summary>Why the server did not answer; null where it did, or was not asked.</summary>
    internal UpstreamFailure? Lost { get; private init; }

    internal static TalkOutcome Failed(Status failure, Exception? cause = null) => new() { Failure = failure, Cause = cause };

    internal static TalkOutcome Unanswered(UpstreamFailure lost) =>
        new() { Failure = UpstreamFailureTable.ToStatus(lost), Cause = lost.Cause, Lost = lost };

    /// <summary>What became of a call that a <see cref="TalkException"/> or an <see cref="UpstreamException"/> ended.</summary>
    internal static TalkOutcome Of(Exception failure) => failure switch
    {
        UpstreamException { Failure: var lost } => Unanswered(lost),
        TalkException { Status: var status } => Failed(status, failure),
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "It is no failure of a call."),
    };

    /// <summary>The same failure, saying also that a session of the caller may have stayed in the room.</summary>
    internal TalkOutcome LeavingSessionBehind() => this with { Failure = Failure!.LeavingSessionBehind() };

    /// <summary>For polyfills, which can't go on after a failure unless they say so.</summary>
    /// <exception cref="TalkException">The call failed.</exception>
    /// <exception cref="UpstreamException">The call was not answered.</exception>
    internal void ThrowIfFailed()
    {
        if (Lost is not null)
        {
            throw new UpstreamException(Lost);
        }

        if (Failure is not null)
        {
            throw new TalkException(Failure, Cause);
        }
    }
}
