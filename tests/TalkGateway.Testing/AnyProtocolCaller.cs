using System.Buffers.Text;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Enum = System.Enum;

namespace TalkGateway.Testing;

/// <summary>What any protocol answers, in one shape.</summary>
/// <param name="HttpStatus">The HTTP status.</param>
/// <param name="ContentType">The content type as it came.</param>
/// <param name="Headers">Headers that are no trailers.</param>
/// <param name="Trailers">Trailers, wherever the protocol puts them, under their own keys.</param>
/// <param name="Messages">The messages.</param>
/// <param name="Code">How the call ended.</param>
/// <param name="Message">The message of an error; empty for none.</param>
/// <param name="Details">The details of an error, without the prefix of type URLs.</param>
/// <param name="Compressed">Whether a message came compressed.</param>
public sealed record AnyReply(
    HttpStatusCode HttpStatus,
    string? ContentType,
    ILookup<string, string> Headers,
    ILookup<string, string> Trailers,
    IReadOnlyList<IMessage> Messages,
    Code Code,
    string Message,
    IReadOnlyList<(string Type, byte[] Value)> Details,
    bool Compressed);

/// <summary>Makes calls in any dialect, with no code shared with the server.</summary>
public sealed class AnyProtocolCaller(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Sends all messages at once and collects the whole answer.</summary>
    public async Task<AnyReply> CallAsync(
        Dialect dialect, MethodDescriptor method, IEnumerable<IMessage> requests, IEnumerable<(string Key, string Value)>? headers = null, int? timeoutMs = null)
    {
        var unaryConnect = dialect.IsConnect && !method.IsClientStreaming && !method.IsServerStreaming;
        var codec = dialect.Json ? "json" : "proto";
        var types = TypeRegistry.FromFiles(method.File);
        var formatter = new JsonFormatter(JsonFormatter.Settings.Default.WithTypeRegistry(types));
        var messages = requests.Select(message => dialect.Json ? Encoding.UTF8.GetBytes(formatter.Format(message)) : message.ToByteArray());
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
        };
        if (dialect.IsGet)
        {
            request.Method = HttpMethod.Get;
            request.RequestUri = new Uri(
                $"{request.RequestUri}?connect=v1&encoding={codec}{(dialect.Gzip ? "&compression=gzip" : "")}&base64=1&message={Base64Url.EncodeToString(body)}",
                UriKind.Relative);
        }
        else
        {
            request.Content = new ByteArrayContent(body);
        }

        var (type, encoding, accept) = dialect.Protocol switch
        {
            _ when unaryConnect => ($"application/{codec}", "content-encoding", "accept-encoding"),
            "connect" => ($"application/connect+{codec}", "connect-content-encoding", "connect-accept-encoding"),
            _ => ($"application/{dialect.Protocol}+{codec}", "grpc-encoding", "grpc-accept-encoding"),
        };
        if (!dialect.IsGet)
        {
            Add(request, "content-type", type);
        }

        if (dialect.Gzip)
        {
            Add(request, accept, "gzip");
            if (!dialect.IsGet)
            {
                Add(request, encoding, "gzip");
            }
        }

        if (timeoutMs is { } timeout)
        {
            var milliseconds = timeout.ToString(CultureInfo.InvariantCulture);
            Add(request, dialect.IsConnect ? "connect-timeout-ms" : "grpc-timeout", milliseconds + (dialect.IsConnect ? "" : "m"));
        }

        if (dialect is { IsConnect: true, IsGet: false })
        {
            Add(request, "connect-protocol-version", "1");
        }

        foreach (var (key, value) in headers ?? [])
        {
            Add(request, key, value);
        }

        using var response = await _http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        var parser = new JsonParser(JsonParser.Settings.Default.WithTypeRegistry(types));
        IMessage Decode(byte[] message) =>
            dialect.Json ? parser.Parse(Encoding.UTF8.GetString(message), method.OutputType) : method.OutputType.Parser.ParseFrom(message);

        return unaryConnect ? ReadConnectUnary(response, bytes, Decode)
            : dialect.IsConnect ? ReadConnectStream(response, bytes, Decode)
            : ReadGrpc(dialect, response, bytes, Decode);
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private static AnyReply ReadConnectUnary(HttpResponseMessage response, byte[] body, Func<byte[], IMessage> decode)
    {
        var all = AllHeaders(response);
        var compressed = response.Content.Headers.ContentEncoding.Contains("gzip");
        var plain = compressed ? Unpack(body) : body;
        var headers = all.Where(header => !header.Key.StartsWith("trailer-", StringComparison.OrdinalIgnoreCase));
        var trailers = all.Where(header => header.Key.StartsWith("trailer-", StringComparison.OrdinalIgnoreCase)).Select(header => (header.Key[8..], header.Value));
        var (code, message, details) = response.StatusCode == HttpStatusCode.OK ? (Code.Ok, "", []) : ReadError(JsonDocument.Parse(plain).RootElement);
        return new AnyReply(
            response.StatusCode, response.Content.Headers.ContentType?.ToString(), Lookup(headers), Lookup(trailers),
            code == Code.Ok ? [decode(plain)] : [], code, message, details, compressed);
    }

    private static AnyReply ReadConnectStream(HttpResponseMessage response, byte[] body, Func<byte[], IMessage> decode)
    {
        var frames = GrpcTestClient.Unframe(body);
        var end = JsonDocument.Parse(frames.Single(frame => (frame.Flags & 2) != 0).Message).RootElement;
        var trailers = end.TryGetProperty("metadata", out var metadata)
            ? metadata.EnumerateObject().SelectMany(entry => entry.Value.EnumerateArray().Select(value => (entry.Name, value.GetString()!)))
            : [];
        var (code, message, details) = end.TryGetProperty("error", out var error) ? ReadError(error) : (Code.Ok, "", []);
        return new AnyReply(
            response.StatusCode, response.Content.Headers.ContentType?.ToString(), Lookup(AllHeaders(response)), Lookup(trailers),
            [.. frames.Where(frame => (frame.Flags & 2) == 0).Select(frame => decode(frame.Message))], code, message, details,
            frames.Any(frame => (frame.Flags & 1) != 0));
    }

    private static AnyReply ReadGrpc(Dialect dialect, HttpResponseMessage response, byte[] body, Func<byte[], IMessage> decode)
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
        var details = block["grpc-status-details-bin"].SelectMany(value => Status.Parser.ParseFrom(FromBase64(value)).Details)
            .Select(any => (Any.GetTypeName(any.TypeUrl), any.Value.ToByteArray()));
        return new AnyReply(
            response.StatusCode, response.Content.Headers.ContentType?.ToString(), Lookup(headers), block,
            [.. frames.Where(frame => frame.Flags < 0x80).Select(frame => decode(frame.Message))],
            (Code)int.Parse(block["grpc-status"].Single(), CultureInfo.InvariantCulture),
            Uri.UnescapeDataString(block["grpc-message"].SingleOrDefault() ?? ""), [.. details],
            frames.Any(frame => frame.Flags == 1));
    }

    private static (Code Code, string Message, IReadOnlyList<(string Type, byte[] Value)> Details) ReadError(JsonElement error)
    {
        var name = error.GetProperty("code").GetString()!;
        var code = name == "canceled"
            ? Code.Cancelled
            : Enum.GetValues<Code>().Single(value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()) == name);
        var details = error.TryGetProperty("details", out var list)
            ? list.EnumerateArray().Select(detail => (detail.GetProperty("type").GetString()!, FromBase64(detail.GetProperty("value").GetString()!)))
            : [];
        return (code, error.TryGetProperty("message", out var message) ? message.GetString()! : "", [.. details]);
    }

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
