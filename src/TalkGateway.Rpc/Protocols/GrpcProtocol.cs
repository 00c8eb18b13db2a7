using System.Buffers;
using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using TalkGateway.Rpc.Wire;

namespace TalkGateway.Rpc.Protocols;

/// <summary>gRPC over HTTP/2, as published in the gRPC repository's PROTOCOL-HTTP2 and "Compression" documents.</summary>
internal sealed class GrpcProtocol : RpcProtocol
{
    private const string StatusDetailsKey = "grpc-status-details-bin";
    private static readonly string[] StatusNumbers = [.. Enumerable.Range(0, 17).Select(code => code.ToString(CultureInfo.InvariantCulture))];

    private readonly string _contentType;

    private GrpcProtocol(string contentType, bool usesJson)
        : base(usesJson)
    {
        _contentType = contentType;
    }

    public static GrpcProtocol Binary { get; } = new("application/grpc", usesJson: false);

    public static GrpcProtocol Json { get; } = new("application/grpc+json", usesJson: true);

    public override RpcRequestHead ReadHead(HttpRequest request) => ReadGrpcHead(request);

    /// <summary>The head that gRPC and gRPC-Web share.</summary>
    public static RpcRequestHead ReadGrpcHead(HttpRequest request)
    {
        TimeSpan? timeout = null;
        var timeoutHeader = request.Headers.GrpcTimeout;
        if (timeoutHeader.Count != 0)
        {
            if (!GrpcTimeout.TryParse(timeoutHeader.ToString(), out var parsed))
            {
                throw new RpcException(RpcStatusCode.Internal, "The grpc-timeout header is not one to eight digits and a unit of H, M, S, m, u or n.");
            }

            timeout = parsed;
        }

        return new RpcRequestHead(timeout, Compressions.IsGzip(request.Headers.GrpcEncoding), Compressions.AcceptsGzip(request.Headers.GrpcAcceptEncoding));
    }

    public override void WriteHead(HttpResponse response, bool gzip) => WriteGrpcHead(response, _contentType, gzip);

    /// <summary>The response headers that gRPC and gRPC-Web share.</summary>
    public static void WriteGrpcHead(HttpResponse response, string contentType, bool gzip)
    {
        response.ContentType = contentType;
        response.Headers.GrpcAcceptEncoding = Compressions.Accepted;
        if (gzip)
        {
            response.Headers.GrpcEncoding = GzipCompression.Name;
        }
    }

    public override void WriteMessage(HttpResponse response, IBufferWriter<byte> output, ReadOnlySpan<byte> message, bool compressed) =>
        MessageEnvelope.Write(output, compressed ? MessageEnvelope.Compressed : (byte)0, message);

    public override void WriteStatus(HttpResponse response, RpcStatus status, RpcMetadata? trailers, bool hasHead)
    {
        IHeaderDictionary target;
        if (hasHead)
        {
            target = response.HttpContext.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        }
        else
        {
            // Trailers-Only: one block of headers is the whole response.
            WriteHead(response, gzip: false);
            target = response.Headers;
        }

        WriteGrpcStatus(target, status, trailers);
    }

    /// <summary>The trailers that gRPC and gRPC-Web share.</summary>
    public static void WriteGrpcStatus(IHeaderDictionary target, RpcStatus status, RpcMetadata? trailers)
    {
        trailers?.CopyTo(target);
        var code = (uint)status.Code;
        target.GrpcStatus = code < StatusNumbers.Length ? StatusNumbers[code] : code.ToString(CultureInfo.InvariantCulture);
        if (status.Message.Length != 0)
        {
            target.GrpcMessage = PercentEncoding.Encode(status.Message);
        }

        if (status.Details.Count != 0)
        {
            target[StatusDetailsKey] = BinaryMetadata.Encode(status.ToMessage().ToByteArray());
        }
    }
}
