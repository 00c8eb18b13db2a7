namespace TalkGateway.Transcoding;

/// <summary>What the envelope of a failure says.</summary>
/// <param name="StatusCode"><c>ocs.meta.statuscode</c>; 0 where it is missing.</param>
/// <param name="Message"><c>ocs.meta.message</c>; null where it is missing or empty.</param>
/// <param name="Reason"><c>ocs.data.error</c>, the server's typed reason, or on some servers a sentence; null where there is none.</param>
/// <param name="Data">
/// Members of <c>ocs.data</c> in the server's order: strings, numbers and booleans as texts, lists of them as "1, 2", and null as null.
/// </param>
public sealed record OcsFailure(int StatusCode, string? Message, string? Reason, IReadOnlyList<KeyValuePair<string, string?>> Data)
{
    /// <summary>Text of a member of <see cref="Data"/>; null where it is missing or null.</summary>
    public string? Find(string member) => Data.FirstOrDefault(pair => pair.Key == member).Value;

    /// <summary>Whether <see cref="Data"/> has the member, be it null.</summary>
    public bool Has(string member) => Data.Any(pair => pair.Key == member);
}
