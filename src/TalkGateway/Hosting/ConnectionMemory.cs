using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace TalkGateway.Hosting;

/// <summary>
/// The blocks that connections read into and write from. Kestrel's own pool pins its blocks for good and keeps what a burst took, so
/// that the heap around them never shrinks again; these are plain arrays, of which a bounded number is kept until a burst is over.
/// </summary>
internal sealed class ConnectionMemory : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int BlockSize = 4096;
    private const int MaxKept = 2048;

    private readonly ConcurrentQueue<ConnectionMemory> _created = new();
    private readonly ConcurrentQueue<Block> _kept = new();
    private int _count;

    /// <inheritdoc />
    public override int MaxBufferSize => BlockSize;

    /// <inheritdoc />
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null)
    {
        var pool = new ConnectionMemory();
        _created.Enqueue(pool);
        return pool;
    }

    /// <summary>Lets go of what is kept, here and in all pools created here.</summary>
    public void LetGo()
    {
        while (_kept.TryDequeue(out _))
        {
            Interlocked.Decrement(ref _count);
        }

        foreach (var pool in _created)
        {
            pool.LetGo();
        }
    }

    /// <inheritdoc />
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        if (!_kept.TryDequeue(out var block))
        {
            return new Block(this);
        }

        Interlocked.Decrement(ref _count);
        return block;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing) => LetGo();

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref _count) <= MaxKept)
        {
            _kept.Enqueue(block);
        }
        else
        {
            Interlocked.Decrement(ref _count);
        }
    }

    private sealed class Block(ConnectionMemory pool) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockSize);

        public Memory<byte> Memory => _bytes;

        public void Dispose() => pool.Return(this);
    }
}
