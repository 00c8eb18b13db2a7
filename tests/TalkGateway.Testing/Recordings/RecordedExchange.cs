using System.Text.Json;

namespace TalkGateway.Testing;

/// <summary>One request to a real Talk server and what it answered.</summary>
/// <param name="Server">Name of the server, such as <c>talk10.1</c>.</param>
/// <param name="Number">Position in the recorded sequence of that server.</param>
/// <param name="Operation">Id of the operation, such as <c>conversation.rename</c>.</param>
/// <param name="Case">What the recorder tried.</param>
/// <param name="Actor">User name, or a name for the guest.</param>
/// <param name="Credential">Kind of credential; null for a guest.</param>
/// <param name="Request">What was sent.</param>
/// <param name="Response">What came back.</param>
public sealed record RecordedExchange(
    string Server,
    int Number,
    string Operation,
    string Case,
    string Actor,
    string? Credential,
    RecordedRequest Request,
    RecordedResponse Response)
{
    /// <summary>Whether the request carried no login.</summary>
    public bool IsGuest => Credential is null;

    /// <inheritdoc />
    public override string ToString() => $"{Server}#{Number} {Operation} ({Case}): {Request.Method} {Request.Path} -> {Response.Status}";
}

/// <summary>What was sent.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path without the query.</param>
/// <param name="Query">Query parameters by name, as decoded text.</param>
/// <param name="Body">Parameters of a form or JSON body by name, in their JSON kinds; empty without a body.</param>
/// <param name="Encoding">How the body was written.</param>
/// <param name="RawBody">The text of a <see cref="BodyEncoding.Raw"/> body.</param>
/// <param name="UnusualHeaders">Headers that differ from those every client sends; null stands for one that was left out.</param>
public sealed record RecordedRequest(
    string Method,
    string Path,
    IReadOnlyDictionary<string, string> Query,
    IReadOnlyDictionary<string, JsonElement> Body,
    BodyEncoding Encoding,
    string? RawBody,
    IReadOnlyDictionary<string, string?> UnusualHeaders);

/// <summary>How a request body was written.</summary>
public enum BodyEncoding
{
    /// <summary>There was none.</summary>
    None,

    /// <summary><c>application/x-www-form-urlencoded</c>.</summary>
    Form,

    /// <summary>A JSON object.</summary>
    Json,

    /// <summary><c>multipart/form-data</c>.</summary>
    Multipart,

    /// <summary>Any text, usually a broken one.</summary>
    Raw,
}

/// <summary>What came back.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Headers">Headers of interest, always with the content type if there was one.</param>
/// <param name="Body">The JSON document, or a JSON string with the text of an answer that was no JSON.</param>
/// <param name="Bytes">The body as the server writes it: slashes and everything beyond ASCII escaped.</param>
public sealed record RecordedResponse(
    int Status,
    IReadOnlyDictionary<string, string> Headers,
    JsonElement Body,
    ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Whether the answer was a JSON document.</summary>
    public bool IsJson => Body.ValueKind is JsonValueKind.Object or JsonValueKind.Array;

    /// <summary><c>ocs.data</c> of an enveloped answer; undefined without an envelope.</summary>
    public JsonElement Data =>
        Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty("ocs", out var ocs) && ocs.TryGetProperty("data", out var data)
            ? data
            : default;
}
