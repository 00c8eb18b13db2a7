namespace TalkGateway.Transcoding;

/// <summary>
/// The caller set a field that this server cannot act upon, and leaving it out would do something else than was asked
/// (<c>Field.needs</c>). Thrown before anything is sent.
/// </summary>
public sealed class UnsupportedFieldException(string field, string missing)
    : Exception($"{field} needs {missing}, which the server does not have.")
{
    /// <summary>Path of the field in proto names.</summary>
    public string Field { get; } = field;

    /// <summary>What the server lacks: a capability, or a version in words.</summary>
    public string Missing { get; } = missing;
}
