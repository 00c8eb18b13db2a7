using System.Buffers.Text;

namespace TalkGateway.Transcoding.Answers;

/// <summary>A number of JSON, taken apart.</summary>
internal readonly ref struct JsonNumber
{
    private JsonNumber(ReadOnlySpan<byte> text, bool isWhole, bool isNegative, ulong magnitude)
    {
        Text = text;
        IsWhole = isWhole;
        IsNegative = isNegative;
        Magnitude = magnitude;
    }

    /// <summary>As it was written.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>It is a whole number, and <see cref="Magnitude"/> holds it: 3, -3, 3.0 and 3e2 are, 3.5 and 1e30 are not.</summary>
    public bool IsWhole { get; }

    public bool IsNegative { get; }

    public ulong Magnitude { get; }

    /// <summary>Reads a number at the beginning of a text by JSON's grammar; what follows it is the caller's.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out JsonNumber number)
    {
        number = default;
        var isNegative = !text.IsEmpty && text[0] == '-';
        var start = isNegative ? 1 : 0;
        var at = start;
        ulong magnitude = 0;
        uint digit;
        while (at < text.Length && (digit = text[at] - (uint)'0') <= 9)
        {
            magnitude = (magnitude * 10) + digit;
            at++;
        }

        var digits = at - start;
        if (digits == 0 || (digits > 1 && text[start] == '0'))
        {
            return false;
        }

        if (at < text.Length && text[at] is (byte)'.' or (byte)'e' or (byte)'E')
        {
            return TryParseReal(text, at, isNegative, out number);
        }

        // 19 digits always fit 64 bits; 20 may.
        var isWhole = digits <= 19 || (digits == 20 && Utf8Parser.TryParse(text[start..at], out magnitude, out _));
        number = new JsonNumber(text[..at], isWhole, isNegative, magnitude);
        return true;
    }

    /// <summary>The whole text is one number.</summary>
    public static bool TryParseAll(ReadOnlySpan<byte> text, out JsonNumber number) =>
        TryParse(text, out number) && number.Text.Length == text.Length;

    public double ToDouble()
    {
        if (IsWhole && Magnitude <= 1ul << 53 && Magnitude != 0)
        {
            return IsNegative ? -(double)Magnitude : Magnitude;
        }

        return ParseChecked(Text);
    }

    /// <summary>Seconds since 1970 or of a span, with the fraction in nanoseconds of the same sign (further digits are cut off).</summary>
    public bool TryGetSeconds(out long seconds, out int nanos)
    {
        seconds = 0;
        nanos = 0;
        if (IsWhole)
        {
            if (Magnitude > long.MaxValue)
            {
                return false;
            }

            seconds = IsNegative ? -(long)Magnitude : (long)Magnitude;
            return true;
        }

        if (!Utf8Parser.TryParse(Text, out decimal value, out var consumed) || consumed != Text.Length
            || value is < -1_000_000_000_000m or > 1_000_000_000_000m)
        {
            return false;
        }

        seconds = (long)decimal.Truncate(value);
        nanos = (int)decimal.Truncate((value - seconds) * 1_000_000_000m);
        return true;
    }

    private static bool TryParseReal(ReadOnlySpan<byte> text, int at, bool isNegative, out JsonNumber number)
    {
        number = default;
        var whole = text[..at];
        var fraction = ReadOnlySpan<byte>.Empty;
        if (text[at] == '.')
        {
            var start = ++at;
            at = SkipDigits(text, at);
            if (at == start)
            {
                return false;
            }

            fraction = text[start..at];
        }

        var hasExponent = at < text.Length && text[at] is (byte)'e' or (byte)'E';
        if (hasExponent)
        {
            at++;
            if (at < text.Length && text[at] is (byte)'+' or (byte)'-')
            {
                at++;
            }

            var exponent = at;
            at = SkipDigits(text, at);
            if (at == exponent)
            {
                return false;
            }
        }

        ulong magnitude = 0;
        var isWhole = hasExponent
            ? IsWholeWithExponent(text[..at], out magnitude)
            : !fraction.ContainsAnyExcept((byte)'0') && Utf8Parser.TryParse(whole[(isNegative ? 1 : 0)..], out magnitude, out _);
        number = new JsonNumber(text[..at], isWhole, isNegative, magnitude);
        return true;
    }

    private static bool IsWholeWithExponent(ReadOnlySpan<byte> text, out ulong magnitude)
    {
        magnitude = 0;
        if (!Utf8Parser.TryParse(text, out decimal value, out _) || decimal.Truncate(value) != value || Math.Abs(value) > ulong.MaxValue)
        {
            return false;
        }

        magnitude = (ulong)Math.Abs(value);
        return true;
    }

    // The grammar was checked, so this cannot fail; what is too large becomes infinite.
    private static double ParseChecked(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out double value, out _) ? value : double.PositiveInfinity;

    private static int SkipDigits(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && text[at] - (uint)'0' <= 9)
        {
            at++;
        }

        return at;
    }
}
