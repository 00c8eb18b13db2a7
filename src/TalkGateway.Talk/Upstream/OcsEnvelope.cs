using System.Text.Json;

namespace TalkGateway.Talk.Upstream;

/// <summary>What an OCS answer says about itself: <c>ocs.meta</c>, and the typed reason of a failure where there is one.</summary>
/// <param name="StatusCode">OCS status: the HTTP status mostly, 997 for "not logged in", 998 for "no such route".</param>
/// <param name="Message"><c>meta.message</c>, or null; often empty.</param>
/// <param name="Error"><c>data.error</c>, Talk's machine-readable reason (from Talk 16 on, gradually), or null.</param>
internal readonly record struct OcsMeta(int StatusCode, string? Message, string? Error);

/// <summary>Reads the envelope <c>{"ocs":{"meta":{…},"data":…}}</c> of answers that are not decoded by a plan.</summary>
internal static class OcsEnvelope
{
    /// <summary>OCS status of a path that the server does not have; HTTP says 404.</summary>
    public const int NoSuchRoute = 998;

    /// <summary>False where the body is no OCS envelope in JSON.</summary>
    public static bool TryReadMeta(ReadOnlySpan<byte> body, out OcsMeta meta)
    {
        meta = default;
        if (body.IsEmpty)
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(body);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject || !Find(ref reader, "ocs"u8)
                || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            var hasMeta = false;
            var (statusCode, message, error) = (0, (string?)null, (string?)null);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("meta"u8))
                {
                    reader.Read();
                    hasMeta = ReadMeta(ref reader, out statusCode, out message);
                }
                else if (reader.ValueTextEquals("data"u8))
                {
                    reader.Read();
                    error = ReadError(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }

            meta = new OcsMeta(statusCode, message, error);
            return hasMeta;
        }
        catch (JsonException)
        {
            // HTML, XML or half a document: no envelope, which is all that was asked.
            return false;
        }
    }

    /// <summary>
    /// Whether a 404 means that the server has no such path, not that it has no such thing: old servers answer it in XML even
    /// where JSON was asked for, newer ones with OCS status 998.
    /// </summary>
    public static bool IsNoSuchRoute(OcsAnswer answer) =>
        answer.Status == 404 && (!TryReadMeta(answer.Body.Span, out var meta) || meta.StatusCode == NoSuchRoute);

    /// <summary>Whether a 412 is the refusal of a request without valid cookies (no envelope), not a lobby (with one).</summary>
    public static bool IsCsrfFailure(OcsAnswer answer) =>
        answer.Status == 412 && !TryReadMeta(answer.Body.Span, out _);

    private static bool Find(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static bool ReadMeta(ref Utf8JsonReader reader, out int statusCode, out string? message)
    {
        (statusCode, message) = (0, null);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isCode = reader.ValueTextEquals("statuscode"u8);
            var isMessage = reader.ValueTextEquals("message"u8);
            reader.Read();
            if (isCode && reader.TokenType == JsonTokenType.Number)
            {
                reader.TryGetInt32(out statusCode);
            }
            else if (isMessage && reader.TokenType == JsonTokenType.String)
            {
                message = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        return true;
    }

    private static string? ReadError(ref Utf8JsonReader reader)
    {
        string? error = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isError = reader.ValueTextEquals("error"u8);
            reader.Read();
            if (isError && reader.TokenType == JsonTokenType.String)
            {
                error = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        return error;
    }
}
