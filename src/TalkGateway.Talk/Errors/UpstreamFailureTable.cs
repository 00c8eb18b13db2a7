using System.Collections.Frozen;
using Google.Rpc;
using TalkGateway.Talk.Failures;

namespace TalkGateway.Talk.Errors;

/// <summary>What a client is told when the upstream did not answer the call itself.</summary>
internal static class UpstreamFailureTable
{
    private static readonly FrozenDictionary<UpstreamFailureKind, (Code Code, string Reason)> Rows =
        new Dictionary<UpstreamFailureKind, (Code, string)>
        {
            [UpstreamFailureKind.Unreachable] = (Code.Unavailable, ErrorReasons.UpstreamUnavailable),
            [UpstreamFailureKind.Timeout] = (Code.DeadlineExceeded, ErrorReasons.UpstreamTimeout),
            [UpstreamFailureKind.Interrupted] = (Code.Unavailable, ErrorReasons.UpstreamUnavailable),
            [UpstreamFailureKind.BadAnswer] = (Code.Internal, ErrorReasons.MalformedAnswer),
            [UpstreamFailureKind.AnswerTooLarge] = (Code.ResourceExhausted, ErrorReasons.AnswerTooLarge),
            [UpstreamFailureKind.TooManyAnswers] = (Code.ResourceExhausted, ErrorReasons.TooManyAnswers),
            [UpstreamFailureKind.Redirected] = (Code.Internal, ErrorReasons.MalformedAnswer),
            [UpstreamFailureKind.CircuitOpen] = (Code.Unavailable, ErrorReasons.UpstreamUnavailable),
            [UpstreamFailureKind.NoConnectionFree] = (Code.Unavailable, ErrorReasons.UpstreamBusy),
            [UpstreamFailureKind.TooManyLongPolls] = (Code.ResourceExhausted, ErrorReasons.TooManyLongPolls),
            [UpstreamFailureKind.GatewayStopping] = (Code.Unavailable, ErrorReasons.GatewayStopping),
            [UpstreamFailureKind.UnknownUpstream] = (Code.InvalidArgument, ErrorReasons.UnknownUpstream),
            [UpstreamFailureKind.MalformedCredential] = (Code.Unauthenticated, ErrorReasons.MalformedCredential),
            [UpstreamFailureKind.CredentialRefused] = (Code.Unauthenticated, StatusRule.For(401).Reason),
            [UpstreamFailureKind.CredentialRefusedBefore] = (Code.Unauthenticated, ErrorReasons.CredentialRefusedBefore),
            [UpstreamFailureKind.SessionMalformed] = (Code.InvalidArgument, ErrorReasons.SessionInvalid),
            [UpstreamFailureKind.SessionOfOtherUpstream] = (Code.PermissionDenied, ErrorReasons.SessionInvalid),
            [UpstreamFailureKind.SessionOfOtherCredential] = (Code.PermissionDenied, ErrorReasons.SessionInvalid),
            [UpstreamFailureKind.SessionExpired] = (Code.FailedPrecondition, ErrorReasons.SessionInvalid),
            [UpstreamFailureKind.TalkMissing] = (Code.Unimplemented, ErrorReasons.TalkNotAvailable),
            [UpstreamFailureKind.TalkForbidden] = (Code.PermissionDenied, ErrorReasons.TalkNotAvailable),
            [UpstreamFailureKind.QuestionRefused] = (Code.Unavailable, ErrorReasons.UpstreamUnavailable),
        }.ToFrozenDictionary();

    /// <summary>The failure as the client sees it.</summary>
    public static Status ToStatus(UpstreamFailure failure)
    {
        var (code, reason) = failure is { Kind: UpstreamFailureKind.QuestionRefused, Status: not 0 }
            ? (StatusRule.For(failure.Status).Code, StatusRule.For(failure.Status).Reason)
            : Rows[failure.Kind];

        if (failure.Kind is UpstreamFailureKind.Interrupted)
        {
            // Of a write nobody can say more than the code does: UNAVAILABLE is taken for a leave to repeat the call, by programs and
            // by proxies. With a status, the server had begun to answer: half an answer, which is no matter of reaching it.
            (code, reason) = failure switch
            {
                { MayHaveArrived: true, IsOfRead: false } => (Code.Unknown, ErrorReasons.OutcomeUnknown),
                { Status: not 0 } => (Code.Internal, ErrorReasons.MalformedAnswer),
                _ => (code, reason),
            };
        }

        var status = Statuses.Gateway(
            code, reason, failure.Message, ("upstream", failure.Upstream), ("http_status", failure.Status == 0 ? "" : Statuses.Text(failure.Status)));
        return failure.RetryAfter is { } delay ? status.WithRetryAfter(delay) : status;
    }

    /// <summary>Whether every kind of failure has its row; for the test.</summary>
    public static bool Covers(UpstreamFailureKind kind) => Rows.ContainsKey(kind);
}
