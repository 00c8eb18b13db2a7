using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace TalkGateway.Testing;

/// <summary>What a test says about one call besides its messages.</summary>
public sealed record GrpcTestOptions
{
    /// <summary>Headers as they travel; keys may repeat.</summary>
    public IReadOnlyList<(string Key, string Value)> Headers { get; init; } = [];

    /// <summary>The <c>grpc-timeout</c> header as it travels.</summary>
    public string? Timeout { get; init; }

    /// <summary>Compresses the request's messages with gzip and says so.</summary>
    public bool Gzip { get; init; }

    /// <summary>The content type of the request.</summary>
    public string ContentType { get; init; } = "application/grpc";

    /// <summary>Cancels the call: the request's stream is reset.</summary>
    public CancellationToken CancellationToken { get; init; }
}

/// <summary>
/// A gRPC client that hides nothing: any bytes and headers can be sent, and what came back is there as it came.
/// HTTP/2 with prior knowledge over one connection.
/// </summary>
public sealed class GrpcTestClient : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly HttpClient _http;

    /// <summary>A client of the server at <paramref name="address"/>, such as <c>http://127.0.0.1:1234</c>.</summary>
    public GrpcTestClient(Uri address)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = address,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Bound,
        };
    }

    /// <summary>Sends one message and collects the whole answer: for unary and server-streaming methods.</summary>
    public Task<GrpcTestReply<TResponse>> CallAsync<TResponse>(string path, IMessage request, GrpcTestOptions? options = null)
        where TResponse : IMessage<TResponse>, new() =>
        CallAsync<TResponse>(path, [request], options);

    /// <summary>Sends any number of messages at once and collects the whole answer.</summary>
    public async Task<GrpcTestReply<TResponse>> CallAsync<TResponse>(string path, IEnumerable<IMessage> requests, GrpcTestOptions? options = null)
        where TResponse : IMessage<TResponse>, new()
    {
        var body = requests.SelectMany(message => Frame(message.ToByteArray(), options?.Gzip ?? false)).ToArray();
        return await SendBytesAsync<TResponse>(path, body, options);
    }

    /// <summary>Sends a body as it is and collects the whole answer.</summary>
    public Task<GrpcTestReply<TResponse>> SendBytesAsync<TResponse>(string path, byte[] body, GrpcTestOptions? options = null)
        where TResponse : IMessage<TResponse>, new() =>
        SendAsync<TResponse>(CreateRequest(path, new ByteArrayContent(body), options), options?.CancellationToken ?? default);

    /// <summary>Sends a request as it is and collects the whole answer.</summary>
    public async Task<GrpcTestReply<TResponse>> SendAsync<TResponse>(HttpRequestMessage request, CancellationToken cancellationToken = default)
        where TResponse : IMessage<TResponse>, new()
    {
        using (request)
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return GrpcTestReply<TResponse>.From(response, body);
        }
    }

    /// <summary>Opens a call whose messages are sent and read one by one: for streaming methods.</summary>
    public GrpcTestCall<TResponse> Start<TResponse>(string path, GrpcTestOptions? options = null)
        where TResponse : IMessage<TResponse>, new()
    {
        var content = new GrpcTestRequestContent();
        return new GrpcTestCall<TResponse>(_http, CreateRequest(path, content, options), content, options ?? new GrpcTestOptions());
    }

    /// <summary>A POST with gRPC's headers.</summary>
    public static HttpRequestMessage CreateRequest(string path, HttpContent content, GrpcTestOptions? options = null)
    {
        options ??= new GrpcTestOptions();
        content.Headers.ContentType = null;
        content.Headers.TryAddWithoutValidation("content-type", options.ContentType);
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (options.Timeout is not null)
        {
            request.Headers.TryAddWithoutValidation("grpc-timeout", options.Timeout);
        }

        if (options.Gzip)
        {
            request.Headers.TryAddWithoutValidation("grpc-encoding", "gzip");
        }

        foreach (var (key, value) in options.Headers)
        {
            request.Headers.TryAddWithoutValidation(key, value);
        }

        return request;
    }

    /// <summary>A message with its five bytes in front.</summary>
    public static byte[] Frame(byte[] message, bool gzip = false, byte? flags = null)
    {
        var payload = gzip ? Deflate(message) : message;
        var frame = new byte[5 + payload.Length];
        frame[0] = flags ?? (gzip ? (byte)1 : (byte)0);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, 5);
        return frame;
    }

    /// <summary>Takes frames apart, inflating those that say they are compressed.</summary>
    public static IReadOnlyList<(byte Flags, byte[] Message)> Unframe(byte[] body)
    {
        var frames = new List<(byte, byte[])>();
        var rest = body.AsSpan();
        while (!rest.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest[1..]);
            var payload = rest.Slice(5, length).ToArray();
            frames.Add((rest[0], (rest[0] & 1) == 1 ? Inflate(payload) : payload));
            rest = rest[(5 + length)..];
        }

        return frames;
    }

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private static byte[] Deflate(byte[] plain)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal))
        {
            gzip.Write(plain);
        }

        return target.ToArray();
    }

    private static byte[] Inflate(byte[] compressed)
    {
        using var target = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(compressed), CompressionMode.Decompress);
        gzip.CopyTo(target);
        return target.ToArray();
    }
}

