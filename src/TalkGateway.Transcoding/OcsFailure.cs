namespace TalkGateway.Transcoding;

/// <summary>What the envelope of a failure says.</summary>
/// <param name="StatusCode"><c>ocs.meta.statuscode</c>; 0 where it is missing.</param>
/// <param name="Message"><c>ocs.meta.message</c>; null where it is missing or empty.</param>
/// <param name="Reason"><c>ocs.data.error</c>, the server's typed reason; null where there is none.</param>
/// <param name="Data">Members of <c>ocs.data</c> that are strings, numbers or booleans, as texts, in the server's order.</param>
public sealed record OcsFailure(int StatusCode, string? Message, string? Reason, IReadOnlyList<KeyValuePair<string, string>> Data);
