using System.Text;

namespace TalkGateway.Transcoding;

/// <summary>What a <see cref="FallbackConversion"/> found. The last value set counts; one that the field cannot hold is dropped.</summary>
public ref struct FallbackResult
{
    private readonly ByteBuffer _text;

    internal FallbackResult(ByteBuffer text)
    {
        _text = text;
        _text.Clear();
    }

    internal FallbackKind Kind { get; private set; }

    internal long Integer { get; private set; }

    internal readonly ReadOnlySpan<byte> Text => _text.Written;

    /// <summary>A number, for fields of an integer, enum, bool (0 or 1), Timestamp or Duration (both in seconds) type.</summary>
    public void SetInteger(long value)
    {
        Kind = FallbackKind.Integer;
        Integer = value;
    }

    /// <summary>A truth value, for bool fields; 1 or 0 for those of an integer type.</summary>
    public void SetBoolean(bool value) => SetInteger(value ? 1 : 0);

    /// <summary>A text in UTF-8, for string fields.</summary>
    public void SetString(scoped ReadOnlySpan<byte> utf8)
    {
        Kind = FallbackKind.Text;
        _text.Clear();
        _text.Write(utf8);
    }

    /// <summary>A text, for string fields.</summary>
    public void SetString(scoped ReadOnlySpan<char> value)
    {
        Kind = FallbackKind.Text;
        _text.Clear();
        Encoding.UTF8.GetBytes(value, _text);
    }
}

internal enum FallbackKind
{
    None,
    Integer,
    Text,
}
