using System.Buffers;
using Microsoft.AspNetCore.Http;
using TalkGateway.Rpc.Wire;

namespace TalkGateway.Rpc.Protocols;

/// <summary>
/// Streams over Connect, HTTP/1.1 and HTTP/2: enveloped messages both ways, and a last one that tells how it ended
/// (Connect protocol reference, "Streaming RPCs"). The HTTP status is always 200.
/// </summary>
internal sealed class ConnectStreamProtocol : RpcProtocol
{
    private const byte EndStreamFlag = 0x02;

    private readonly string _contentType;

    private ConnectStreamProtocol(string contentType, bool usesJson)
        : base(usesJson)
    {
        _contentType = contentType;
    }

    public static ConnectStreamProtocol Binary { get; } = new("application/connect+proto", usesJson: false);

    public static ConnectStreamProtocol Json { get; } = new("application/connect+json", usesJson: true);

    public override RpcRequestHead ReadHead(HttpRequest request)
    {
        ConnectHead.CheckVersion(request);
        return new RpcRequestHead(
            ConnectHead.ReadTimeout(request),
            Compressions.IsGzip(request.Headers["connect-content-encoding"]),
            Compressions.AcceptsGzip(request.Headers["connect-accept-encoding"]));
    }

    public override void WriteHead(HttpResponse response, bool gzip)
    {
        response.ContentType = _contentType;
        response.Headers["connect-accept-encoding"] = Compressions.Accepted;
        if (gzip)
        {
            response.Headers["connect-content-encoding"] = GzipCompression.Name;
        }
    }

    public override void WriteMessage(HttpResponse response, IBufferWriter<byte> output, ReadOnlySpan<byte> message, bool compressed) =>
        MessageEnvelope.Write(output, compressed ? MessageEnvelope.Compressed : (byte)0, message);

    public override void WriteStatus(HttpResponse response, RpcStatus status, RpcMetadata? trailers, bool hasHead)
    {
        if (!hasHead)
        {
            WriteHead(response, gzip: false);
        }

        using var end = PooledBufferWriter.Rent();
        ConnectJson.WriteEndStream(end, status, trailers);
        MessageEnvelope.Write(response.BodyWriter, EndStreamFlag, end.Written.Span);
    }
}
