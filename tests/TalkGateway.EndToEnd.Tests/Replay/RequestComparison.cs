using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using TalkGateway.Testing;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>An HTTP request that the gateway sent or would send.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="PathAndQuery">Percent-encoded path and query.</param>
/// <param name="ContentType">Content type of the body; null without one.</param>
/// <param name="Body">The body.</param>
internal sealed record SentRequest(string Method, string PathAndQuery, string? ContentType, byte[] Body);

/// <summary>
/// Compares what the gateway sends with what the recorder sent: the same method and path, and the same parameters by name and
/// value. PHP tells neither a JSON body from a form nor a number or a truth value from its text, and fills in defaults.
/// </summary>
internal static class RequestComparison
{
    /// <summary>What is different, in words; empty if the requests mean the same.</summary>
    public static IReadOnlyList<string> Differences(RecordedExchange exchange, SentRequest sent)
    {
        var differences = new List<string>();
        var path = sent.PathAndQuery.Split('?')[0];
        if (sent.Method != exchange.Request.Method || Uri.UnescapeDataString(path) != Uri.UnescapeDataString(exchange.Request.Path))
        {
            differences.Add($"asks {sent.Method} {path}");
        }

        var recorded = RequestBuilder.ParametersOf(exchange.Request).ToDictionary(p => p.Key, p => Canonical(p.Value));
        var own = ParametersOf(sent);

        // The gateway's transport adds it to every request; the recorder asked by header alone.
        if (own.GetValueOrDefault("format") == Canonical("json"))
        {
            own.Remove("format");
        }
        foreach (var name in recorded.Keys.Union(own.Keys).Order())
        {
            var (before, now) = (recorded.GetValueOrDefault(name), own.GetValueOrDefault(name));
            if (before == now)
            {
                continue;
            }

            var missing = ReplayTables.Find(ReplayTables.Defaults, d => d.Operation == exchange.Operation && d.Parameter == name)?.Value;
            if ((before ?? missing) != (now ?? missing)
                && (now is not null || ReplayTables.Find(ReplayTables.LeftOut, row => row.Covers(exchange, name)) is null))
            {
                differences.Add($"{name} is {now ?? "missing"} instead of {before ?? "missing"}");
            }
        }

        return differences;
    }

    private static Dictionary<string, string> ParametersOf(SentRequest sent)
    {
        var parameters = new Dictionary<string, string>();
        var query = sent.PathAndQuery.IndexOf('?', StringComparison.Ordinal);
        foreach (var group in QueryHelpers.ParseQuery(query < 0 ? "" : sent.PathAndQuery[query..]))
        {
            var isList = group.Key.EndsWith("[]", StringComparison.Ordinal);
            parameters[isList ? group.Key[..^2] : group.Key] = isList ? $"[{string.Join(',', group.Value.ToArray())}]" : Canonical(group.Value.ToString());
        }

        switch (sent.ContentType)
        {
            case null:
                break;
            case { } json when json.StartsWith("application/json", StringComparison.Ordinal):
                foreach (var member in JsonDocument.Parse(sent.Body).RootElement.EnumerateObject())
                {
                    parameters[member.Name] = Canonical(member.Value);
                }

                break;
            case { } multipart when multipart.StartsWith("multipart/form-data", StringComparison.Ordinal):
                foreach (var (name, content) in Parts(multipart, sent.Body))
                {
                    parameters[name] = content;
                }

                break;
            default:
                parameters["(body)"] = $"{sent.ContentType}, {sent.Body.Length} bytes";
                break;
        }

        return parameters;
    }

    private static IEnumerable<(string Name, string Content)> Parts(string contentType, byte[] body)
    {
        var boundary = HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(contentType).Boundary).ToString();
        var reader = new MultipartReader(boundary, new MemoryStream(body));
        while (reader.ReadNextSectionAsync().GetAwaiter().GetResult() is { } section)
        {
            using var text = new StreamReader(section.Body, Encoding.UTF8);
            var disposition = section.GetContentDispositionHeader()!;
            var content = text.ReadToEnd();
            yield return (disposition.Name.ToString(), disposition.FileName.HasValue ? FileOf(content.Length) : content);
        }
    }

    // Of uploaded files the recorder kept the length.
    private static string FileOf(int length) => $"a file of {length} bytes";

    private static string Canonical(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => "1",
        JsonValueKind.False => "0",
        JsonValueKind.String => Canonical(value.GetString()!),
        JsonValueKind.Array => $"[{string.Join(',', value.EnumerateArray().Select(Canonical))}]",

        JsonValueKind.Object when value.TryGetProperty("filename", out _) => FileOf(value.GetProperty("bytes").GetInt32()),
        JsonValueKind.Object => $"{{{string.Join(',', value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal).Select(m => $"{m.Name}:{Canonical(m.Value)}"))}}}",
        _ => value.GetRawText(),
    };

    // Some parameters are JSON text: how it is laid out means nothing.
    private static string Canonical(string text)
    {
        if (text is "true" or "false")
        {
            return text == "true" ? "1" : "0";
        }

        if (!text.StartsWith('{') && !text.StartsWith('['))
        {
            return text;
        }

        try
        {
            return Canonical(JsonDocument.Parse(text).RootElement);
        }
        catch (JsonException)
        {
            // Any text may begin with a brace.
            return text;
        }
    }
}
