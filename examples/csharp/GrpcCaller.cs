using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Rpc;

namespace HelloTalk;

/// <summary>An rpc and the types of its messages.</summary>
/// <param name="Path">Full name of the service, a slash, and the name of the rpc.</param>
public sealed record GrpcMethod<TRequest, TResponse>(string Path)
    where TRequest : IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>, new();

/// <summary>
/// Makes gRPC calls with nothing but <see cref="HttpClient"/>: unary ones and server streams, with deadlines, cancellation
/// and error details. Safe for use by many threads; one instance, and with it one HTTP/2 connection, is enough for a process.
/// </summary>
public sealed class GrpcCaller : IDisposable
{
    private const int PrefixLength = 5;
    private const int LongestMessage = 64 * 1024 * 1024;

    private readonly HttpClient _http;

    /// <summary>Prepares calls; the connection is opened by the first of them.</summary>
    /// <param name="address">The server, such as <c>https://talk.example.com</c>; with <c>http</c>, HTTP/2 is spoken without TLS.</param>
    /// <param name="authorization">Credentials for every call, if any.</param>
    public GrpcCaller(Uri address, AuthenticationHeaderValue? authorization = null)
    {
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, EnableMultipleHttp2Connections = true })
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan, // calls have deadlines of their own
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        _http.DefaultRequestHeaders.Authorization = authorization;
        _http.DefaultRequestHeaders.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>Makes a call with one response.</summary>
    /// <exception cref="GrpcException">The call failed, or its deadline passed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave it up.</exception>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, TimeSpan? deadline = null, CancellationToken cancellation = default)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new()
    {
        TResponse? response = null;
        await foreach (var message in StreamAsync(method, request, deadline, cancellation).ConfigureAwait(false))
        {
            response = response is null ? message : throw new GrpcException(Code.Unimplemented, "More than one response to a unary call");
        }

        return response ?? throw new GrpcException(Code.Unimplemented, "No response to a unary call");
    }

    /// <summary>Makes a call with a stream of responses. Leaving the loop over them ends the call.</summary>
    /// <exception cref="GrpcException">The call failed, or its deadline passed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave it up.</exception>
    public async IAsyncEnumerable<TResponse> StreamAsync<TRequest, TResponse>(
        GrpcMethod<TRequest, TResponse> method, TRequest request, TimeSpan? deadline = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
        where TRequest : IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>, new()
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var http = new HttpRequestMessage(HttpMethod.Post, method.Path) { Content = new ByteArrayContent(Envelope(request)) };
        http.Version = _http.DefaultRequestVersion;
        http.VersionPolicy = _http.DefaultVersionPolicy;
        http.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc+proto");
        if (deadline is { } given)
        {
            var time = given > TimeSpan.Zero ? given : TimeSpan.Zero;
            http.Headers.Add("grpc-timeout", TimeoutText(time));
            ending.CancelAfter(time);
        }

        using var response = await Translate(_http.SendAsync(http, HttpCompletionOption.ResponseHeadersRead, ending.Token), cancellation).ConfigureAwait(false);
        ThrowUnlessGrpc(response);
        using var body = await response.Content.ReadAsStreamAsync(ending.Token).ConfigureAwait(false);
        while (await Translate(ReadMessageAsync<TResponse>(body, ending.Token), cancellation).ConfigureAwait(false) is { } message)
        {
            yield return message;
        }

        ThrowUnlessOk(response);
    }

    private static byte[] Envelope(IMessage message)
    {
        var bytes = new byte[PrefixLength + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), bytes.Length - PrefixLength);
        message.WriteTo(bytes.AsSpan(PrefixLength));
        return bytes;
    }

    /// <summary>The next message of a response, or null at its end.</summary>
    private static async Task<TResponse?> ReadMessageAsync<TResponse>(Stream body, CancellationToken cancellation)
        where TResponse : class, IMessage<TResponse>, new()
    {
        var prefix = new byte[PrefixLength];
        var read = await body.ReadAtLeastAsync(prefix, PrefixLength, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
        if (read == 0)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix.AsSpan(1));
        if (read < PrefixLength || prefix[0] != 0 || length > LongestMessage)
        {
            throw new GrpcException(Code.Internal, "The response is broken, compressed without being asked to, or too long");
        }

        var bytes = new byte[length];
        await body.ReadExactlyAsync(bytes, cancellation).ConfigureAwait(false);
        var message = new TResponse();
        message.MergeFrom(bytes);
        return message;
    }

    /// <summary>Lets a failure of HTTP be one of gRPC.</summary>
    private static async Task<T> Translate<T>(Task<T> work, CancellationToken cancellation)
    {
        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (OperationCanceledException cause) when (!cancellation.IsCancellationRequested)
        {
            throw new GrpcException(Code.DeadlineExceeded, "The deadline passed", cause);
        }
        catch (InvalidProtocolBufferException cause)
        {
            throw new GrpcException(Code.Internal, "The response is no message of its type", cause);
        }
        catch (Exception cause) when (cause is HttpRequestException or IOException)
        {
            throw new GrpcException(Code.Unavailable, cause.Message, cause);
        }
    }

    private static void ThrowUnlessGrpc(HttpResponseMessage response)
    {
        if (response.Headers.Contains("grpc-status"))
        {
            ThrowUnlessOk(response);
        }

        var type = response.Content.Headers.ContentType?.MediaType;
        if (response.StatusCode != HttpStatusCode.OK || type?.StartsWith("application/grpc", StringComparison.Ordinal) != true)
        {
            // What the gRPC specification says about answers of those between client and server.
            var code = (int)response.StatusCode switch
            {
                400 => Code.Internal,
                401 => Code.Unauthenticated,
                403 => Code.PermissionDenied,
                404 => Code.Unimplemented,
                429 or 502 or 503 or 504 => Code.Unavailable,
                _ => Code.Unknown,
            };
            throw new GrpcException(code, $"No gRPC response, but HTTP status {(int)response.StatusCode} with {type ?? "no content"}");
        }
    }

    /// <summary>Throws unless the status, in the trailers or in the headers of a response without messages, is OK.</summary>
    private static void ThrowUnlessOk(HttpResponseMessage response)
    {
        var trailers = response.Headers.Contains("grpc-status") ? response.Headers : response.TrailingHeaders;
        if (!int.TryParse(Value(trailers, "grpc-status"), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            throw new GrpcException(Code.Unknown, "The response ended without a status");
        }

        if (code != (int)Code.Ok)
        {
            var details = Value(trailers, "grpc-status-details-bin");
            throw new GrpcException(
                (Code)code,
                Uri.UnescapeDataString(Value(trailers, "grpc-message")),
                details.Length == 0 ? new Status() : Status.Parser.ParseFrom(FromUnpaddedBase64(details)));
        }
    }

    private static string Value(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.First() : "";

    private static byte[] FromUnpaddedBase64(string text) =>
        Convert.FromBase64String(text.TrimEnd('=').PadRight((text.TrimEnd('=').Length + 3) / 4 * 4, '='));

    /// <summary>At most eight digits, and a unit.</summary>
    private static string TimeoutText(TimeSpan time)
    {
        var milliseconds = (long)Math.Ceiling(time.TotalMilliseconds);
        return milliseconds < 100_000_000
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds}m")
            : string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000}S");
    }
}
