using System.Buffers;
using System.IO.Compression;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using TalkGateway.Memory;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Failures;

namespace TalkGateway.Talk.Transport;

/// <summary>A request with what one attempt adds to it.</summary>
internal readonly record struct OcsAttempt(OcsRequest Request, string? Authorization, string? Cookie, CallIdentity Identity)
{
    /// <summary>The path only: the rest is secret.</summary>
    public override string ToString() => Request.Method.Method;
}

/// <summary>
/// One HTTP exchange: writes the request, reads the whole answer, and says in one vocabulary what went wrong. Knows nothing of
/// logins and repetitions.
/// </summary>
internal sealed class OcsTransport : IDisposable
{
    private const int FirstBuffer = 16 * 1024;

    // Answers are passed on within moments, unless those who asked for them are slow.
    private static readonly TimeSpan RoomRetry = TimeSpan.FromSeconds(1);

    // Not the agent of a mobile Talk app: those are refused below a minimum version, and reading as one marks its user online.
    private static readonly string UserAgent = "TalkGateway/" + typeof(OcsTransport).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    // The path is checked here and sent as it stands: what Uri would do to it costs more than the check.
    private static readonly UriCreationOptions Verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%[]");

    private readonly string _upstream;
    private readonly string _baseAddress;
    private readonly bool _isHttps;
    private readonly UpstreamOptions _options;
    private readonly ByteBudget _answers;
    private readonly HttpMessageInvoker _invoker;
    private readonly HttpMessageInvoker _longPolls;

    public OcsTransport(string upstream, UpstreamOptions options, ByteBudget answers, HttpMessageHandler? handler)
    {
        _answers = answers;
        _upstream = upstream;
        _options = options;
        _baseAddress = options.Address!.TrimEnd('/');
        _isHttps = _baseAddress.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        _invoker = new HttpMessageInvoker(handler ?? CreateHandler(options, options.MaxConnections));

        // Connections of their own: what waits by intent must not keep others waiting.
        _longPolls = handler is null ? new HttpMessageInvoker(CreateHandler(options, options.LongPolls.MaxCount)) : _invoker;
    }

