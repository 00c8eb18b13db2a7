using Google.Rpc;

namespace TalkGateway.Talk.Errors;

/// <summary>
/// A call that ends with a status: a canonical gRPC code, a message for people, and <c>google.rpc</c> details for programs
/// (an ErrorInfo always; BadRequest for fields, RetryInfo where waiting helps). The status carries no secret.
/// </summary>
public sealed class TalkException : Exception
{
    /// <summary>Creates the failure from its complete status.</summary>
    public TalkException(Status status, Exception? inner = null)
        : base(status.Message, inner)
    {
        Status = status;
    }

    /// <summary>What the client is told.</summary>
    public Status Status { get; }

    /// <summary>The canonical code of <see cref="Status"/>.</summary>
    public Code Code => (Code)Status.Code;

    /// <summary>A new session token, where the call opened or changed the caller's session before it failed; a secret of the caller's.</summary>
    public string? SessionToken { get; set; }

    /// <summary>ErrorInfo.reason of <see cref="Status"/>; empty if it has none.</summary>
    public string Reason
    {
        get
        {
            foreach (var detail in Status.Details)
            {
                if (detail.TryUnpack<ErrorInfo>(out var info))
                {
                    return info.Reason;
                }
            }

            return "";
        }
    }
}
