using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace TalkGateway.PassThrough;

/// <summary>Sends every request that is no rpc to the upstream, unchanged, through YARP's forwarder.</summary>
internal sealed partial class PassThroughEndpoint(
    IHttpForwarder forwarder,
    PassThroughOptions options,
    Uri upstream,
    ILogger<PassThroughEndpoint> logger) : IDisposable
{
    private readonly string _destination = upstream.AbsoluteUri;
    private readonly PathString[] _prefixes = [.. options.Prefixes.Select(p => new PathString(p.TrimEnd('/')))];
    private readonly ForwarderRequestConfig _config = new() { ActivityTimeout = options.IdleTimeout };
    private readonly HttpMessageInvoker _invoker = new(new SendOnceHandler(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        ActivityHeadersPropagator = null,
    }));

    public async Task ForwardAsync(HttpContext context)
    {
        if (!Covers(context.Request.Path))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // Uploads have no size of their own here: the upstream decides what is too large.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        var error = await forwarder.SendAsync(context, _destination, _invoker, _config, ForwardedHeaders.Instance);
        if (error is not ForwarderError.None && !context.RequestAborted.IsCancellationRequested)
        {
            PassThroughFailed(context.Request.Method, FirstSegment(context.Request.Path), error, context.Features.Get<IForwarderErrorFeature>()?.Exception?.Message);
        }
    }

    public void Dispose() => _invoker.Dispose();

    private bool Covers(PathString path) =>
        _prefixes.Length == 0 || Array.Exists(_prefixes, prefix => path.StartsWithSegments(prefix, StringComparison.Ordinal));

    /// <summary>What of a path may be logged: behind it there may be secrets (links of shares, password resets). Encoded, so that it stays on its line.</summary>
    private static string FirstSegment(PathString path)
    {
        var text = path.ToUriComponent();
        var end = text.Length == 0 ? -1 : text.IndexOf('/', 1);
        return end < 0 ? text : text[..end];
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Warning, Message = "Pass-through of {Method} {Path} failed: {Error} ({Detail})")]
    private partial void PassThroughFailed(string method, string path, ForwarderError error, string? detail);

    /// <summary>Adds <c>X-Forwarded-*</c> behind what proxies before us said, and addresses the upstream by its own name.</summary>
    private sealed class ForwardedHeaders : HttpTransformer
    {
        public static readonly ForwardedHeaders Instance = new();

        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);

            if (UnchangedTarget(httpContext, destinationPrefix) is { } target)
            {
                proxyRequest.RequestUri = target;
            }

            // Nextcloud refuses hosts it does not trust, so it is asked by the name that the operator configured.
            proxyRequest.Headers.Host = null;
            if (httpContext.Connection.RemoteIpAddress is { } address)
            {
                proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-For", (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
            }

            AddUnlessPresent(proxyRequest, "X-Forwarded-Proto", httpContext.Request.Scheme);
            AddUnlessPresent(proxyRequest, "X-Forwarded-Host", httpContext.Request.Host.Value);
        }

        /// <summary>
        /// The target byte for byte as the client wrote it. Null where it has dot segments, which must be resolved before
        /// the upstream's own base path is put in front.
        /// </summary>
        private static Uri? UnchangedTarget(HttpContext context, string destinationPrefix)
        {
            var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
            if (raw is not ['/', ..])
            {
                return null;
            }

            var path = raw.AsSpan(0, raw.IndexOf('?') is var query and >= 0 ? query : raw.Length);
            if (path.Contains("/.", StringComparison.Ordinal) || path.Contains("%2e", StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }

            return new Uri(
                string.Concat(destinationPrefix.AsSpan().TrimEnd('/'), raw),
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        }

        private static void AddUnlessPresent(HttpRequestMessage request, string name, string? value)
        {
            if (!request.Headers.Contains(name))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }
    }
}
