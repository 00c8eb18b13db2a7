namespace TalkGateway.Rpc;

/// <summary>Ends a call with a status of the thrower's choice. Any other exception of a handler becomes UNKNOWN without its text.</summary>
public sealed class RpcException : Exception
{
    /// <summary>Ends the call with <paramref name="status"/>.</summary>
    /// <exception cref="ArgumentException">The status is OK, which is no failure.</exception>
    public RpcException(RpcStatus status, RpcMetadata? trailers = null, Exception? innerException = null)
        : base($"{status.Code}: {status.Message}", innerException)
    {
        if (status.Code is RpcStatusCode.Ok)
        {
            throw new ArgumentException("A call does not fail with OK.", nameof(status));
        }

        Status = status;
        Trailers = trailers;
    }

    /// <summary>Ends the call with a code and a message.</summary>
    public RpcException(RpcStatusCode code, string message, Exception? innerException = null)
        : this(new RpcStatus(code, message), null, innerException)
    {
    }

    /// <summary>What the caller is told.</summary>
    public RpcStatus Status { get; }

    /// <summary>Trailing metadata sent besides the call's own <see cref="RpcCall.Trailers"/>.</summary>
    public RpcMetadata? Trailers { get; }
}
