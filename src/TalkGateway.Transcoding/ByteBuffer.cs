using System.Buffers;
using System.Runtime.CompilerServices;

namespace TalkGateway.Transcoding;

/// <summary>A growing run of bytes that keeps its memory when cleared, so that steady use allocates nothing.</summary>
internal sealed class ByteBuffer : IBufferWriter<byte>
{
    // Above this a cleared buffer gives its memory back: one huge answer must not be paid for ever.
    private const int RetainedLimit = 1 << 20;

    private byte[] _bytes;
    private int _length;

    public ByteBuffer(int capacity) => _bytes = GC.AllocateUninitializedArray<byte>(capacity);

    public int Length
    {
        get => _length;
        set => _length = value;
    }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, _length);

    /// <summary>The memory itself; valid until the next call that may grow it.</summary>
    public byte[] Array => _bytes;

    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > RetainedLimit)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(4096);
        }
    }

    /// <summary>Room for so many more bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Reserve(int count)
    {
        if ((uint)count > (uint)(_bytes.Length - _length))
        {
            Grow(count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(byte value)
    {
        Reserve(1);
        _bytes[_length++] = value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(_bytes.AsSpan(_length));
        _length += value.Length;
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsSpan(_length);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, 1));
        return _bytes.AsMemory(_length);
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - _length), nameof(count));
        _length += count;
    }

    /// <summary>Cuts a range out; what follows moves up.</summary>
    public void Remove(int start, int end)
    {
        _bytes.AsSpan(end, _length - end).CopyTo(_bytes.AsSpan(start));
        _length -= end - start;
    }

    private void Grow(int count)
    {
        var wanted = checked(_length + count);
        var grown = GC.AllocateUninitializedArray<byte>((int)Math.Min(Math.Max(wanted, 2L * _bytes.Length), System.Array.MaxLength));
        _bytes.AsSpan(0, _length).CopyTo(grown);
        _bytes = grown;
    }
}
