using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;

namespace TalkGateway.Rpc.Wire;

/// <summary>
/// The bytes of a body of base64, which may be padded within: a client that encodes its frames one by one sends several encodings
/// in a row.
/// </summary>
internal sealed class Base64DecodingStream(PipeReader body) : Stream
{
    private const int GroupLength = 4;
    private readonly byte[] _decoded = new byte[3 * 1024];
    private int _start;
    private int _end;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_start == _end)
        {
            if (!await DecodeMoreAsync(cancellationToken))
            {
                return 0;
            }
        }

        var count = Math.Min(buffer.Length, _end - _start);
        _decoded.AsMemory(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private async ValueTask<bool> DecodeMoreAsync(CancellationToken cancellationToken)
    {
        var result = await body.ReadAsync(cancellationToken);
        var buffer = result.Buffer;
        var usable = Math.Min(buffer.Length - (buffer.Length % GroupLength), _decoded.Length / 3 * GroupLength);
        if (usable == 0)
        {
            body.AdvanceTo(buffer.Start, buffer.End);
            if (!result.IsCompleted)
            {
                return true;
            }

            return buffer.IsEmpty ? false : throw new RpcException(RpcStatusCode.Internal, "The request's base64 is cut off.");
        }

        var groups = buffer.Slice(0, usable).ToArray();
        body.AdvanceTo(buffer.GetPosition(usable));
        _start = 0;
        _end = 0;
        var rest = groups.AsSpan();
        while (!rest.IsEmpty)
        {
            // One encoding ends with its padding, the next begins behind it.
            var padding = rest.IndexOf((byte)'=');
            var length = padding < 0 ? rest.Length : (padding / GroupLength * GroupLength) + GroupLength;
            if (rest[..length].ContainsAny(" \t\r\n"u8)
                || Base64.DecodeFromUtf8(rest[..length], _decoded.AsSpan(_end), out _, out var written) != OperationStatus.Done)
            {
                throw new RpcException(RpcStatusCode.Internal, "The request is not base64.");
            }

            _end += written;
            rest = rest[length..];
        }

        return true;
    }
}
