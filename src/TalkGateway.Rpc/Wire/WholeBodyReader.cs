using System.Buffers;
using System.IO.Pipelines;

namespace TalkGateway.Rpc.Wire;

/// <summary>Takes a body that is one message from its first byte to its last.</summary>
internal sealed class WholeBodyReader(PipeReader body, bool gzip, MessageLimits limits) : RpcMessageReader(body, limits)
{
    public override ValueTask<bool> ReadAsync(CancellationToken cancellationToken) =>
        throw new InvalidOperationException("A request without envelopes has one message.");

    public override async ValueTask<ReadOnlySequence<byte>> ReadSingleAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await ReadBodyAsync(cancellationToken);
            if (result.Buffer.Length > Limit)
            {
                throw new RpcException(RpcStatusCode.ResourceExhausted, $"The request message has more than {Limit} bytes.");
            }

            if (result.IsCompleted)
            {
                Take(result.Buffer, gzip);
                return Message;
            }

            ReadOn(result.Buffer);
        }
    }
}
