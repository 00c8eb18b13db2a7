using System.Text.RegularExpressions;

namespace TalkGateway.Transcoding.Requests;

/// <summary>How a field of a request is read from the wire and checked: compiled from its descriptor and annotation.</summary>
internal sealed record RequestField
{
    /// <summary>Place of its value in the frame of its message; fields of flattened messages share the frame around them.</summary>
    public required int Slot { get; init; }

    public required int Number { get; init; }

    public required string Name { get; init; }

    /// <summary>Proto names from the request message on, for the fields of flattened messages; the name for all others.</summary>
    public required string Path { get; init; }

    public required RequestKind Kind { get; init; }

    public required RequestShape Shape { get; init; }

    /// <summary>Wire type of a single value.</summary>
    public required int WireType { get; init; }

    public required bool HasPresence { get; init; }

    /// <summary>Slots of the oneof's other members, which setting this one clears: first and count each.</summary>
    public (int First, int Count)[] Rivals { get; set; } = [];

    /// <summary>Name in front of a JSON value: <c>"name":</c>.</summary>
    public required byte[] JsonName { get; init; }

    public required RequestEncoding Encoding { get; init; }

    public required FieldRules Rules { get; init; }

    /// <summary>Numbers of an enum, and their words where they have some; null for other types.</summary>
    public IReadOnlyDictionary<int, byte[]?>? EnumValues { get; init; }

    /// <summary>An enum of words whose zero has none: zero is not sent.</summary>
    public bool IsZeroWordless { get; init; }

    /// <summary>Not carried (PLACE_GATEWAY), for fields of messages inside.</summary>
    public bool IsGatewayOnly { get; init; }

    /// <summary>Of messages, and of map entries (key and value).</summary>
    public RequestMessage? Message { get; init; }

    /// <summary>Its members are parameters of their own, in the same frame.</summary>
    public bool IsFlattened { get; init; }
}

internal enum RequestShape
{
    Single,
    List,
    Map,
}

/// <summary>What a value is on the protobuf side.</summary>
internal enum RequestKind
{
    Bool,
    Int32,
    Int64,
    UInt32,
    UInt64,
    SInt32,
    SInt64,
    Fixed32,
    Fixed64,
    SFixed32,
    SFixed64,
    Enum,
    Float,
    Double,
    String,
    Bytes,
    Message,
    Timestamp,
    Duration,
    Struct,
    Value,
    ListValue,
}

/// <summary>How a value is written upstream, the default included.</summary>
internal enum RequestEncoding
{
    Natural,
    JsonText,
    ZeroOne,
    OneZero,
    DecimalText,
}

/// <summary>Limits on a field (<c>ocs.v1.Rules</c>), and whether it may go into a path.</summary>
internal sealed record FieldRules
{
    public static readonly FieldRules None = new();

    public bool Required { get; init; }

    public uint MinLength { get; init; }

    public uint MaxLength { get; init; } = uint.MaxValue;

    public Regex? Pattern { get; init; }

    /// <summary>The pattern as the annotation has it.</summary>
    public string PatternText { get; init; } = "";

    public long Min { get; init; } = long.MinValue;

    public long Max { get; init; } = long.MaxValue;

    public bool LimitsNumbers => Min != long.MinValue || Max != long.MaxValue;

    public bool LimitsText => MinLength > 0 || MaxLength != uint.MaxValue || Pattern is not null;

    public uint MaxItems { get; init; } = uint.MaxValue;
}
