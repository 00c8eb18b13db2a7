using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace TalkGateway.Transcoding.Answers;

// Protobuf's wire format.
internal ref partial struct AnswerParser
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void WriteTag(byte[] tag)
    {
        if (tag.Length == 1)
        {
            _output.Write(tag[0]);
        }
        else
        {
            _output.Write(tag.AsSpan());
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void WriteVarint(ulong value)
    {
        _output.Reserve(10);
        var bytes = _output.Array;
        var at = _output.Length;
        while (value >= 0x80)
        {
            bytes[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[at++] = (byte)value;
        _output.Length = at;
    }

    private readonly void WriteInteger(AnswerField field, long value)
    {
        if (value == 0 && !field.WritesZero)
        {
            return;
        }

        WriteTag(field.Tag);
        switch (field.Form)
        {
            case IntegerForm.Varint:
                WriteVarint((ulong)value);
                break;
            case IntegerForm.ZigZag:
                WriteVarint((ulong)((value << 1) ^ (value >> 63)));
                break;
            case IntegerForm.Fixed32:
                BinaryPrimitives.WriteUInt32LittleEndian(_output.GetSpan(4), (uint)value);
                _output.Advance(4);
                break;
            default:
                BinaryPrimitives.WriteUInt64LittleEndian(_output.GetSpan(8), (ulong)value);
                _output.Advance(8);
                break;
        }
    }

    private readonly void WriteDouble(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_output.GetSpan(8), value);
        _output.Advance(8);
    }

    /// <summary>A Timestamp or a Duration, which look alike.</summary>
    private readonly void WriteSeconds(AnswerField field, long seconds, int nanos)
    {
        WriteTag(field.Tag);
        var start = BeginLength(1);
        if (seconds != 0)
        {
            _output.Write(0x08);
            WriteVarint((ulong)seconds);
        }

        if (nanos != 0)
        {
            _output.Write(0x10);
            WriteVarint((ulong)(long)nanos);
        }

        EndLength(start, 1);
    }

    /// <summary>Length and text.</summary>
    private readonly void WriteString(ReadOnlySpan<byte> raw, bool escaped)
    {
        if (!escaped)
        {
            WriteVarint((uint)raw.Length);
            _output.Write(raw);
            return;
        }

        var reserve = VarintSize((uint)raw.Length);
        var start = BeginLength(reserve);
        _output.Length += JsonText.Unescape(raw, _output.GetSpan(raw.Length));
        EndLength(start, reserve);
    }

    /// <summary>Keeps room for a length that is known later.</summary>
    private readonly int BeginLength(int reserve)
    {
        _output.Reserve(reserve);
        _output.Length += reserve;
        return _output.Length;
    }

    /// <summary>Fills the length in; where it needs more or less room than was kept, what follows it moves.</summary>
    private readonly void EndLength(int start, int reserve)
    {
        var length = _output.Length - start;
        var size = VarintSize((uint)length);
        if (size != reserve)
        {
            _output.Reserve(size);
            _output.Array.AsSpan(start, length).CopyTo(_output.Array.AsSpan(start - reserve + size));
        }

        _output.Length = start - reserve;
        WriteVarint((uint)length);
        _output.Length += length;
    }

    private static int VarintSize(uint value) => ((BitOperations.Log2(value | 1) * 9) + 73) / 64;
}
