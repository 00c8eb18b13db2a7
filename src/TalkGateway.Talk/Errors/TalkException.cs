using Google.Rpc;

namespace TalkGateway.Talk.Errors;

/// <summary>
/// Carries the status of a failed call past those who can't go on after it: polyfills, which make several. Everywhere else a
/// failure is a value.
/// </summary>
internal sealed class TalkException : Exception
{
    public TalkException(Status status, Exception? inner = null)
        : base(status.Message, inner)
    {
        Status = status;
    }

    /// <summary>What the client is told.</summary>
    public Status Status { get; }

    /// <summary>The canonical code of <see cref="Status"/>.</summary>
    public Code Code => (Code)Status.Code;
}
