using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using TalkGateway.Hosting;
using Yarp.ReverseProxy.Forwarder;

namespace TalkGateway.PassThrough;

/// <summary>
/// What changes on the way of a request that passes through: the host is the upstream's unless the client's is kept, the origin is
/// told in <c>X-Forwarded-*</c>, and redirects to the upstream's own address lead to the gateway's.
/// </summary>
internal sealed class ForwardingTransformer(Uri upstream, bool keepHost) : HttpTransformer
{
    // RFC 3986 §3.3 and §3.4, and what browsers leave unescaped besides (WHATWG URL, path and query percent-encode sets).
    private static readonly SearchValues<char> TargetCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%[]{}|^`\\");

    // Only what this gateway says about the origin may be believed by who trusts it.
    private static readonly string[] OriginHeaders =
        ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Server", "X-Forwarded-Prefix", "X-Real-IP", "Forwarded", .. TrustedProxies.Originals];

    private readonly string _origin = upstream.GetLeftPart(UriPartial.Authority);
    private readonly string _base = upstream.AbsolutePath.TrimEnd('/');

    /// <summary>Whether a target can be written into a request line without changing what the line says (RFC 9112 §3.2).</summary>
    public static bool IsTarget(string? rawTarget) => rawTarget is not null && !rawTarget.AsSpan().ContainsAnyExcept(TargetCharacters);

    /// <inheritdoc />
    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);

        if (UnchangedTarget(httpContext, destinationPrefix) is { } target)
        {
            proxyRequest.RequestUri = target;
        }

        // Nextcloud refuses hosts it does not trust, so it is asked by the name that the operator configured.
        var request = httpContext.Request;
        proxyRequest.Headers.Host = keepHost ? request.Host.Value : null;
        foreach (var header in OriginHeaders)
        {
            proxyRequest.Headers.Remove(header);
        }

        if (httpContext.Connection.RemoteIpAddress is { } address)
        {
            proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-For", (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
        }

        proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Proto", request.Scheme);
        proxyRequest.Headers.TryAddWithoutValidation("X-Forwarded-Host", request.Host.Value);
    }

    /// <inheritdoc />
    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var goesOn = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        if (httpContext.Response.Headers.Location is [{ } location])
        {
            httpContext.Response.Headers.Location = OwnLocation(location, httpContext.Request);
        }

        return goesOn;
    }

    /// <summary>
    /// Where a redirect leads for the client. Web servers in front of Nextcloud make absolute addresses of the name they were asked
    /// by, as for <c>/.well-known/caldav</c>, and so does Nextcloud for a proxy it does not trust.
    /// </summary>
    private string OwnLocation(string location, HttpRequest request)
    {
        var isUpstream = location.StartsWith(_origin, StringComparison.OrdinalIgnoreCase) && (location.Length == _origin.Length || location[_origin.Length] is '/' or '?' or '#');
        if (!isUpstream && !(location.StartsWith('/') && !location.StartsWith("//", StringComparison.Ordinal)))
        {
            return location;
        }

        // An installation below a path lies at the gateway's root.
        var path = isUpstream ? location[_origin.Length..] : location;
        if (_base.Length != 0 && path.StartsWith(_base, StringComparison.Ordinal) && (path.Length == _base.Length || path[_base.Length] is '/' or '?' or '#'))
        {
            path = path.Length == _base.Length ? "/" : path[_base.Length..];
        }

        return isUpstream ? $"{request.Scheme}://{request.Host.Value}{path}" : path;
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
}
