namespace TalkGateway.Transcoding;

/// <summary>The body of an answer is not what the plan can read: no JSON, no OCS envelope, or data of a wrong kind.</summary>
/// <remarks>The message never holds the content, which may be private.</remarks>
public sealed class MalformedAnswerException(string reason, int offset)
    : Exception($"The answer is malformed at byte {offset}: {reason}.")
{
    /// <summary>What is wrong, in a few words.</summary>
    public string Reason { get; } = reason;

    /// <summary>Where in the body, in bytes.</summary>
    public int Offset { get; } = offset;
}
