using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TalkGateway.Rpc.Methods;

internal sealed class UnaryMethod<TRequest, TResponse>(MethodDescriptor descriptor, MessageParser<TRequest> parser, UnaryHandler<TRequest, TResponse> handler)
    : RpcMethod(descriptor)
    where TRequest : IMessage<TRequest>
    where TResponse : IMessage<TResponse>
{
    public override async ValueTask InvokeAsync(RpcExchange exchange)
    {
        var request = exchange.Codec.Decode(Descriptor.InputType, parser, await exchange.Requests.ReadSingleAsync(exchange.ReadCancellation));
        exchange.Requests.Release();
        exchange.Codec.Encode(await handler(exchange.Call, request), exchange.Reply);
    }
}

internal sealed class ServerStreamingMethod<TRequest, TResponse>(MethodDescriptor descriptor, MessageParser<TRequest> parser, ServerStreamingHandler<TRequest, TResponse> handler)
    : RpcMethod(descriptor)
    where TRequest : IMessage<TRequest>
    where TResponse : IMessage<TResponse>
{
    public override async ValueTask InvokeAsync(RpcExchange exchange)
    {
        var request = exchange.Codec.Decode(Descriptor.InputType, parser, await exchange.Requests.ReadSingleAsync(exchange.ReadCancellation));
        exchange.Requests.Release();
        await handler(exchange.Call, request, new ResponseWriter<TResponse>(exchange));
    }
}

internal sealed class ClientStreamingMethod<TRequest, TResponse>(MethodDescriptor descriptor, MessageParser<TRequest> parser, ClientStreamingHandler<TRequest, TResponse> handler)
    : RpcMethod(descriptor)
    where TRequest : IMessage<TRequest>
    where TResponse : IMessage<TResponse>
{
    public override async ValueTask InvokeAsync(RpcExchange exchange) =>
        exchange.Codec.Encode(await handler(exchange.Call, new RequestReader<TRequest>(exchange, parser)), exchange.Reply);
}

internal sealed class BidiStreamingMethod<TRequest, TResponse>(MethodDescriptor descriptor, MessageParser<TRequest> parser, BidiStreamingHandler<TRequest, TResponse> handler)
    : RpcMethod(descriptor)
    where TRequest : IMessage<TRequest>
    where TResponse : IMessage<TResponse>
{
    public override ValueTask InvokeAsync(RpcExchange exchange) =>
        handler(exchange.Call, new RequestReader<TRequest>(exchange, parser), new ResponseWriter<TResponse>(exchange));
}

internal sealed class RequestReader<T>(RpcExchange exchange, MessageParser<T> parser) : IRpcRequestReader<T>
    where T : IMessage<T>
{
    private T? _current;

    public T Current => _current ?? throw new InvalidOperationException("No message was read.");

    public async ValueTask<bool> MoveNextAsync()
    {
        _current = default;
        if (!await exchange.Requests.ReadAsync(exchange.ReadCancellation))
        {
            return false;
        }

        _current = exchange.Codec.Decode(exchange.Call.Method.InputType, parser, exchange.Requests.Message);
        exchange.Requests.Release();
        return true;
    }

    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (!cancellationToken.IsCancellationRequested && await MoveNextAsync())
        {
            yield return Current;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}

internal sealed class ResponseWriter<T>(RpcExchange exchange) : IRpcResponseWriter<T>
    where T : IMessage<T>
{
    public async ValueTask WriteAsync(T message)
    {
        using var buffer = exchange.RentWriter();
        exchange.Codec.Encode(message, buffer);
        await exchange.WriteAsync(buffer.Written);
    }
}
