using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;

namespace TalkGateway.Rpc.Protocols;

/// <summary>Which protocol a request speaks, by its HTTP method and content type.</summary>
internal static class RpcProtocols
{
    private enum Serves
    {
        Any,
        Unary,
        Streams,
    }

    private static readonly FrozenDictionary<string, (RpcProtocol Protocol, Serves Serves)> ByContentType = new Dictionary<string, (RpcProtocol, Serves)>
    {
        ["application/grpc"] = (GrpcProtocol.Binary, Serves.Any),
        ["application/grpc+proto"] = (GrpcProtocol.Binary, Serves.Any),
        ["application/grpc+json"] = (GrpcProtocol.Json, Serves.Any),
        ["application/grpc-web"] = (GrpcWebProtocol.Binary, Serves.Any),
        ["application/grpc-web+proto"] = (GrpcWebProtocol.Binary, Serves.Any),
        ["application/grpc-web+json"] = (GrpcWebProtocol.Json, Serves.Any),
        ["application/grpc-web-text"] = (GrpcWebProtocol.BinaryText, Serves.Any),
        ["application/grpc-web-text+proto"] = (GrpcWebProtocol.BinaryText, Serves.Any),
        ["application/grpc-web-text+json"] = (GrpcWebProtocol.JsonText, Serves.Any),
        ["application/connect+proto"] = (ConnectStreamProtocol.Binary, Serves.Streams),
        ["application/connect+json"] = (ConnectStreamProtocol.Json, Serves.Streams),
        ["application/proto"] = (ConnectUnaryProtocol.Binary, Serves.Unary),
        ["application/json"] = (ConnectUnaryProtocol.Json, Serves.Unary),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The content types that can be posted, for those who posted another.</summary>
    public static string Accepted { get; } = string.Join(", ", ByContentType.Keys.Order(StringComparer.Ordinal));

    /// <summary>Whether a method may be called by GET: it says that it has no side effects.</summary>
    public static bool AllowsGet(MethodDescriptor? method) =>
        method is { IsClientStreaming: false, IsServerStreaming: false }
        && method.GetOptions()?.IdempotencyLevel is MethodOptions.Types.IdempotencyLevel.NoSideEffects;

    /// <summary>The protocol of a request, or the HTTP status that refuses it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="method">The method called; null for one that is not known.</param>
    /// <param name="allowsGet">Whether it may be called by GET.</param>
    /// <param name="protocol">The protocol.</param>
    /// <param name="refusal">The HTTP status, when there is no protocol.</param>
    public static bool TrySelect(
        HttpRequest request, MethodDescriptor? method, bool allowsGet, [NotNullWhen(true)] out RpcProtocol? protocol, out int refusal)
    {
        protocol = null;
        refusal = StatusCodes.Status415UnsupportedMediaType;
        if (HttpMethods.IsPost(request.Method))
        {
            if (TryFind(request.ContentType, out var found) && Fits(found.Serves, method))
            {
                if (found.Protocol is GrpcProtocol && !HttpProtocol.IsHttp2(request.Protocol) && !HttpProtocol.IsHttp3(request.Protocol))
                {
                    refusal = StatusCodes.Status505HttpVersionNotsupported;
                }
                else
                {
                    protocol = found.Protocol;
                }
            }
        }
        else if (allowsGet && HttpMethods.IsGet(request.Method))
        {
            protocol = request.Query["encoding"].ToString() switch
            {
                "proto" => ConnectGetProtocol.Binary,
                "json" => ConnectGetProtocol.Json,
                _ => null,
            };
        }
        else
        {
            refusal = StatusCodes.Status405MethodNotAllowed;
        }

        return protocol is not null;
    }

    /// <summary>Whether a content type can only mean an rpc, of whatever codec.</summary>
    public static bool IsRpcOnly(string? contentType) =>
        contentType is not null
        && (contentType.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
            || contentType.StartsWith("application/connect+", StringComparison.OrdinalIgnoreCase));

    private static bool TryFind(string? contentType, out (RpcProtocol Protocol, Serves Serves) found)
    {
        var mediaType = contentType.AsSpan();
        var parameters = mediaType.IndexOf(';');
        if (parameters >= 0)
        {
            mediaType = mediaType[..parameters];
        }

        return ByContentType.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(mediaType.Trim(" \t"), out found);
    }

    private static bool Fits(Serves serves, MethodDescriptor? method) =>
        method is null || serves is Serves.Any || serves is Serves.Streams == (method.IsClientStreaming || method.IsServerStreaming);
}
