using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;

namespace TalkGateway.Rpc;

/// <summary>One call, as its handler sees it, whatever protocol it came by.</summary>
public sealed class RpcCall
{
    private readonly RpcExchange _exchange;
    private RpcMetadata? _responseMetadata;
    private RpcMetadata? _trailers;

    internal RpcCall(RpcExchange exchange, HttpContext httpContext, MethodDescriptor method)
    {
        _exchange = exchange;
        HttpContext = httpContext;
        Method = method;
    }

    /// <summary>The method called.</summary>
    public MethodDescriptor Method { get; }

    /// <summary>The HTTP request: connection, user, services, trace. Handlers leave its response alone.</summary>
    public HttpContext HttpContext { get; }

    /// <summary>The metadata the caller sent.</summary>
    public RpcRequestMetadata RequestMetadata => new(HttpContext.Request.Headers);

    /// <summary>Metadata to send before the first message; closed once that is sent.</summary>
    public RpcMetadata ResponseMetadata => _responseMetadata ??= new RpcMetadata();

    /// <summary>Metadata to send with the status.</summary>
    public RpcMetadata Trailers => _trailers ??= new RpcMetadata();

    /// <summary>When the caller stops waiting, in UTC; null when it waits for ever.</summary>
    public DateTimeOffset? Deadline => _exchange.Deadline;

    /// <summary>Fires when the caller cancels or its connection breaks, and when the deadline passes.</summary>
    public CancellationToken CancellationToken => _exchange.CancellationToken;

    /// <summary>
    /// Sends <see cref="ResponseMetadata"/> now instead of with the first message, so that the caller of a stream knows
    /// that it stands. Does nothing when it was sent already.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller cancelled or the deadline passed.</exception>
    public ValueTask WriteHeadersAsync() => _exchange.WriteHeadersAsync();

    internal RpcMetadata? ResponseMetadataOrNull => _responseMetadata;

    internal RpcMetadata? TrailersOrNull => _trailers;
}
