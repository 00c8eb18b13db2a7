namespace TalkGateway.Transcoding;

/// <summary>A member of a JSON object, for <see cref="FallbackConversion"/>s: found without building a document.</summary>
public readonly ref struct JsonMember
{
    private JsonMember(ReadOnlySpan<byte> raw) => Raw = raw;

    /// <summary>The value's JSON text.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    /// <summary>Finds a member of an object; of several with one name the last. A member that is null counts as not there.</summary>
    public static bool TryFind(ReadOnlySpan<byte> jsonObject, ReadOnlySpan<byte> name, out JsonMember member) => throw new NotImplementedException();

    /// <summary>The value as a whole number, if it is one or a text of one.</summary>
    public bool TryGetInteger(out long value) => throw new NotImplementedException();

    /// <summary>The value as a truth value, if it is true, false, 0, 1 or a text of these.</summary>
    public bool TryGetBoolean(out bool value) => throw new NotImplementedException();

    /// <summary>The value in UTF-8, if it is a text.</summary>
    public bool TryGetString(out ReadOnlySpan<byte> utf8) => throw new NotImplementedException();
}
