using System.Text.Json;

namespace TalkGateway.Talk.Upstream;

/// <summary>Reads <c>ocs.meta.statuscode</c> of an answer.</summary>
internal static class EnvelopeStatus
{
    /// <summary>False where the body is no JSON in the OCS envelope.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> body, out int statusCode)
    {
        statusCode = 0;
        if (body.IsEmpty)
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("ocs", out var ocs) && ocs.ValueKind == JsonValueKind.Object
                && ocs.TryGetProperty("meta", out var meta) && meta.ValueKind == JsonValueKind.Object
                && meta.TryGetProperty("statuscode", out var code) && code.TryGetInt32(out statusCode);
        }
        catch (JsonException)
        {
            // HTML, XML or half a document: no envelope, which is all that was asked.
            return false;
        }
    }
}
