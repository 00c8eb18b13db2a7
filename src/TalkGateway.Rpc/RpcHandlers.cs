using System.Buffers;

namespace TalkGateway.Rpc;

/// <summary>
/// One message in, one message out, both as protobuf wire bytes: the path without message objects.
/// <paramref name="request"/> is valid until the handler completes; <paramref name="response"/> is sent when it completes without error.
/// </summary>
public delegate ValueTask UnaryBytesHandler(RpcCall call, ReadOnlySequence<byte> request, IBufferWriter<byte> response);

/// <summary>One message in, any number out, as protobuf wire bytes. <paramref name="request"/> is valid until the handler completes.</summary>
public delegate ValueTask ServerStreamingBytesHandler(RpcCall call, ReadOnlySequence<byte> request, IRpcResponseWriter<ReadOnlyMemory<byte>> responses);

/// <summary>Any number of messages in, one out, as protobuf wire bytes.</summary>
public delegate ValueTask ClientStreamingBytesHandler(RpcCall call, IRpcRequestReader<ReadOnlySequence<byte>> requests, IBufferWriter<byte> response);

/// <summary>Any number of messages in and out, in any order, as protobuf wire bytes.</summary>
public delegate ValueTask BidiStreamingBytesHandler(RpcCall call, IRpcRequestReader<ReadOnlySequence<byte>> requests, IRpcResponseWriter<ReadOnlyMemory<byte>> responses);

/// <summary>One message in, one message out.</summary>
public delegate ValueTask<TResponse> UnaryHandler<in TRequest, TResponse>(RpcCall call, TRequest request);

/// <summary>One message in, any number out.</summary>
public delegate ValueTask ServerStreamingHandler<in TRequest, out TResponse>(RpcCall call, TRequest request, IRpcResponseWriter<TResponse> responses);

/// <summary>Any number of messages in, one out.</summary>
public delegate ValueTask<TResponse> ClientStreamingHandler<in TRequest, TResponse>(RpcCall call, IRpcRequestReader<TRequest> requests);

/// <summary>Any number of messages in and out, in any order.</summary>
public delegate ValueTask BidiStreamingHandler<in TRequest, out TResponse>(RpcCall call, IRpcRequestReader<TRequest> requests, IRpcResponseWriter<TResponse> responses);

/// <summary>
/// The messages a caller streams. Read by one reader at a time, once; <c>await foreach</c> works too.
/// Bytes are valid until the next read.
/// </summary>
public interface IRpcRequestReader<out T> : IAsyncEnumerable<T>
{
    /// <summary>The message the last successful <see cref="MoveNextAsync"/> read.</summary>
    T Current { get; }

    /// <summary>Reads the next message; false when the caller has sent all.</summary>
    /// <exception cref="RpcException">The caller broke the protocol or exceeded a limit.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled or the deadline passed.</exception>
    ValueTask<bool> MoveNextAsync();
}

/// <summary>The messages a handler streams to its caller. Written by one writer at a time.</summary>
public interface IRpcResponseWriter<in T>
{
    /// <summary>Sends a message at once; completes when the connection has room for more. The message may be reused afterwards.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: the message exceeds <see cref="RpcServerOptions.MaxSendMessageSize"/>.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled or the deadline passed.</exception>
    ValueTask WriteAsync(T message);
}
