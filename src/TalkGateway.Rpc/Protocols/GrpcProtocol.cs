using System.Buffers;
using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using TalkGateway.Rpc.Wire;

namespace TalkGateway.Rpc.Protocols;

/// <summary>gRPC over HTTP/2, as published in the gRPC repository's PROTOCOL-HTTP2 and "Compression" documents.</summary>
internal sealed class GrpcProtocol : RpcProtocol
{
    private const string AcceptedEncodings = "identity,gzip";
    private const string StatusDetailsKey = "grpc-status-details-bin";
    private static readonly string[] StatusNumbers = [.. Enumerable.Range(0, 17).Select(code => code.ToString(CultureInfo.InvariantCulture))];

    public static GrpcProtocol Proto { get; } = new("application/grpc");

    private readonly string _contentType;

    private GrpcProtocol(string contentType)
    {
        _contentType = contentType;
    }

    public override RpcRequestHead ReadHead(HttpRequest request)
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

        return new RpcRequestHead(timeout, ReadEncoding(request.Headers.GrpcEncoding), AcceptsGzip(request.Headers.GrpcAcceptEncoding));
    }

    public override void WriteHead(HttpResponse response, bool gzip)
    {
        response.ContentType = _contentType;
        response.Headers.GrpcAcceptEncoding = AcceptedEncodings;
        if (gzip)
        {
            response.Headers.GrpcEncoding = GzipCompression.Name;
        }
    }

    public override void WriteMessage(HttpResponse response, ReadOnlySpan<byte> message, bool compressed)
    {
        var output = response.BodyWriter;
        MessageEnvelope.Write(output.GetSpan(MessageEnvelope.Size), compressed ? MessageEnvelope.Compressed : (byte)0, message.Length);
        output.Advance(MessageEnvelope.Size);
        output.Write(message);
    }

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

        trailers?.CopyTo(target);
        WriteStatus(target, status);
    }

    private static void WriteStatus(IHeaderDictionary target, RpcStatus status)
    {
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

    private static bool ReadEncoding(StringValues header)
    {
        if (header.Count == 0)
        {
            return false;
        }

        var encoding = header.ToString();
        if (encoding.Equals(GzipCompression.Name, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        return encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)
            ? false
            : throw new RpcException(RpcStatusCode.Unimplemented, $"The compression '{encoding}' is not supported; {AcceptedEncodings} are.");
    }

    private static bool AcceptsGzip(StringValues header)
    {
        foreach (var value in header)
        {
            foreach (var part in value.AsSpan().Split(','))
            {
                if (value.AsSpan(part).Trim(" \t").Equals(GzipCompression.Name, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
