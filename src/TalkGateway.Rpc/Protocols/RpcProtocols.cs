using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace TalkGateway.Rpc.Protocols;

/// <summary>Which protocol a request speaks, by its content type.</summary>
internal static class RpcProtocols
{
    /// <summary>The protocol of a request, or the HTTP status that refuses it.</summary>
    public static bool TrySelect(HttpRequest request, [NotNullWhen(true)] out RpcProtocol? protocol, out int refusal)
    {
        protocol = null;
        refusal = 0;
        if (!HttpMethods.IsPost(request.Method))
        {
            refusal = StatusCodes.Status405MethodNotAllowed;
        }
        else if (!IsGrpc(request.ContentType))
        {
            refusal = StatusCodes.Status415UnsupportedMediaType;
        }
        else if (!HttpProtocol.IsHttp2(request.Protocol) && !HttpProtocol.IsHttp3(request.Protocol))
        {
            refusal = StatusCodes.Status505HttpVersionNotsupported;
        }
        else
        {
            protocol = GrpcProtocol.Proto;
        }

        return protocol is not null;
    }

    /// <summary>Whether a content type names gRPC with the protobuf codec: <c>application/grpc</c> or <c>application/grpc+proto</c>, with or without parameters.</summary>
    public static bool IsGrpc(string? contentType)
    {
        var mediaType = contentType.AsSpan();
        var parameters = mediaType.IndexOf(';');
        if (parameters >= 0)
        {
            mediaType = mediaType[..parameters];
        }

        mediaType = mediaType.Trim(" \t");
        return mediaType.Equals("application/grpc", StringComparison.OrdinalIgnoreCase)
            || mediaType.Equals("application/grpc+proto", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a content type can only mean an rpc, of whatever codec.</summary>
    public static bool IsRpcOnly(string? contentType) =>
        contentType is not null && contentType.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase);
}
