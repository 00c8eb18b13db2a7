using System.Buffers;
using Microsoft.Extensions.ObjectPool;

namespace TalkGateway.Rpc.Wire;

/// <summary>
/// A message being built in pooled memory. Rent and dispose; not thread-safe.
/// </summary>
internal sealed class PooledBufferWriter : IBufferWriter<byte>, IDisposable
{
    // Larger buffers go back to the array pool at once; a small one stays with its writer, which saves a rent per call.
    private const int KeptCapacity = 32 * 1024;
    private static readonly ObjectPool<PooledBufferWriter> Pool = new DefaultObjectPool<PooledBufferWriter>(new DefaultPooledObjectPolicy<PooledBufferWriter>(), 256);

    private byte[] _buffer = [];
    private int _end;

    public static PooledBufferWriter Rent() => Pool.Get();

    /// <summary>How many bytes the message has.</summary>
    public int Length => _end;

    /// <summary>The message.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _end);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _end);
        _end += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _buffer.AsMemory(_end);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureRoom(sizeHint);
        return _buffer.AsSpan(_end);
    }

    public void Dispose()
    {
        _end = 0;
        if (_buffer.Length > KeptCapacity)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        Pool.Return(this);
    }

    private void EnsureRoom(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        var needed = (long)_end + Math.Max(sizeHint, 1);
        if (needed <= _buffer.Length)
        {
            return;
        }

        if (needed > Array.MaxLength)
        {
            throw new RpcException(RpcStatusCode.ResourceExhausted, "The response message exceeds 2 GiB.");
        }

        var capacity = (int)Math.Min(Math.Max(needed, Math.Max(4096L, 2L * _buffer.Length)), Array.MaxLength);
        var larger = ArrayPool<byte>.Shared.Rent(capacity);
        if (_buffer.Length != 0)
        {
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
