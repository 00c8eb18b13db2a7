using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using TalkGateway.Memory;

namespace TalkGateway.Rpc.Wire;

/// <summary>Gzip for single messages, bounded on the way in so that a small message cannot inflate without end.</summary>
internal static class GzipCompression
{
    public const string Name = "gzip";

    /// <summary>Inflates into pooled memory that the caller disposes.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED beyond <paramref name="limit"/> bytes, INTERNAL for data that is not gzip (gRPC, "Status codes").</exception>
    public static PooledBufferWriter Inflate(in ReadOnlySequence<byte> compressed, int limit, ByteBudget budget)
    {
        var output = PooledBufferWriter.Rent(budget);
        var inflated = false;
        try
        {
            using var source = PipeReader.Create(compressed).AsStream();
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            while (true)
            {
                var read = gzip.Read(output.GetSpan(4096));
                if (read == 0)
                {
                    ThrowIfCutOff(compressed, output.Length);
                    inflated = true;
                    return output;
                }

                output.Advance(read);
                if (output.Length > limit)
                {
                    throw new RpcException(RpcStatusCode.ResourceExhausted, $"The request message exceeds {limit} bytes after decompression.");
                }
            }
        }
        catch (InvalidDataException ex)
        {
            throw new RpcException(RpcStatusCode.Internal, "The request message is not valid gzip.", ex);
        }
        finally
        {
            if (!inflated)
            {
                output.Dispose();
            }
        }
    }

    // The stream takes an early end for the end. The last four bytes of gzip are the plain length (RFC 1952, section 2.3.1).
    private static void ThrowIfCutOff(in ReadOnlySequence<byte> compressed, int length)
    {
        Span<byte> tail = stackalloc byte[sizeof(int)];
        if (compressed.Length < tail.Length)
        {
            throw new InvalidDataException("Too short for gzip.");
        }

        compressed.Slice(compressed.Length - tail.Length).CopyTo(tail);
        if (BinaryPrimitives.ReadInt32LittleEndian(tail) != length)
        {
            throw new InvalidDataException("The plain length is not the announced one.");
        }
    }

    /// <summary>Deflates into pooled memory that the caller disposes.</summary>
    public static PooledBufferWriter Deflate(ReadOnlySpan<byte> plain, CompressionLevel level, ByteBudget budget)
    {
        var output = PooledBufferWriter.Rent(budget);
        using var gzip = new GZipStream(new BufferWriterStream(output), level);
        gzip.Write(plain);
        return output;
    }

    private sealed class BufferWriterStream(IBufferWriter<byte> output) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => output.Write(buffer);
    }
}
