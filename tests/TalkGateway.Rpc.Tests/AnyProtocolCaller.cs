using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using TalkGateway.Rpc.Tests.Protos;
using TalkGateway.Testing;
using Xunit.Abstractions;

namespace TalkGateway.Rpc.Tests;

/// <summary>One way to make a call: protocol, codec, HTTP version, compression.</summary>
public sealed record Dialect(string Protocol, bool Json, bool Http2, bool Gzip) : IXunitSerializable
{
    public Dialect()
        : this("", false, false, false)
    {
    }

    public string Protocol { get; private set; } = Protocol;

    public bool Json { get; private set; } = Json;

    public bool Http2 { get; private set; } = Http2;

    public bool Gzip { get; private set; } = Gzip;

    public static IEnumerable<Dialect> All =>
        from protocol in (string[])["grpc", "grpc-web", "grpc-web-text", "connect"]
        from json in (bool[])[false, true]
        from http2 in (bool[])[false, true]
        from gzip in (bool[])[false, true]
        where protocol != "grpc" || http2
        select new Dialect(protocol, json, http2, gzip);

    public void Serialize(IXunitSerializationInfo info)
    {
        info.AddValue("protocol", Protocol);
        info.AddValue("json", Json);
        info.AddValue("http2", Http2);
        info.AddValue("gzip", Gzip);
    }

    public void Deserialize(IXunitSerializationInfo info)
    {
        Protocol = info.GetValue<string>("protocol");
        Json = info.GetValue<bool>("json");
        Http2 = info.GetValue<bool>("http2");
        Gzip = info.GetValue<bool>("gzip");
    }

    public override string ToString() => $"{Protocol}{(Json ? "+json" : "")} HTTP/{(Http2 ? "2" : "1.1")}{(Gzip ? " gzip" : "")}";
}

/// <summary>What any protocol answers, in one shape.</summary>
internal sealed record AnyReply(
    HttpStatusCode HttpStatus,
    string? ContentType,
    ILookup<string, string> Headers,
    ILookup<string, string> Trailers,
    IReadOnlyList<EchoResponse> Messages,
    RpcStatusCode Code,
    string Message,
    IReadOnlyList<(string Type, byte[] Value)> Details,
    bool Compressed);

