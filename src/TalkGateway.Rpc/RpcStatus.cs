using System.Collections.Immutable;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace TalkGateway.Rpc;

/// <summary>How a call ended.</summary>
/// <param name="Code">The canonical code.</param>
/// <param name="Message">A message for developers; any text, empty for none.</param>
/// <param name="Details">Messages of any type, as <c>google.rpc.Status.details</c>; passed on as they are, known to the server or not.</param>
public sealed record RpcStatus(RpcStatusCode Code, string Message, IReadOnlyList<Any> Details)
{
    /// <summary>The success of a call.</summary>
    public static RpcStatus Ok { get; } = new(RpcStatusCode.Ok, "");

    /// <summary>A status without details.</summary>
    public RpcStatus(RpcStatusCode code, string message)
        : this(code, message, ImmutableArray<Any>.Empty)
    {
    }

    /// <summary>A status with details, each packed into an <see cref="Any"/>.</summary>
    public static RpcStatus WithDetails(RpcStatusCode code, string message, params ReadOnlySpan<IMessage> details)
    {
        var packed = ImmutableArray.CreateBuilder<Any>(details.Length);
        foreach (var detail in details)
        {
            packed.Add(Any.Pack(detail));
        }

        return new RpcStatus(code, message, packed.MoveToImmutable());
    }

    /// <summary>The same as a <c>google.rpc.Status</c> message.</summary>
    public Google.Rpc.Status ToMessage()
    {
        var status = new Google.Rpc.Status { Code = (int)Code, Message = Message };
        status.Details.AddRange(Details);
        return status;
    }
}
