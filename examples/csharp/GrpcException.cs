using Google.Protobuf;
using Google.Rpc;

namespace HelloTalk;

/// <summary>A failed call: its code and message, and the details that came with it.</summary>
public sealed class GrpcException : Exception
{
    private readonly Status _status;

    /// <summary>A failure that this side found.</summary>
    public GrpcException(Code code, string message, Exception? cause = null)
        : base($"{code}: {message}", cause)
    {
        Code = code;
        _status = new Status();
    }

    /// <summary>A failure that the server told.</summary>
    public GrpcException(Code code, string message, Status status)
        : base($"{code}: {message}")
    {
        Code = code;
        _status = status;
    }

    /// <summary>The canonical code.</summary>
    public Code Code { get; }

    /// <summary>The detail of one type, or null.</summary>
    public T? Detail<T>()
        where T : class, IMessage<T>, new() =>
        _status.Details.Select(any => any.TryUnpack(out T detail) ? detail : null).FirstOrDefault(detail => detail is not null);
}
