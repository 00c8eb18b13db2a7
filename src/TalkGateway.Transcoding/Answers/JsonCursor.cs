using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace TalkGateway.Transcoding.Answers;

/// <summary>
/// Walks over JSON (RFC 8259) in one piece, strictly. Instead of tokens it gives the caller the bytes, because the caller mostly
/// knows what comes next: comparing a whole <c>"name":</c> is several times faster than reading a token and looking it up.
/// </summary>
/// <remarks>The text has to be valid UTF-8: checked once for the whole body, which is cheaper than string by string.</remarks>
internal ref struct JsonCursor(ReadOnlySpan<byte> json, int position = 0)
{
    /// <summary>Deepest nesting of objects and arrays that is stepped over. PHP writes and reads up to 512.</summary>
    public const int MaxDepth = 1024;

    private const int BitsOfWord = 64;

    private static readonly SearchValues<byte> StringStops = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(value => (byte)value), (byte)'"', (byte)'\\']);

    public readonly ReadOnlySpan<byte> Json = json;

    public int Position = position;

    /// <summary>The byte at the position; 0, which begins nothing in JSON, at the end.</summary>
    public readonly byte Current
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (uint)Position < (uint)Json.Length ? Json[Position] : (byte)0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void SkipWhitespace()
    {
        // Servers send none, so the common case is a single comparison.
        if (Current <= ' ')
        {
            SkipWhitespaceSlowly();
        }
    }

    /// <summary>Expects a byte, with white space allowed in front of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect(byte value, string reason)
    {
        SkipWhitespace();
        if (Current != value)
        {
            Fail(reason);
        }

        Position++;
    }

    /// <summary>Steps over a literal such as <c>null</c>.</summary>
    public void ExpectLiteral(ReadOnlySpan<byte> literal)
    {
        if (!Json[Position..].StartsWith(literal))
        {
            Fail("a literal is misspelt");
        }

        Position += literal.Length;
    }

    /// <summary>At a quote: the text between the quotes as it stands, and whether it holds escapes (which are then valid).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> ReadString(out bool escaped)
    {
        var rest = Json[(Position + 1)..];
        var length = rest.IndexOfAny(StringStops);
        if (length >= 0 && rest[length] == '"')
        {
            escaped = false;
            Position += length + 2;
            return rest[..length];
        }

        escaped = true;
        return ReadEscapedString(length);
    }

    /// <summary>At a minus or a digit: the number.</summary>
    public JsonNumber ReadNumber()
    {
        if (!JsonNumber.TryParse(Json[Position..], out var number))
        {
            Fail("a number is misspelt");
        }

        Position += number.Text.Length;
        return number;
    }

    /// <summary>Whether an empty array stands here; steps over it.</summary>
    public bool TrySkipEmptyArray()
    {
        var start = Position;
        if (Current == '[')
        {
            Position++;
            SkipWhitespace();
            if (Current == ']')
            {
                Position++;
                return true;
            }
        }

        Position = start;
        return false;
    }

    /// <summary>Steps into the object that stands here. False where it is empty; then it is left again.</summary>
    public bool EnterObject()
    {
        Position++;
        SkipWhitespace();
        if (Current != '}')
        {
            return true;
        }

        Position++;
        return false;
    }

    /// <summary>Steps to the next member, or out of the object.</summary>
    public bool NextMember()
    {
        SkipWhitespace();
        if (Current == '}')
        {
            Position++;
            return false;
        }

        Expect((byte)',', "a comma or a closing brace is expected");
        SkipWhitespace();
        return true;
    }

    /// <summary>Steps into the array that stands here. False where it is empty; then it is left again.</summary>
    public bool EnterArray()
    {
        Position++;
        SkipWhitespace();
        if (Current != ']')
        {
            return true;
        }

        Position++;
        return false;
    }

    /// <summary>Steps to the next element, or out of the array.</summary>
    public bool NextElement()
    {
        SkipWhitespace();
        if (Current == ']')
        {
            Position++;
            return false;
        }

        Expect((byte)',', "a comma or a closing bracket is expected");
        SkipWhitespace();
        return true;
    }

    /// <summary>Steps over a name and its colon, up to the value.</summary>
    public ReadOnlySpan<byte> ReadName(out bool escaped)
    {
        if (Current != '"')
        {
            Fail("a name is expected");
        }

        var raw = ReadString(out escaped);
        Expect((byte)':', "a colon is expected");
        SkipWhitespace();
        return raw;
    }

    /// <summary>Steps over one value of any kind, checking it.</summary>
    public void SkipValue()
    {
        switch (Current)
        {
            case (byte)'"':
                ReadString(out _);
                break;
            case (byte)'{' or (byte)'[':
                SkipContainer();
                break;
            default:
                SkipPlain();
                break;
        }
    }

    [DoesNotReturn]
    public readonly void Fail(string reason) =>
        throw new MalformedAnswerException(Position >= Json.Length ? "it ends too early" : reason, Math.Min(Position, Json.Length));

    private void SkipPlain()
    {
        switch (Current)
        {
            case (byte)'n':
                ExpectLiteral("null"u8);
                break;
            case (byte)'t':
                ExpectLiteral("true"u8);
                break;
            case (byte)'f':
                ExpectLiteral("false"u8);
                break;
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                ReadNumber();
                break;
            default:
                Fail("a value is expected");
                break;
        }
    }

    private void SkipContainer()
    {
        // Bit n: the container at depth n is an object.
        Span<ulong> objects = stackalloc ulong[MaxDepth / BitsOfWord];
        var depth = 0;
        while (true)
        {
            // At the beginning of a value.
            var kind = Current;
            if (kind is (byte)'{' or (byte)'[')
            {
                if (depth >= MaxDepth)
                {
                    Fail("it is nested too deeply");
                }

                var isObject = kind == '{';
                var bit = 1ul << (depth % BitsOfWord);
                ref var word = ref objects[depth / BitsOfWord];
                word = isObject ? word | bit : word & ~bit;
                depth++;
                Position++;
                SkipWhitespace();
                if (Current != (isObject ? '}' : ']'))
                {
                    if (isObject)
                    {
                        SkipName();
                    }

                    continue;
                }
            }
            else if (kind == '"')
            {
                ReadString(out _);
            }
            else
            {
                SkipPlain();
            }

            // After a value, or before the end of an empty container.
            while (true)
            {
                SkipWhitespace();
                var inObject = (objects[(depth - 1) / BitsOfWord] & (1ul << ((depth - 1) % BitsOfWord))) != 0;
                if (Current == (inObject ? '}' : ']'))
                {
                    Position++;
                    if (--depth == 0)
                    {
                        return;
                    }

                    continue;
                }

                if (Current != ',')
                {
                    Fail(inObject ? "a comma or a closing brace is expected" : "a comma or a closing bracket is expected");
                }

                Position++;
                SkipWhitespace();
                if (inObject)
                {
                    SkipName();
                }

                break;
            }
        }
    }

    private void SkipName()
    {
        if (Current != '"')
        {
            Fail("a name is expected");
        }

        ReadString(out _);
        Expect((byte)':', "a colon is expected");
        SkipWhitespace();
    }

    private void SkipWhitespaceSlowly()
    {
        while (Current is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            Position++;
        }
    }

    private ReadOnlySpan<byte> ReadEscapedString(int stop)
    {
        var start = Position + 1;
        var at = start;
        while (true)
        {
            if (stop < 0)
            {
                Position = Json.Length;
                Fail("a string does not end");
            }

            at += stop;
            if (Json[at] == '"')
            {
                Position = at + 1;
                return Json[start..at];
            }

            var length = Json[at] == '\\' ? JsonText.EscapeLength(Json[at..]) : 0;
            if (length == 0)
            {
                Position = at;
                Fail(Json[at] == '\\' ? "an escape is misspelt" : "a string holds a control character");
            }

            at += length;
            stop = Json[at..].IndexOfAny(StringStops);
        }
    }
}
