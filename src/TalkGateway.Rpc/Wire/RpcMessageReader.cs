using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace TalkGateway.Rpc.Wire;

/// <summary>
/// Takes the enveloped messages of a request from its body, however the body was cut into reads. A message stays where the
/// connection put it until the next read: nothing is copied unless it was compressed.
/// </summary>
internal sealed class RpcMessageReader(PipeReader body, bool gzip, int limit)
{
    private bool _holding;
    private SequencePosition _end;
    private PooledBufferWriter? _inflated;

    /// <summary>The message read last, valid until the next read or <see cref="Release"/>.</summary>
    public ReadOnlySequence<byte> Message { get; private set; }

    /// <summary>Reads the next message; false at the end of the request.</summary>
    public ValueTask<bool> ReadAsync(CancellationToken cancellationToken) => ReadAsync(single: false, cancellationToken);

    /// <summary>Reads the one message of a request that must have exactly one.</summary>
    /// <exception cref="RpcException">UNIMPLEMENTED for none or several (gRPC, "Status codes": request cardinality violation).</exception>
    public async ValueTask<ReadOnlySequence<byte>> ReadSingleAsync(CancellationToken cancellationToken)
    {
        if (!await ReadAsync(single: true, cancellationToken))
        {
            throw new RpcException(RpcStatusCode.Unimplemented, "The method takes one request message and got none.");
        }

        return Message;
    }

    /// <summary>Gives the memory of the last message back.</summary>
    public void Release()
    {
        Message = default;
        _inflated?.Dispose();
        _inflated = null;
        if (_holding)
        {
            _holding = false;
            body.AdvanceTo(_end);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReadAsync(bool single, CancellationToken cancellationToken)
    {
        Release();
        while (true)
        {
            var result = await ReadBodyAsync(cancellationToken);
            var buffer = result.Buffer;

            // From here the pipe waits for an advance, which Release does if anything below throws.
            _holding = true;
            _end = buffer.End;

            if (!MessageEnvelope.TryRead(buffer, out var envelope) || !IsWhole(envelope, buffer, out var payload))
            {
                if (result.IsCompleted)
                {
                    return buffer.IsEmpty ? false : throw new RpcException(RpcStatusCode.Internal, "The request ends in the middle of a message.");
                }
            }
            else if (!single)
            {
                Take(envelope, payload);
                return true;
            }
            else if (buffer.Length > payload.Length + MessageEnvelope.Size)
            {
                throw new RpcException(RpcStatusCode.Unimplemented, "The method takes one request message and got more.");
            }
            else if (result.IsCompleted)
            {
                Take(envelope, payload);
                return true;
            }

            _holding = false;
            body.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    private async ValueTask<ReadResult> ReadBodyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await body.ReadAsync(cancellationToken);
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

        if (envelope.Length > (uint)limit)
        {
            throw new RpcException(RpcStatusCode.ResourceExhausted, $"The request message has {envelope.Length} bytes; {limit} are accepted.");
        }

        var whole = buffer.Length - MessageEnvelope.Size >= envelope.Length;
        payload = whole ? buffer.Slice(MessageEnvelope.Size, envelope.Length) : default;
        return whole;
    }

    private void Take(MessageEnvelope envelope, in ReadOnlySequence<byte> payload)
    {
        _end = payload.End;

        // An empty message compresses to nothing in some clients.
        if (envelope.Flags == MessageEnvelope.Compressed && envelope.Length != 0)
        {
            _inflated = GzipCompression.Inflate(payload, limit);
            Message = new ReadOnlySequence<byte>(_inflated.Written);
        }
        else
        {
            Message = payload;
        }
    }
}
