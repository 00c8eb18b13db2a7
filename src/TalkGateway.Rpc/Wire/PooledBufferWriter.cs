using System.Buffers;
using Microsoft.Extensions.ObjectPool;
using TalkGateway.Memory;

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
    private ByteBudget _budget = ByteBudget.Unlimited;
    private ByteHolding _holding;

    /// <summary>Takes a writer.</summary>
    /// <param name="budget">What large messages count against; null for those that have a small bound of their own.</param>
    public static PooledBufferWriter Rent(ByteBudget? budget = null)
    {
        var writer = Pool.Get();
        writer._budget = budget ?? ByteBudget.Unlimited;
        writer._holding = new ByteHolding(writer._budget);
        return writer;
    }

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
            Buffers.Return(_buffer);
            _buffer = [];
        }

        _holding.Release();

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

        var capacity = Math.Max(4096, Buffers.Larger(_buffer.Length, needed));
        if (capacity > KeptCapacity && !_holding.TryHold(capacity))
        {
            throw new RpcException(RpcStatusCode.ResourceExhausted, _budget.Remedy);
        }

        var larger = Buffers.Rent(capacity);
        if (_buffer.Length != 0)
        {
            _buffer.AsSpan(0, _end).CopyTo(larger);
            Buffers.Return(_buffer);
        }

        _buffer = larger;
    }
}
