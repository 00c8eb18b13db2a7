using System.Collections.Frozen;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TalkGateway.Testing;

/// <summary>The recordings that are embedded in this assembly, parsed once; README.md beside them says what they are.</summary>
public static class Recordings
{
    private const string ResourcePrefix = "Recordings/";
    private static readonly Lazy<IReadOnlyList<RecordedServer>> _servers = new(Load);
    private static readonly JsonSerializerOptions _asPhpWrites = new() { Encoder = JavaScriptEncoder.Default };

    /// <summary>Every recorded server, oldest first.</summary>
    public static IReadOnlyList<RecordedServer> Servers => _servers.Value;

    /// <summary>Every exchange of every server.</summary>
    public static IEnumerable<RecordedExchange> All => Servers.SelectMany(server => server.Exchanges);

    /// <summary>The server of that name, such as <c>talk10.1</c>.</summary>
    public static RecordedServer ForServer(string name) =>
        Servers.FirstOrDefault(server => server.Name == name) ?? throw new ArgumentException($"There is no recording \"{name}\".", nameof(name));

    private static RecordedServer[] Load() =>
        typeof(Recordings).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal) && name.EndsWith(".jsonl", StringComparison.Ordinal))
            .Select(ReadServer)
            .OrderBy(server => Version.Parse(server.TalkVersion.Split('-')[0]))
            .ToArray();

    private static RecordedServer ReadServer(string resource)
    {
        using var reader = new StreamReader(typeof(Recordings).Assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        var about = Parse(reader.ReadLine() ?? throw new InvalidDataException($"{resource} is empty."));
        var name = Text(about, "server");
        var exchanges = new List<RecordedExchange>();
        while (reader.ReadLine() is { } line)
        {
            exchanges.Add(ReadExchange(name, Parse(line)));
        }

        return new RecordedServer(name, Text(about, "talk"), Text(about, "nextcloud"), exchanges);
    }

    private static RecordedExchange ReadExchange(string server, JsonElement line) => new(
        server,
        line.GetProperty("n").GetInt32(),
        Text(line, "operation"),
        Text(line, "case"),
        Text(line, "actor"),
        line.GetProperty("credential").GetString(),
        ReadRequest(line.GetProperty("request")),
        ReadResponse(line.GetProperty("response")));

    private static RecordedRequest ReadRequest(JsonElement request)
    {
        var encoding = request.TryGetProperty("encoding", out var named) ? Enum.Parse<BodyEncoding>(named.GetString()!, ignoreCase: true) : BodyEncoding.None;
        var body = request.TryGetProperty("body", out var sent) ? sent : default;
        return new RecordedRequest(
            Text(request, "method"),
            Text(request, "path"),
            Members(request, "query").ToFrozenDictionary(p => p.Name, p => AsQueryText(p.Value)),
            body.ValueKind == JsonValueKind.Object
                ? body.EnumerateObject().ToFrozenDictionary(p => p.Name, p => Unfold(p.Value))
                : FrozenDictionary<string, JsonElement>.Empty,
            encoding,
            encoding == BodyEncoding.Raw ? body.GetString() : null,
            Members(request, "headers").ToFrozenDictionary(p => p.Name, p => p.Value.GetString(), StringComparer.OrdinalIgnoreCase));
    }

    private static RecordedResponse ReadResponse(JsonElement response)
    {
        var body = response.GetProperty("body");
        var headers = Members(response, "headers").ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.OrdinalIgnoreCase);
        var isJson = body.ValueKind is JsonValueKind.Object or JsonValueKind.Array;
        if (isJson)
        {
            headers.TryAdd("Content-Type", "application/json; charset=utf-8");
        }

        // No structural token of JSON holds a slash, so this touches strings only.
        var bytes = isJson
            ? JsonSerializer.Serialize(body, _asPhpWrites).Replace("/", "\\/", StringComparison.Ordinal)
            : body.GetString() ?? "";
        return new RecordedResponse(response.GetProperty("status").GetInt32(), headers, body, Encoding.UTF8.GetBytes(bytes));
    }

    private static JsonElement Parse(string line) => JsonDocument.Parse(line).RootElement;

    private static string Text(JsonElement element, string member) =>
        element.GetProperty(member).GetString() ?? throw new InvalidDataException($"\"{member}\" is null.");

    private static JsonElement.ObjectEnumerator Members(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) ? value.EnumerateObject() : default;

    private static string AsQueryText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Null => "",
        JsonValueKind.True => "1",
        JsonValueKind.False => "0",
        _ => value.GetRawText(),
    };

    private static JsonElement Unfold(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty("repeat", out var text) && value.TryGetProperty("times", out var times)
            ? JsonSerializer.SerializeToElement(new StringBuilder().Insert(0, text.GetString()!, times.GetInt32()).ToString())
            : value;
}
