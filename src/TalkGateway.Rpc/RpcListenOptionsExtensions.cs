using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using TalkGateway.Rpc.Hosting;

namespace TalkGateway.Rpc;

/// <summary>Kestrel ports for rpcs.</summary>
public static class RpcListenOptionsExtensions
{
    /// <summary>
    /// Serves HTTP/1.1 and HTTP/2 on one plaintext port, told apart by the client's first bytes. Where the connection has TLS,
    /// ALPN does it and this stays out of the way, in either order with <c>UseHttps</c>. A client that does not begin is dropped
    /// after <c>Limits.KeepAliveTimeout</c>, one that stops within the first bytes after <c>Limits.RequestHeadersTimeout</c>.
    /// Sets <c>AllowAlternateSchemes</c>, because HTTP/2 requests then say "http" on a connection with TLS features.
    /// </summary>
    public static ListenOptions UseHttp1AndHttp2Detection(this ListenOptions listen)
    {
        var kestrel = listen.KestrelServerOptions;
        var time = listen.ApplicationServices.GetService<TimeProvider>() ?? TimeProvider.System;
        kestrel.AllowAlternateSchemes = true;

        // Set only where it changes something: Kestrel warns of protocols set by hand that it believes it cannot serve.
        if (!listen.Protocols.HasFlag(HttpProtocols.Http1AndHttp2))
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
        }

        listen.Use(next =>
        {
            var detection = new Http1AndHttp2Detection(next, kestrel.Limits, time);
            return detection.OnConnectionAsync;
        });
        return listen;
    }
}