/// <summary>Makes calls to <c>rpctest</c> services in any dialect, with no code shared with the server.</summary>
internal sealed class AnyProtocolCaller(Uri address) : IDisposable
{
    private static readonly TypeRegistry Types = TypeRegistry.FromFiles(EchoReflection.Descriptor);
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithTypeRegistry(Types));
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithTypeRegistry(Types));
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    public async Task<AnyReply> CallAsync(
        Dialect dialect, MethodDescriptor method, IEnumerable<EchoRequest> requests, IEnumerable<(string Key, string Value)>? headers = null, int? timeoutMs = null)
    {
        var unaryConnect = dialect.Protocol == "connect" && !method.IsClientStreaming && !method.IsServerStreaming;
        var codec = dialect.Json ? "json" : "proto";
        var messages = requests.Select(message => dialect.Json ? Encoding.UTF8.GetBytes(Formatter.Format(message)) : message.ToByteArray());
        var body = unaryConnect
            ? Pack(messages.Single(), dialect.Gzip)
            : messages.SelectMany(message => GrpcTestClient.Frame(message, dialect.Gzip)).ToArray();
        if (dialect.Protocol == "grpc-web-text")
        {
            body = Encoding.ASCII.GetBytes(Convert.ToBase64String(body));
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, $"/{method.Service.FullName}/{method.Name}")
        {
            Version = dialect.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body),
        };
        var (type, encoding, accept) = dialect.Protocol switch
        {
            "connect" when unaryConnect => ($"application/{codec}", "content-encoding", "accept-encoding"),
            "connect" => ($"application/connect+{codec}", "connect-content-encoding", "connect-accept-encoding"),
            _ => ($"application/{dialect.Protocol}+{codec}", "grpc-encoding", "grpc-accept-encoding"),
        };
        Add(request, "content-type", type);
        if (dialect.Gzip)
        {
            Add(request, encoding, "gzip");
            Add(request, accept, "gzip");
        }

        if (timeoutMs is { } timeout)
        {
            Add(request, dialect.Protocol == "connect" ? "connect-timeout-ms" : "grpc-timeout", timeout.ToString(CultureInfo.InvariantCulture) + (dialect.Protocol == "connect" ? "" : "m"));
        }

        if (dialect.Protocol == "connect")
        {
            Add(request, "connect-protocol-version", "1");
        }

        foreach (var (key, value) in headers ?? [])
        {
            Add(request, key, value);
        }

        using var response = await _http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return unaryConnect ? ReadConnectUnary(dialect, response, bytes)
            : dialect.Protocol == "connect" ? ReadConnectStream(dialect, response, bytes)
            : ReadGrpc(dialect, response, bytes);
    }

    public void Dispose() => _http.Dispose();

    private static AnyReply ReadConnectUnary(Dialect dialect, HttpResponseMessage response, byte[] body)
    {
        var all = AllHeaders(response);
        var compressed = response.Content.Headers.ContentEncoding.Contains("gzip");
        var plain = compressed ? Unpack(body) : body;
        var headers = all.Where(header => !header.Key.StartsWith("trailer-", StringComparison.OrdinalIgnoreCase));
        var trailers = all.Where(header => header.Key.StartsWith("trailer-", StringComparison.OrdinalIgnoreCase)).Select(header => (header.Key[8..], header.Value));
        var (code, message, details) = response.StatusCode == HttpStatusCode.OK ? (RpcStatusCode.Ok, "", []) : ReadError(JsonDocument.Parse(plain).RootElement);
        return new AnyReply(
            response.StatusCode, response.Content.Headers.ContentType?.ToString(), Lookup(headers), Lookup(trailers),
            code == RpcStatusCode.Ok ? [Decode(dialect, plain)] : [], code, message, details, compressed);
    }

    private static AnyReply ReadConnectStream(Dialect dialect, HttpResponseMessage response, byte[] body)
    {
        var frames = GrpcTestClient.Unframe(body);
        var end = JsonDocument.Parse(frames.Single(frame => (frame.Flags & 2) != 0).Message).RootElement;
        var trailers = end.TryGetProperty("metadata", out var metadata)
            ? metadata.EnumerateObject().SelectMany(entry => entry.Value.EnumerateArray().Select(value => (entry.Name, value.GetString()!)))
            : [];
        var (code, message, details) = end.TryGetProperty("error", out var error) ? ReadError(error) : (RpcStatusCode.Ok, "", []);
        return new AnyReply(
            response.StatusCode, response.Content.Headers.ContentType?.ToString(), Lookup(AllHeaders(response)), Lookup(trailers),
            [.. frames.Where(frame => (frame.Flags & 2) == 0).Select(frame => Decode(dialect, frame.Message))], code, message, details,
            frames.Any(frame => (frame.Flags & 1) != 0));
    }

    private static AnyReply ReadGrpc(Dialect dialect, HttpResponseMessage response, byte[] body)
    {
        var headers = AllHeaders(response);
        IEnumerable<(string Key, string Value)> trailers = response.TrailingHeaders.SelectMany(header => header.Value.Select(value => (header.Key, value)));
        if (dialect.Protocol == "grpc-web-text")
        {
            body = DecodePadded(Encoding.ASCII.GetString(body));
        }

        var frames = GrpcTestClient.Unframe(body);
        if (dialect.Protocol != "grpc")
        {
            trailers = Encoding.ASCII.GetString(frames.Single(frame => frame.Flags == 0x80).Message)
                .Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split(": ", 2))
                .Select(line => (line[0], line[1]));
        }

        var block = Lookup(headers.Any(header => header.Key == "grpc-status") ? headers : trailers);
        var details = block["grpc-status-details-bin"].SelectMany(value => Google.Rpc.Status.Parser.ParseFrom(FromBase64(value)).Details)
            .Select(any => (Google.Protobuf.WellKnownTypes.Any.GetTypeName(any.TypeUrl), any.Value.ToByteArray()));
        return new AnyReply(
            response.StatusCode, response.Content.Headers.ContentType?.ToString(), Lookup(headers), block,
            [.. frames.Where(frame => frame.Flags < 0x80).Select(frame => Decode(dialect, frame.Message))],
            (RpcStatusCode)int.Parse(block["grpc-status"].Single(), CultureInfo.InvariantCulture),
            Uri.UnescapeDataString(block["grpc-message"].SingleOrDefault() ?? ""), [.. details],
            frames.Any(frame => frame.Flags == 1));
    }

    private static (RpcStatusCode Code, string Message, IReadOnlyList<(string Type, byte[] Value)> Details) ReadError(JsonElement error)
    {
        var name = error.GetProperty("code").GetString()!;
        var code = name == "canceled"
            ? RpcStatusCode.Cancelled
            : Enum.GetValues<RpcStatusCode>().Single(value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()) == name);
        var details = error.TryGetProperty("details", out var list)
            ? list.EnumerateArray().Select(detail => (detail.GetProperty("type").GetString()!, FromBase64(detail.GetProperty("value").GetString()!)))
            : [];
        return (code, error.TryGetProperty("message", out var message) ? message.GetString()! : "", [.. details]);
    }

    private static EchoResponse Decode(Dialect dialect, byte[] message) =>
        dialect.Json ? Parser.Parse<EchoResponse>(Encoding.UTF8.GetString(message)) : EchoResponse.Parser.ParseFrom(message);

    private static (string Key, string Value)[] AllHeaders(HttpResponseMessage response) =>
        [.. response.Headers.SelectMany(header => header.Value.Select(value => (header.Key, value)))];

    private static ILookup<string, string> Lookup(IEnumerable<(string Key, string Value)> entries) =>
        entries.ToLookup(entry => entry.Key, entry => entry.Value, StringComparer.OrdinalIgnoreCase);

    private static byte[] DecodePadded(string text)
    {
        var decoded = new List<byte>();
        for (var at = 0; at < text.Length; at += 4)
        {
            decoded.AddRange(Convert.FromBase64String(text.Substring(at, 4)));
        }

        return [.. decoded];
    }

    private static byte[] FromBase64(string unpadded) => Convert.FromBase64String(unpadded + new string('=', (4 - (unpadded.Length % 4)) % 4));

    private static byte[] Pack(byte[] plain, bool gzip) => gzip ? GrpcTestClient.Frame(plain, gzip: true)[5..] : plain;

    private static byte[] Unpack(byte[] compressed)
    {
        using var target = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        gzip.CopyTo(target);
        return target.ToArray();
    }

    private static void Add(HttpRequestMessage request, string key, string value)
    {
        if (!request.Headers.TryAddWithoutValidation(key, value))
        {
            request.Content!.Headers.TryAddWithoutValidation(key, value);
        }
    }
}
