using System.Collections.Frozen;

namespace TalkGateway.Transcoding.Answers;

/// <summary>How a field of a response is read: compiled from its descriptor and annotation.</summary>
internal sealed record AnswerField
{
    /// <summary>Place among the fields of its message, and in the frame of an object under way.</summary>
    public required int Slot { get; init; }

    /// <summary>Proto name, for messages about mistakes.</summary>
    public required string Name { get; init; }

    public required AnswerKind Kind { get; init; }

    public required FieldShape Shape { get; init; }

    /// <summary>The tag on the wire: of the packed list for numbers that repeat, of each element otherwise.</summary>
    public required byte[] Tag { get; init; }

    /// <summary>Zero is written too: the field has presence, or is an element of a list or map.</summary>
    public required bool WritesZero { get; init; }

    /// <summary>How integers, enums and booleans are put on the wire.</summary>
    public IntegerForm Form { get; init; }

    /// <summary>Largest value, and largest magnitude of a negative one, of integers.</summary>
    public ulong MaxPositive { get; init; }

    public ulong MaxNegative { get; init; }

    /// <summary>True is sent as 0 (ENCODING_ONE_ZERO).</summary>
    public bool Inverted { get; init; }

    /// <summary>The value is JSON text inside a JSON string (ENCODING_JSON_TEXT).</summary>
    public bool JsonText { get; init; }

    /// <summary>Words of an enum whose values carry text; null for the others.</summary>
    public WordTable? Words { get; init; }

    /// <summary>Texts and numbers that stand for "absent"; null where there are none.</summary>
    public byte[][]? AbsentAs { get; init; }

    public FallbackConversion? Fallback { get; init; }

    /// <summary>Of message fields.</summary>
    public AnswerMessage? Message { get; init; }

    /// <summary>Key of a map entry; the value is <see cref="Element"/>.</summary>
    public AnswerField? Key { get; init; }

    /// <summary>Value of a map entry.</summary>
    public AnswerField? Element { get; init; }

    /// <summary>The kind of JSON that the field is made for; what else it accepts is leniency.</summary>
    public JsonKind OwnKind => Shape switch
    {
        FieldShape.List => JsonKind.Array,
        FieldShape.Map => JsonKind.Object,
        _ => Kind switch
        {
            AnswerKind.Bool => JsonKind.Boolean,
            AnswerKind.String => JsonKind.Text,
            AnswerKind.Message or AnswerKind.Struct => JsonKind.Object,
            AnswerKind.ListValue => JsonKind.Array,
            AnswerKind.Value => JsonKind.Any,
            _ => JsonKind.Number,
        },
    };

    /// <summary>Numbers and booleans that repeat share one tag and one length.</summary>
    public bool IsPacked => Shape == FieldShape.List && Kind < AnswerKind.FirstDelimited;
}

internal enum FieldShape
{
    Single,
    List,
    Map,
}

/// <summary>What a value is on the protobuf side.</summary>
internal enum AnswerKind
{
    Bool,
    Integer,
    Enum,
    Float,
    Double,
    FirstDelimited,
    String = FirstDelimited,
    Timestamp,
    Duration,
    Message,
    Struct,
    Value,
    ListValue,
}

/// <summary>Kinds of JSON values.</summary>
internal enum JsonKind
{
    Any,
    Boolean,
    Number,
    Text,
    Object,
    Array,
}

/// <summary>How an integer is put on the wire.</summary>
internal enum IntegerForm
{
    Varint,
    ZigZag,
    Fixed32,
    Fixed64,
}

/// <summary>The words of an enum, and their numbers.</summary>
internal sealed class WordTable(IEnumerable<KeyValuePair<string, int>> words)
{
    private readonly FrozenDictionary<string, int> _words = words.ToFrozenDictionary(StringComparer.Ordinal);
    private readonly int _longest = words.Max(word => word.Key.Length);

    public bool TryGet(ReadOnlySpan<byte> utf8, out int number)
    {
        number = 0;
        if (utf8.Length > 3 * _longest || utf8.Length > 512)
        {
            return false;
        }

        Span<char> text = stackalloc char[utf8.Length];
        var length = System.Text.Encoding.UTF8.GetChars(utf8, text);
        return _words.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text[..length], out number);
    }
}
