using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>JSON as PHP's json_encode writes it: slashes escaped, everything beyond ASCII as four hexadecimal digits behind \u.</summary>
internal static class PhpJson
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(JsonNode? node)
    {
        var plain = node?.ToJsonString(Options) ?? "null";
        var text = new StringBuilder(plain.Length + 64);
        for (var i = 0; i < plain.Length; i++)
        {
            // Slashes and characters beyond ASCII occur only inside strings, so no parsing is needed.
            var c = plain[i];
            if (c == '/')
            {
                text.Append("\\/");
            }
            else if (c == '\\')
            {
                var length = plain[i + 1] == 'u' ? 6 : 2;
                text.Append(plain[i..(i + length)].ToLowerInvariant());
                i += length - 1;
            }
            else if (c > '~')
            {
                text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    /// <summary>PHP has one type for lists and maps, and writes an empty one as <c>[]</c>.</summary>
    public static JsonNode Map(JsonObject map) => map.Count == 0 ? new JsonArray() : map;

    public static JsonArray List(IEnumerable<JsonNode?> items) => new(items.ToArray());

    public static JsonArray Strings(IEnumerable<string> items) => new(items.Select(i => (JsonNode?)JsonValue.Create(i)).ToArray());
}
