namespace TalkGateway.Rpc;

/// <summary>The canonical status codes of gRPC; numbers are wire facts (gRPC, "Status codes and their use").</summary>
public enum RpcStatusCode
{
    /// <summary>The call succeeded.</summary>
    Ok = 0,

    /// <summary>The call was cancelled, usually by the caller.</summary>
    Cancelled = 1,

    /// <summary>An error without a better code.</summary>
    Unknown = 2,

    /// <summary>The caller's argument is wrong whatever the state of the system.</summary>
    InvalidArgument = 3,

    /// <summary>The deadline passed before the call completed.</summary>
    DeadlineExceeded = 4,

    /// <summary>The requested entity does not exist.</summary>
    NotFound = 5,

    /// <summary>The entity to create exists already.</summary>
    AlreadyExists = 6,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied = 7,

    /// <summary>A quota, rate or size limit is exceeded.</summary>
    ResourceExhausted = 8,

    /// <summary>The system is not in the state the call needs; retrying does not help until it changes.</summary>
    FailedPrecondition = 9,

    /// <summary>A concurrency conflict; retry the whole sequence.</summary>
    Aborted = 10,

    /// <summary>Past the valid range.</summary>
    OutOfRange = 11,

    /// <summary>The method is not known or not supported here.</summary>
    Unimplemented = 12,

    /// <summary>An invariant is broken, or the peer broke the protocol.</summary>
    Internal = 13,

    /// <summary>The service cannot be reached now; retry with back-off.</summary>
    Unavailable = 14,

    /// <summary>Unrecoverable loss or corruption of data.</summary>
    DataLoss = 15,

    /// <summary>The caller has no valid credentials.</summary>
    Unauthenticated = 16,
}
