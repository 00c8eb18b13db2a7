using System.Buffers;
using System.Collections.Frozen;
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
    // RFC 3986 §3.3, and what else clients write into paths; none of it divides a path or stands for anything else. Only '\\', which
    // some servers take for '/', does.
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/%[]{}|^`");

    // RFC 3986 §3.4, and what browsers leave unescaped besides (WHATWG URL, query percent-encode set), as they leave a '%' that escapes
    // nothing. It can change the value of a parameter, which is its sender's affair.
    private static readonly SearchValues<char> QueryCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%[]{}|^`\\");

    // Only what this gateway says about the origin may be believed by who trusts it.
    private static readonly FrozenSet<string> OriginHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Server", "X-Forwarded-Prefix", "X-Real-IP", "Forwarded", .. TrustedProxies.Originals]);

    // What else proxies say about it, under names of their own.
    private static readonly FrozenSet<string> ProxyHeaders = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        [
            "X-Forwarded", "X-Forwarded-By", "X-Forwarded-Protocol", "X-Forwarded-Scheme", "X-Forwarded-Ssl", "X-Url-Scheme", "Front-End-Https", "Forwarded-For",
            "Client-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Originating-IP", "X-Remote-IP", "X-Remote-Addr", "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP",
        ]);

    private readonly string _origin = upstream.GetLeftPart(UriPartial.Authority);
    private readonly string _base = upstream.AbsolutePath.TrimEnd('/');

    /// <summary>
    /// Whether a target can be written into a request line without changing what the line says (RFC 9112 §3.2), and means the same
    /// to every server that reads it.
    /// </summary>
    public static bool IsTarget(string? rawTarget)
    {
        if (rawTarget is null)
        {
            return false;
        }

        var path = PathOf(rawTarget);
        return !path.ContainsAnyExcept(PathCharacters) && !rawTarget.AsSpan(path.Length).ContainsAnyExcept(QueryCharacters) && EscapesAreWhole(path);
    }

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
        foreach (var (header, _) in proxyRequest.Headers.NonValidated.Where(header => IsOthersToSay(header.Key, httpContext)).ToList())
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

    /// <summary>Whether a header says what the gateway has to say, or what only a trusted proxy may.</summary>
    private static bool IsOthersToSay(string header, HttpContext context)
    {
        // Servers that pass headers on as CGI variables (RFC 3875 §4.1.18) cannot tell '_' from '-', and no proxy writes it.
        var name = header.Replace('_', '-');
        return OriginHeaders.Contains(name) || (ProxyHeaders.Contains(name) && (name != header || !TrustedProxies.Sent(context)));
    }

    private static ReadOnlySpan<char> PathOf(string target) => target.AsSpan(0, target.IndexOf('?') is var query and >= 0 ? query : target.Length);

    private static bool EscapesAreWhole(ReadOnlySpan<char> path)
    {
        for (var at = path.IndexOf('%'); at >= 0; at = path.IndexOf('%'))
        {
            if (path.Length < at + 3 || !char.IsAsciiHexDigit(path[at + 1]) || !char.IsAsciiHexDigit(path[at + 2]))
            {
                return false;
            }

            path = path[(at + 3)..];
        }

        return true;
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

        var path = PathOf(raw);
        if (path.Contains("/.", StringComparison.Ordinal) || path.Contains("%2e", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return new Uri(
            string.Concat(destinationPrefix.AsSpan().TrimEnd('/'), raw),
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }
}
