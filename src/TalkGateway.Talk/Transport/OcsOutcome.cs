using TalkGateway.Talk.Failures;

namespace TalkGateway.Talk.Transport;

/// <summary>What came of an exchange: an answer, whatever it says, or the failure to get one. A value, since failures come in crowds.</summary>
internal readonly record struct OcsOutcome
{
    private OcsOutcome(OcsAnswer? answer, UpstreamFailure? failure) => (Answer, Failure) = (answer, failure);

    /// <summary>The answer; null where there is none.</summary>
    public OcsAnswer? Answer { get; }

    /// <summary>Why there is no answer; null where there is one.</summary>
    public UpstreamFailure? Failure { get; }

    public static implicit operator OcsOutcome(OcsAnswer answer) => new(answer, null);

    public static implicit operator OcsOutcome(UpstreamFailure failure) => new(null, failure);

    /// <summary>The answer, for those who can't go on without.</summary>
    /// <exception cref="UpstreamException">There is none.</exception>
    public OcsAnswer OrThrow() => Answer ?? throw new UpstreamException(Failure!);
}
