using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace TalkGateway.LoadTest.Servers;

/// <summary>
/// What two HTTP hops cost on this machine when nothing is done between them: Kestrel in front, SocketsHttpHandler behind, the
/// bytes handed on. The floor under both kinds of call.
/// </summary>
internal static class BareHopsServer
{
    private static readonly string[] Forwarded = ["Accept", "Cookie", "OCS-APIRequest"];

    public static async Task RunAsync(Uri upstream, CancellationToken cancellationToken)
    {
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseCookies = false,
            UseProxy = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
        });
        await using var app = Loopback.Build(HttpProtocols.Http2);
        app.Run(http => ForwardAsync(http, invoker, upstream.AbsoluteUri.TrimEnd('/')));
        await app.StartAsync(cancellationToken);
        await ControlPipe.ServeAsync(new ServerReady(Loopback.AddressOf(app)), cancellationToken);
    }

    private static async Task ForwardAsync(HttpContext http, HttpMessageInvoker invoker, string upstream)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Parse(http.Request.Method), upstream + http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        foreach (var name in Forwarded)
        {
            request.Headers.TryAddWithoutValidation(name, http.Request.Headers[name].ToString());
        }

        var body = http.Request.ContentLength is { } announced ? ArrayPool<byte>.Shared.Rent((int)announced) : null;
        if (body is not null)
        {
            var length = (int)http.Request.ContentLength!.Value;
            await http.Request.Body.ReadExactlyAsync(body.AsMemory(0, length), http.RequestAborted);
            request.Content = new ReadOnlyMemoryContent(body.AsMemory(0, length));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", http.Request.ContentType);
        }

        using var response = await invoker.SendAsync(request, http.RequestAborted);
        if (body is not null)
        {
            ArrayPool<byte>.Shared.Return(body);
        }

        http.Response.StatusCode = (int)response.StatusCode;
        var left = (int)response.Content.Headers.ContentLength!.Value;
        var output = http.Response.BodyWriter;
        await using var stream = await response.Content.ReadAsStreamAsync(http.RequestAborted);
        while (left > 0)
        {
            var read = await stream.ReadAsync(output.GetMemory(left)[..left], http.RequestAborted);
            output.Advance(read);
            left -= read;
        }
    }
}
