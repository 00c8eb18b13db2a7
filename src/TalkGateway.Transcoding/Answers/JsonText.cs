using System.Text;

namespace TalkGateway.Transcoding.Answers;

/// <summary>The escapes inside JSON strings.</summary>
internal static class JsonText
{
    /// <summary>Length of the escape that begins with the backslash at the start: 2 or 6; 0 where it is none.</summary>
    public static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2)
        {
            return 0;
        }

        return text[1] switch
        {
            (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t' => 2,
            (byte)'u' when text.Length >= 6 && TryReadHex(text[2..], out _) => 6,
            _ => 0,
        };
    }

    /// <summary>
    /// Writes the text that a checked JSON string stands for; never longer than the string itself. Lone surrogates become U+FFFD,
    /// because protobuf strings have to be valid UTF-8.
    /// </summary>
    /// <returns>Bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> raw, Span<byte> target)
    {
        var written = 0;
        while (true)
        {
            var plain = raw.IndexOf((byte)'\\');
            if (plain < 0)
            {
                raw.CopyTo(target[written..]);
                return written + raw.Length;
            }

            raw[..plain].CopyTo(target[written..]);
            written += plain;
            var escape = raw[plain + 1];
            raw = raw[(plain + 2)..];
            if (escape != 'u')
            {
                target[written++] = escape switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    _ => escape,
                };
                continue;
            }

            TryReadHex(raw, out var unit);
            raw = raw[4..];
            var rune = Rune.ReplacementChar;
            if (!char.IsSurrogate((char)unit))
            {
                rune = new Rune((char)unit);
            }
            else if (char.IsHighSurrogate((char)unit) && raw.Length >= 6 && raw[0] == '\\' && raw[1] == 'u'
                && TryReadHex(raw[2..], out var low) && char.IsLowSurrogate((char)low))
            {
                rune = new Rune((char)unit, (char)low);
                raw = raw[6..];
            }

            written += rune.EncodeToUtf8(target[written..]);
        }
    }

    /// <summary>The texts that stand for true and false.</summary>
    public static bool TryReadTruth(ReadOnlySpan<byte> text, out bool value)
    {
        value = text.SequenceEqual("1"u8) || text.SequenceEqual("true"u8) || text.SequenceEqual("yes"u8);
        return value || text.SequenceEqual("0"u8) || text.SequenceEqual("false"u8) || text.SequenceEqual("no"u8);
    }

    private static bool TryReadHex(ReadOnlySpan<byte> text, out ushort value)
    {
        value = 0;
        for (var i = 0; i < 4; i++)
        {
            var digit = text[i] switch
            {
                >= (byte)'0' and <= (byte)'9' => text[i] - '0',
                >= (byte)'a' and <= (byte)'f' => text[i] - 'a' + 10,
                >= (byte)'A' and <= (byte)'F' => text[i] - 'A' + 10,
                _ => -1,
            };
            if (digit < 0)
            {
                return false;
            }

            value = (ushort)((value << 4) | digit);
        }

        return true;
    }
}
