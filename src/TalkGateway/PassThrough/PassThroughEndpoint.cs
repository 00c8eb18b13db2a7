using System.Net;
using Microsoft.AspNetCore.Http.Features;
using TalkGateway.Talk.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace TalkGateway.PassThrough;

/// <summary>Sends every request that is no rpc to the upstream, unchanged, through YARP's forwarder.</summary>
internal sealed partial class PassThroughEndpoint(
    IHttpForwarder forwarder,
    PassThroughOptions options,
    UpstreamOptions upstream,
    ILogger<PassThroughEndpoint> logger) : IDisposable
{
    private readonly string _destination = new Uri(upstream.Address!).AbsoluteUri;
    private readonly ForwardingTransformer _transformer = new(new Uri(upstream.Address!), options.KeepHost);
    private readonly PathString[] _prefixes = [.. options.Prefixes.Select(p => new PathString(p.TrimEnd('/')))];
    private readonly ForwarderRequestConfig _config = new() { ActivityTimeout = options.IdleTimeout };
    private readonly HttpMessageInvoker _invoker = new(new SendOnceHandler(Connections(upstream)));

    /// <summary>Connections to an upstream, opened as those for rpcs are.</summary>
    internal static SocketsHttpHandler Connections(UpstreamOptions upstream) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = upstream.UseProxy,
        EnableMultipleHttp2Connections = true,
        ConnectTimeout = upstream.ConnectTimeout,
        PooledConnectionLifetime = upstream.ConnectionLifetime,
        ActivityHeadersPropagator = null,
    };

    public async Task ForwardAsync(HttpContext context)
    {
        if (!ForwardingTransformer.IsTarget(context.Features.Get<IHttpRequestFeature>()?.RawTarget))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

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

        var error = await forwarder.SendAsync(context, _destination, _invoker, _config, _transformer);
        if (!IsOfClient(error) && !context.RequestAborted.IsCancellationRequested)
        {
            PassThroughFailed(context.Request.Method, FirstSegment(context.Request.Path), error, context.Features.Get<IForwarderErrorFeature>()?.Exception?.Message);
        }
    }

    public void Dispose() => _invoker.Dispose();

    /// <summary>Whether nothing failed, or only the client did not stay: an end of its own that may be noticed before its connection's.</summary>
    private static bool IsOfClient(ForwarderError error) => error is
        ForwarderError.None
        or ForwarderError.RequestCanceled
        or ForwarderError.RequestBodyCanceled
        or ForwarderError.RequestBodyClient
        or ForwarderError.ResponseBodyCanceled
        or ForwarderError.ResponseBodyClient
        or ForwarderError.UpgradeRequestCanceled
        or ForwarderError.UpgradeRequestClient
        or ForwarderError.UpgradeResponseCanceled
        or ForwarderError.UpgradeResponseClient
        or ForwarderError.UpgradeActivityTimeout;

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
}
