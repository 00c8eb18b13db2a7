using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using TalkGateway.Memory;

namespace TalkGateway.Rpc.Wire;

/// <summary>What bounds the messages of a request.</summary>
/// <param name="MaxSize">Bytes of one message, after inflation.</param>
/// <param name="Budget">Bytes of all requests together.</param>
internal readonly record struct MessageLimits(int MaxSize, ByteBudget Budget);

/// <summary>
/// Takes messages from a request's body. A message stays where the connection put it until the next read: nothing is copied
/// unless it was compressed.
/// </summary>
internal abstract class RpcMessageReader(PipeReader body, MessageLimits limits)
{
    private bool _holding;
    private SequencePosition _end;
    private PooledBufferWriter? _inflated;

    /// <summary>The message read last, valid until the next read or <see cref="Release"/>.</summary>
    public ReadOnlySequence<byte> Message { get; private set; }

    /// <summary>Reads the next message; false at the end of the request.</summary>
    public abstract ValueTask<bool> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Reads the one message of a request that must have exactly one.</summary>
    /// <exception cref="RpcException">UNIMPLEMENTED for none or several (gRPC, "Status codes": request cardinality violation).</exception>
    public abstract ValueTask<ReadOnlySequence<byte>> ReadSingleAsync(CancellationToken cancellationToken);

    /// <summary>Gives the memory of the last message back.</summary>
    public void Release()
    {
        Message = default;
        _inflated?.Dispose();
        _inflated = null;
        if (!_holding)
        {
            return;
        }

        _holding = false;
        try
        {
            body.AdvanceTo(_end);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The caller reset its request just now, or the connection was aborted: HTTP/2 and HTTP/1.1 say it differently. There is
            // nothing left to give back, and the call hears of it by its token.
        }
    }

    protected int Limit => limits.MaxSize;

    /// <summary>Reads from the body. Until <see cref="ReadOn"/> the body waits for an advance, which <see cref="Release"/> makes if all else fails.</summary>
    protected async ValueTask<ReadResult> ReadBodyAsync(CancellationToken cancellationToken)
    {
        try
        {
            var result = await body.ReadAsync(cancellationToken);
            _holding = true;
            _end = result.Buffer.End;
            return result;
        }
        catch (BadHttpRequestException ex)
        {
            throw new RpcException(RpcStatusCode.Internal, "The request body is malformed or came too slowly.", ex);
        }
        catch (IOException ex)
        {
            throw new CallerGoneException(ex);
        }
    }

    /// <summary>Leaves everything read in the body and waits for more.</summary>
    protected void ReadOn(in ReadOnlySequence<byte> buffer)
    {
        _holding = false;
        try
        {
            body.AdvanceTo(buffer.Start, buffer.End);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            throw new CallerGoneException(gone);
        }
    }

    /// <summary>Makes a payload the message, and the memory up to its end be held.</summary>
    protected void Take(in ReadOnlySequence<byte> payload, bool compressed)
    {
        _end = payload.End;

        // An empty message compresses to nothing in some clients.
        if (compressed && !payload.IsEmpty)
        {
            _inflated = GzipCompression.Inflate(payload, limits.MaxSize, limits.Budget);
            Message = new ReadOnlySequence<byte>(_inflated.Written);
        }
        else
        {
            Message = payload;
        }
    }
}
