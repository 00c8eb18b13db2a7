using System.Buffers.Binary;

namespace TalkGateway.Transcoding.Requests;

/// <summary>Walks over a message in protobuf's wire format.</summary>
internal ref struct WireCursor(ReadOnlySpan<byte> bytes, int position, int end)
{
    private const int MaxGroupDepth = 64;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly int _end = end;

    public int Position { get; private set; } = position;

    public readonly bool IsAtEnd => Position >= _end;

    public bool TryReadTag(out int number, out int wireType)
    {
        var fits = TryReadVarint(out var tag) && tag <= uint.MaxValue && tag >> 3 != 0;
        number = (int)(tag >> 3);
        wireType = (int)(tag & 7);
        return fits;
    }

    public bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 70 && Position < _end; shift += 7)
        {
            var next = _bytes[Position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads one value: a number into the bits, or the place of its bytes.</summary>
    public bool TryReadValue(int wireType, out Occurrence value)
    {
        value = default;
        switch (wireType)
        {
            case 0:
                if (!TryReadVarint(out var bits))
                {
                    return false;
                }

                value = new Occurrence(bits, 0, 0, -1);
                return true;
            case 1 when _end - Position >= 8:
                value = new Occurrence(BinaryPrimitives.ReadUInt64LittleEndian(_bytes[Position..]), 0, 0, -1);
                Position += 8;
                return true;
            case 5 when _end - Position >= 4:
                value = new Occurrence(BinaryPrimitives.ReadUInt32LittleEndian(_bytes[Position..]), 0, 0, -1);
                Position += 4;
                return true;
            case 2:
                if (!TryReadVarint(out var length) || length > (ulong)(_end - Position))
                {
                    return false;
                }

                value = new Occurrence(0, Position, (int)length, -1);
                Position += (int)length;
                return true;
            default:
                return false;
        }
    }

    /// <summary>Steps over a field that nobody knows.</summary>
    public bool TrySkip(int number, int wireType) =>
        wireType == 3 ? TrySkipGroup(number, 0) : TryReadValue(wireType, out _);

    private bool TrySkipGroup(int group, int depth)
    {
        while (depth < MaxGroupDepth && !IsAtEnd && TryReadTag(out var number, out var wireType))
        {
            if (wireType == 4)
            {
                return number == group;
            }

            if (!(wireType == 3 ? TrySkipGroup(number, depth + 1) : TryReadValue(wireType, out _)))
            {
                return false;
            }
        }

        return false;
    }
}
