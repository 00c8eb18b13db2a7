using System.Buffers;
using Microsoft.AspNetCore.Http;
using TalkGateway.Rpc.Wire;

namespace TalkGateway.Rpc.Protocols;

/// <summary>
/// How one wire protocol says what every call has: its head, its messages and its status. Handlers never see which protocol a
/// call came by. Instances hold no state of a call and serve any number of calls at once.
/// </summary>
internal abstract class RpcProtocol(bool usesJson)
{
    /// <summary>Whether messages travel as JSON rather than in protobuf's binary form.</summary>
    public bool UsesJson { get; } = usesJson;

    /// <summary>Whether headers may leave before the status is known; not where the status is the HTTP status.</summary>
    public virtual bool CanSendHeadersFirst => true;

    /// <summary>Whether HTTP caches may keep answers, unless they are told not to.</summary>
    public virtual bool CanBeCached => false;

    /// <summary>Reads timeout and compression from the request's head.</summary>
    /// <exception cref="RpcException">The head breaks the protocol.</exception>
    public abstract RpcRequestHead ReadHead(HttpRequest request);

    /// <summary>Opens the request's messages.</summary>
    public virtual RpcMessageReader CreateReader(HttpRequest request, bool gzip, MessageLimits limits) => new EnvelopeReader(request.BodyReader, gzip, limits);

    /// <summary>Writes the response's own headers for a response that has messages.</summary>
    public abstract void WriteHead(HttpResponse response, bool gzip);

    /// <summary>Writes one message to the body, or to what will go there, and its headers if the message is the body.</summary>
    public abstract void WriteMessage(HttpResponse response, IBufferWriter<byte> output, ReadOnlySpan<byte> message, bool compressed);

    /// <summary>Ends the response. Without a head before it, it writes the head too.</summary>
    public abstract void WriteStatus(HttpResponse response, RpcStatus status, RpcMetadata? trailers, bool hasHead);
}

/// <summary>What a request's head says.</summary>
/// <param name="Timeout">How long the caller waits, counted from now.</param>
/// <param name="GzipRequest">Messages of the request may be compressed with gzip.</param>
/// <param name="GzipAccepted">The caller accepts messages compressed with gzip.</param>
internal readonly record struct RpcRequestHead(TimeSpan? Timeout, bool GzipRequest, bool GzipAccepted);