/// <summary>A whole answer, as it came.</summary>
public sealed record GrpcTestReply<TResponse>(
    HttpStatusCode HttpStatus,
    HttpResponseHeaders Headers,
    string? ContentType,
    HttpResponseHeaders Trailers,
    IReadOnlyList<(byte Flags, byte[] Message)> Frames,
    GrpcTestStatus? Status)
    where TResponse : IMessage<TResponse>, new()
{
    private static readonly MessageParser<TResponse> Parser = new(() => new TResponse());

    /// <summary>The status code; -1 when there is none.</summary>
    public int Code => Status?.Code ?? -1;

    /// <summary>The decoded status message.</summary>
    public string Message => Status?.Message ?? "";

    /// <summary>The messages, decoded.</summary>
    public IReadOnlyList<TResponse> Messages => [.. Frames.Select(frame => Parser.ParseFrom(frame.Message))];

    /// <summary>The one message of a unary answer.</summary>
    public TResponse Response => Messages.Single();

    /// <summary>Whether head and status came in one block of headers.</summary>
    public bool IsTrailersOnly => Headers.Contains("grpc-status");

    internal static GrpcTestReply<TResponse> From(HttpResponseMessage response, byte[] body) =>
        new(
            response.StatusCode,
            response.Headers,
            response.Content.Headers.ContentType?.ToString(),
            response.TrailingHeaders,
            response.StatusCode == HttpStatusCode.OK ? GrpcTestClient.Unframe(body) : [],
            GrpcTestStatus.From(response.TrailingHeaders) ?? GrpcTestStatus.From(response.Headers));
}

/// <summary>The status of a call.</summary>
public sealed record GrpcTestStatus(int Code, string Message, Google.Rpc.Status? Details)
{
    internal static GrpcTestStatus? From(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("grpc-status", out var codes))
        {
            return null;
        }

        var message = headers.TryGetValues("grpc-message", out var messages) ? Uri.UnescapeDataString(messages.Single()) : "";
        var details = headers.TryGetValues("grpc-status-details-bin", out var values) ? Google.Rpc.Status.Parser.ParseFrom(FromBase64(values.Single())) : null;
        return new GrpcTestStatus(int.Parse(codes.Single(), CultureInfo.InvariantCulture), message, details);
    }

    private static byte[] FromBase64(string unpadded) => Convert.FromBase64String(unpadded + new string('=', (4 - (unpadded.Length % 4)) % 4));
}
