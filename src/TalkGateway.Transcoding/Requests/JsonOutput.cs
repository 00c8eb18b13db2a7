using System.Buffers;
using System.Globalization;

namespace TalkGateway.Transcoding.Requests;

/// <summary>Writes JSON texts.</summary>
internal static class JsonOutput
{
    private static readonly SearchValues<byte> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    /// <summary>A text in valid UTF-8 as a JSON string. Escapes only what RFC 8259 demands.</summary>
    public static void WriteString(ReadOnlySpan<byte> utf8, ByteBuffer target)
    {
        target.Write((byte)'"');
        while (true)
        {
            var plain = utf8.IndexOfAny(Escaped);
            if (plain < 0)
            {
                target.Write(utf8);
                break;
            }

            target.Write(utf8[..plain]);
            WriteEscape(utf8[plain], target);
            utf8 = utf8[(plain + 1)..];
        }

        target.Write((byte)'"');
    }

    public static void WriteNumber(long value, ByteBuffer target)
    {
        value.TryFormat(target.GetSpan(20), out var written, provider: CultureInfo.InvariantCulture);
        target.Advance(written);
    }

    public static void WriteNumber(ulong value, ByteBuffer target)
    {
        value.TryFormat(target.GetSpan(20), out var written, provider: CultureInfo.InvariantCulture);
        target.Advance(written);
    }

    /// <summary>A finite number, in the shortest form that reads back the same.</summary>
    public static void WriteNumber(double value, ByteBuffer target)
    {
        value.TryFormat(target.GetSpan(32), out var written, "R", CultureInfo.InvariantCulture);
        target.Advance(written);
    }

    /// <summary>As for double, with the fewer digits that a float needs.</summary>
    public static void WriteNumber(float value, ByteBuffer target)
    {
        value.TryFormat(target.GetSpan(32), out var written, "R", CultureInfo.InvariantCulture);
        target.Advance(written);
    }

    private static void WriteEscape(byte value, ByteBuffer target)
    {
        switch (value)
        {
            case (byte)'"':
                target.Write("\\\""u8);
                break;
            case (byte)'\\':
                target.Write("\\\\"u8);
                break;
            case (byte)'\n':
                target.Write("\\n"u8);
                break;
            case (byte)'\r':
                target.Write("\\r"u8);
                break;
            case (byte)'\t':
                target.Write("\\t"u8);
                break;
            default:
                target.Write("\\u00"u8);
                target.Write("0123456789abcdef"u8[value >> 4]);
                target.Write("0123456789abcdef"u8[value & 0xF]);
                break;
        }
    }
}
