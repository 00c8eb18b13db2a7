using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using TalkGateway.Transcoding.Answers;

namespace TalkGateway.Transcoding;

/// <summary>Reads the OCS envelope <c>{"ocs":{"meta":{…},"data":…}}</c> of failures, which no plan describes.</summary>
public static class OcsEnvelope
{
    /// <summary>False where the body is no JSON with an OCS envelope. <c>data</c> may be anything: <c>[]</c>, null, a text, a boolean, an object.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, [NotNullWhen(true)] out OcsFailure? failure)
    {
        failure = null;
        if (!Utf8.IsValid(body))
        {
            return false;
        }

        try
        {
            var json = new JsonCursor(body);
            json.SkipWhitespace();
            if (json.Current != '{')
            {
                return false;
            }

            for (var more = json.EnterObject(); more; more = json.NextMember())
            {
                if (json.ReadName(out _).SequenceEqual("ocs"u8) && json.Current == '{')
                {
                    failure = ReadEnvelope(ref json);
                }
                else
                {
                    json.SkipValue();
                }
            }

            json.SkipWhitespace();
            failure = json.Position == body.Length ? failure : null;
        }
        catch (MalformedAnswerException)
        {
            // HTML, half a document: no envelope, which is all that was asked.
            failure = null;
        }

        return failure is not null;
    }

    private static OcsFailure ReadEnvelope(ref JsonCursor json)
    {
        var (statusCode, message, reason) = (0, (string?)null, (string?)null);
        var data = new List<KeyValuePair<string, string?>>();
        for (var more = json.EnterObject(); more; more = json.NextMember())
        {
            var name = json.ReadName(out _);
            if (json.Current != '{')
            {
                json.SkipValue();
            }
            else if (name.SequenceEqual("meta"u8))
            {
                var meta = ReadScalars(ref json);
                message = meta.Find(member => member.Key == "message").Value;
                statusCode = int.TryParse(meta.Find(member => member.Key == "statuscode").Value, out var code) ? code : 0;
            }
            else if (name.SequenceEqual("data"u8))
            {
                data = ReadScalars(ref json);
                reason = data.Find(member => member.Key == "error").Value;
            }
            else
            {
                json.SkipValue();
            }
        }

        return new OcsFailure(statusCode, string.IsNullOrEmpty(message) ? null : message, string.IsNullOrEmpty(reason) ? null : reason, data);
    }

    /// <summary>The members of an object that are scalars, or lists of them.</summary>
    private static List<KeyValuePair<string, string?>> ReadScalars(ref JsonCursor json)
    {
        var members = new List<KeyValuePair<string, string?>>();
        for (var more = json.EnterObject(); more; more = json.NextMember())
        {
            var name = json.ReadName(out var escaped);
            if (json.Current == '{')
            {
                json.SkipValue();
            }
            else if (json.Current != '[')
            {
                members.Add(new(Text(name, escaped), ReadScalar(ref json)));
            }
            else if (ReadList(ref json) is { } list)
            {
                members.Add(new(Text(name, escaped), list));
            }
        }

        return members;
    }

    /// <summary>Null where an element is no scalar.</summary>
    private static string? ReadList(ref JsonCursor json)
    {
        var texts = new List<string?>();
        var isPlain = true;
        for (var more = json.EnterArray(); more; more = json.NextElement())
        {
            if (json.Current is (byte)'{' or (byte)'[')
            {
                isPlain = false;
                json.SkipValue();
            }
            else
            {
                texts.Add(ReadScalar(ref json));
            }
        }

        return isPlain ? string.Join(", ", texts) : null;
    }

    private static string? ReadScalar(ref JsonCursor json)
    {
        if (json.Current == '"')
        {
            var text = json.ReadString(out var isEscaped);
            return Text(text, isEscaped);
        }

        var (start, isNull) = (json.Position, json.Current == 'n');
        json.SkipValue();
        return isNull ? null : Encoding.UTF8.GetString(json.Json[start..json.Position]);
    }

    private static string Text(ReadOnlySpan<byte> raw, bool escaped)
    {
        if (!escaped)
        {
            return Encoding.UTF8.GetString(raw);
        }

        var text = new byte[raw.Length];
        return Encoding.UTF8.GetString(text.AsSpan(0, JsonText.Unescape(raw, text)));
    }
}