    /// <remarks>
    /// Here and further up to the client, asynchronous methods reuse their state: measured with a 1 KB answer, a call on a login
    /// jar allocates 4.1 KB instead of 5.0 KB, 1.9 KB of them in the HTTP handler.
    /// </remarks>
    /// <exception cref="OperationCanceledException">The token was cancelled; an <see cref="UnsentException"/> if nothing went out before.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<OcsOutcome> ExchangeAsync(OcsAttempt attempt, CancellationToken cancellationToken)
    {
        using var message = Compose(attempt);
        HttpResponseMessage response;
        try
        {
            var invoker = attempt.Request.LongPoll > TimeSpan.Zero ? _longPolls : _invoker;
            response = await invoker.SendAsync(message, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            return Explain(e);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested && message.Content is TracedContent { WasSent: false })
        {
            throw new UnsentException(e, cancellationToken);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler's own limit on opening a connection.
            return Failure(UpstreamFailureKind.Unreachable, "accepts no connection in time", mayHaveArrived: false, e);
        }

        var outcome = default(OcsOutcome);
        try
        {
            if (response.StatusCode is HttpStatusCode.Moved or HttpStatusCode.Redirect or HttpStatusCode.RedirectMethod
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect)
            {
                var target = response.Headers.Location is { IsAbsoluteUri: true } location ? location.GetLeftPart(UriPartial.Authority) : "another path";
                return Failure(
                    UpstreamFailureKind.Redirected,
                    $"redirects to {target}: its configured address must be the one it answers at",
                    mayHaveArrived: false);
            }

            return outcome = await ReadAsync(response, cancellationToken);
        }
        finally
        {
            if (outcome.Answer is null)
            {
                response.Dispose();
            }
        }
    }

    public void Dispose()
    {
        _invoker.Dispose();
        _longPolls.Dispose();
    }

    private static SocketsHttpHandler CreateHandler(UpstreamOptions options, int maxConnections) => new()
    {
        UseCookies = false,
        UseProxy = options.UseProxy,
        AllowAutoRedirect = false,

        // Each costs an asynchronous layer per request: decompression is done here, where an answer needs it, and spans that
        // nobody collects would be made and named all the same. Measured with a 1 KB answer, 1.9 KB of allocations per call.
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        ConnectTimeout = options.ConnectTimeout,
        PooledConnectionLifetime = options.ConnectionLifetime,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        MaxConnectionsPerServer = maxConnections,
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
    };

    private HttpRequestMessage Compose(in OcsAttempt attempt)
    {
        var (request, identity) = (attempt.Request, attempt.Identity);
        var message = new HttpRequestMessage(request.Method, new Uri(Address(request), Verbatim))
        {
            Version = _isHttps ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        var headers = message.Headers;
        headers.TryAddWithoutValidation("OCS-APIRequest", "true");
        headers.TryAddWithoutValidation("Accept", request.AnyFormat ? "*/*" : "application/json");
        headers.TryAddWithoutValidation("Accept-Encoding", "gzip, br");
        headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (attempt.Authorization is { } authorization)
        {
            headers.TryAddWithoutValidation("Authorization", authorization);
        }

        if (attempt.Cookie is { Length: > 0 } cookie)
        {
            headers.TryAddWithoutValidation("Cookie", cookie);
        }

        if (_options.ForwardClientAddress && identity.ClientAddress is { } client)
        {
            headers.TryAddWithoutValidation("X-Forwarded-For", (client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client).ToString());
        }

        // Kestrel takes UTF-8 in headers, the HTTP handler refuses it: as a failure that would count against the server.
        if (identity.AcceptLanguage is { Length: > 0 } language && !language.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            headers.TryAddWithoutValidation("Accept-Language", language);
        }

        foreach (var (name, value) in request.Headers)
        {
            headers.TryAddWithoutValidation(name, value);
        }

        // Every request has a body, if an empty one: the handler repeats a request without one by itself, up to three times, when a
        // pooled connection breaks under it. The server may have carried it out by then, and repeating is the pipeline's.
        message.Content = new TracedContent(request.Body);
        if (request.ContentType is { } contentType)
        {
            message.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return message;
    }

    private string Address(OcsRequest request)
    {
        var target = request.PathAndQuery;
        if (!target.StartsWith('/') || target.AsSpan().ContainsAnyExcept(PathCharacters) || HasDotSegment(target))
        {
            throw new ArgumentException("A request's path must be absolute, escaped and free of dot segments.", nameof(request));
        }

        if (request.AnyFormat || !target.StartsWith("/ocs/", StringComparison.Ordinal))
        {
            return _baseAddress + target;
        }

        // Without it, servers up to Nextcloud 20 answer unknown routes in XML, whatever Accept says.
        return string.Concat(_baseAddress, target, target.Contains('?') ? "&format=json" : "?format=json");
    }

    private static bool HasDotSegment(ReadOnlySpan<char> target)
    {
        var query = target.IndexOf('?');
        var path = query < 0 ? target : target[..query];
        if (!path.Contains("/.", StringComparison.Ordinal) && !path.Contains("/%", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var range in path.Split('/'))
        {
            var segment = path[range].ToString().Replace("%2e", ".", StringComparison.OrdinalIgnoreCase);
            if (segment is "." or "..")
            {
                return true;
            }
        }

        return false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<OcsOutcome> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // The announced length is that of the compressed form.
        var encoding = EncodingOf(response);
        var announced = encoding is null ? response.Content.Headers.ContentLength : null;
        if (announced == 0)
        {
            return new OcsAnswer(response, null, 0, default);
        }

        if (announced > _options.MaxAnswerBytes)
        {
            return TooLarge();
        }

        var holding = new ByteHolding(_answers);
        if (Hold(ref holding, (int)(announced ?? FirstBuffer)) is not { } buffer)
        {
            return TooManyAnswers();
        }

        var length = 0;
        var complete = false;
        try
        {
            await using var stream = Decompress(await response.Content.ReadAsStreamAsync(cancellationToken), encoding);
            while (length != announced)
            {
                if (length == buffer.Length)
                {
                    if (Hold(ref holding, Buffers.Larger(length, length + 1L)) is not { } larger)
                    {
                        return TooManyAnswers();
                    }

                    buffer.CopyTo(larger, 0);
                    Buffers.Return(buffer);
                    buffer = larger;
                }

                var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    break;
                }

                length += read;
                if (length > _options.MaxAnswerBytes)
                {
                    return TooLarge();
                }
            }

            complete = true;
            return new OcsAnswer(response, buffer, length, holding);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return Failure(UpstreamFailureKind.Interrupted, "broke off in the middle of its answer", mayHaveArrived: true, e) with { Status = (int)response.StatusCode };
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            // Gzip's stream throws the one, Brotli's the other.
            return Failure(UpstreamFailureKind.BadAnswer, "sent an answer that cannot be decompressed", mayHaveArrived: true, e);
        }
        finally
        {
            if (!complete)
            {
                Buffers.Return(buffer);
                holding.Release();
            }
        }
    }

    private static string? EncodingOf(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Encoding", out var values) ? values.ToString() : null;

    private static Stream Decompress(Stream stream, string? encoding) => encoding switch
    {
        null => stream,
        _ when encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase) => new GZipStream(stream, CompressionMode.Decompress),
        _ when encoding.Equals("br", StringComparison.OrdinalIgnoreCase) => new BrotliStream(stream, CompressionMode.Decompress),

        // Not asked for: whoever reads it finds out what it is.
        _ => stream,
    };

    /// <summary>Null where there is no room for it.</summary>
    private static byte[]? Hold(ref ByteHolding holding, int length) => holding.TryHold(length) ? Buffers.Rent(length) : null;

    private UpstreamFailure Explain(HttpRequestException e) => e.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError =>
            Failure(UpstreamFailureKind.Unreachable, "has a host name that cannot be resolved", mayHaveArrived: false, e),
        HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError =>
            Failure(UpstreamFailureKind.Unreachable, "accepts no connection", mayHaveArrived: false, e),
        HttpRequestError.SecureConnectionError =>
            Failure(UpstreamFailureKind.Unreachable, "cannot be trusted: the TLS handshake failed", mayHaveArrived: false, e),
        HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded =>
            Failure(UpstreamFailureKind.BadAnswer, "sent something that is not HTTP", mayHaveArrived: true, e),
        _ => Failure(UpstreamFailureKind.Interrupted, "closed the connection before it had answered", mayHaveArrived: true, e),
    };

    private UpstreamFailure TooManyAnswers() =>
        new(UpstreamFailureKind.TooManyAnswers, _upstream, _answers.Remedy) { MayHaveArrived = true, RetryAfter = RoomRetry };

    private UpstreamFailure TooLarge() =>
        Failure(UpstreamFailureKind.AnswerTooLarge, $"sent an answer of more than {_options.MaxAnswerBytes} bytes (option MaxAnswerBytes)", mayHaveArrived: true);

    private UpstreamFailure Failure(UpstreamFailureKind kind, string what, bool mayHaveArrived, Exception? cause = null) =>
        new(kind, _upstream, $"The server \"{_upstream}\" {what}.") { MayHaveArrived = mayHaveArrived, Cause = cause };
}
