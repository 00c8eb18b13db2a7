using System.Buffers;
using System.Runtime.CompilerServices;
using Google.Protobuf.Reflection;

namespace TalkGateway.Rpc.Methods;

internal sealed class UnaryBytesMethod(MethodDescriptor descriptor, UnaryBytesHandler handler) : RpcMethod(descriptor)
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask InvokeAsync(RpcExchange exchange)
    {
        var request = await exchange.Requests.ReadSingleAsync(exchange.ReadCancellation);
        await handler(exchange.Call, exchange.Codec.ToBinary(Descriptor.InputType, request), exchange.Reply);
        exchange.TranscodeReply();
    }
}

internal sealed class ServerStreamingBytesMethod(MethodDescriptor descriptor, ServerStreamingBytesHandler handler) : RpcMethod(descriptor)
{
    public override async ValueTask InvokeAsync(RpcExchange exchange)
    {
        var request = await exchange.Requests.ReadSingleAsync(exchange.ReadCancellation);
        await handler(exchange.Call, exchange.Codec.ToBinary(Descriptor.InputType, request), new BytesResponseWriter(exchange));
    }
}

internal sealed class ClientStreamingBytesMethod(MethodDescriptor descriptor, ClientStreamingBytesHandler handler) : RpcMethod(descriptor)
{
    public override async ValueTask InvokeAsync(RpcExchange exchange)
    {
        await handler(exchange.Call, new BytesRequestReader(exchange), exchange.Reply);
        exchange.TranscodeReply();
    }
}

internal sealed class BidiStreamingBytesMethod(MethodDescriptor descriptor, BidiStreamingBytesHandler handler) : RpcMethod(descriptor)
{
    public override ValueTask InvokeAsync(RpcExchange exchange) =>
        handler(exchange.Call, new BytesRequestReader(exchange), new BytesResponseWriter(exchange));
}

internal sealed class BytesRequestReader(RpcExchange exchange) : IRpcRequestReader<ReadOnlySequence<byte>>
{
    public ReadOnlySequence<byte> Current { get; private set; }

    public async ValueTask<bool> MoveNextAsync()
    {
        Current = default;
        if (!await exchange.Requests.ReadAsync(exchange.ReadCancellation))
        {
            return false;
        }

        Current = exchange.Codec.ToBinary(exchange.Call.Method.InputType, exchange.Requests.Message);
        return true;
    }

    public async IAsyncEnumerator<ReadOnlySequence<byte>> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (!cancellationToken.IsCancellationRequested && await MoveNextAsync())
        {
            yield return Current;
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}

internal sealed class BytesResponseWriter(RpcExchange exchange) : IRpcResponseWriter<ReadOnlyMemory<byte>>
{
    public ValueTask WriteAsync(ReadOnlyMemory<byte> message) =>
        exchange.Codec.IsBinary ? exchange.WriteAsync(message) : TranscodeAsync(message);

    private async ValueTask TranscodeAsync(ReadOnlyMemory<byte> message)
    {
        using var buffer = exchange.RentWriter();
        exchange.Codec.FromBinary(exchange.Call.Method.OutputType, message.Span, buffer);
        await exchange.WriteAsync(buffer.Written);
    }
}
