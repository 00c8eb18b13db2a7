using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace TalkGateway.Rpc.Wire;

/// <summary>Takes the enveloped messages of a request from its body, however the body was cut into reads.</summary>
internal sealed class EnvelopeReader(PipeReader body, bool gzip, MessageLimits limits) : RpcMessageReader(body, limits)
{
    public override ValueTask<bool> ReadAsync(CancellationToken cancellationToken) => ReadAsync(single: false, cancellationToken);

    public override async ValueTask<ReadOnlySequence<byte>> ReadSingleAsync(CancellationToken cancellationToken) =>
        await ReadAsync(single: true, cancellationToken)
            ? Message
            : throw new RpcException(RpcStatusCode.Unimplemented, "The method takes one request message and got none.");

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReadAsync(bool single, CancellationToken cancellationToken)
    {
        Release();
        while (true)
        {
            var result = await ReadBodyAsync(cancellationToken);
            var buffer = result.Buffer;
            if (!MessageEnvelope.TryRead(buffer, out var envelope) || !IsWhole(envelope, buffer, out var payload))
            {
                if (result.IsCompleted)
                {
                    return buffer.IsEmpty ? false : throw new RpcException(RpcStatusCode.Internal, "The request ends in the middle of a message.");
                }
            }
            else if (single && buffer.Length > payload.Length + MessageEnvelope.Size)
            {
                throw new RpcException(RpcStatusCode.Unimplemented, "The method takes one request message and got more.");
            }
            else if (!single || result.IsCompleted)
            {
                Take(payload, envelope.Flags == MessageEnvelope.Compressed);
                return true;
            }

            ReadOn(buffer);
        }
    }

    private bool IsWhole(MessageEnvelope envelope, in ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> payload)
    {
        if ((envelope.Flags & ~MessageEnvelope.Compressed) != 0)
        {
            throw new RpcException(RpcStatusCode.Internal, $"The request has a message with the unknown flags {envelope.Flags}.");
        }

        if (envelope.Flags == MessageEnvelope.Compressed && !gzip)
        {
            throw new RpcException(RpcStatusCode.Internal, "The request has a compressed message without saying how it is compressed.");
        }

        if (envelope.Length > (uint)Limit)
        {
            throw new RpcException(RpcStatusCode.ResourceExhausted, $"The request message has {envelope.Length} bytes; {Limit} are accepted.");
        }

        var whole = buffer.Length - MessageEnvelope.Size >= envelope.Length;
        payload = whole ? buffer.Slice(MessageEnvelope.Size, envelope.Length) : default;
        return whole;
    }
}
