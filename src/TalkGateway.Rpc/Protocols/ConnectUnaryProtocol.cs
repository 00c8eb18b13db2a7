using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using TalkGateway.Rpc.Wire;

namespace TalkGateway.Rpc.Protocols;

/// <summary>
/// Unary calls over Connect: plain HTTP, with the message as the body, trailers as headers and the status as the HTTP status
/// (Connect protocol reference, "Unary RPCs"). A request without Connect's own headers is served all the same.
/// </summary>
internal class ConnectUnaryProtocol : RpcProtocol
{
    /// <summary>What stands before the key of a trailer, which this protocol sends as a header.</summary>
    public const string TrailerPrefix = "trailer-";

    private readonly string _contentType;

    protected ConnectUnaryProtocol(bool usesJson)
        : base(usesJson)
    {
        _contentType = usesJson ? "application/json" : "application/proto";
    }

    public static ConnectUnaryProtocol Binary { get; } = new(usesJson: false);

    public static ConnectUnaryProtocol Json { get; } = new(usesJson: true);

    public override bool CanSendHeadersFirst => false;

    public override RpcRequestHead ReadHead(HttpRequest request)
    {
        ConnectHead.CheckVersion(request);
        return new RpcRequestHead(
            ConnectHead.ReadTimeout(request),
            Compressions.IsGzip(request.Headers.ContentEncoding),
            Compressions.AcceptsGzip(request.Headers.AcceptEncoding));
    }

    public override RpcMessageReader CreateReader(HttpRequest request, bool gzip, MessageLimits limits) => new WholeBodyReader(request.BodyReader, gzip, limits);

    public override void WriteHead(HttpResponse response, bool gzip)
    {
        response.ContentType = _contentType;
        response.Headers.AcceptEncoding = Compressions.Accepted;
    }

    public override void WriteMessage(HttpResponse response, IBufferWriter<byte> output, ReadOnlySpan<byte> message, bool compressed)
    {
        response.Headers.ContentEncoding = compressed ? GzipCompression.Name : default;
        response.ContentLength = message.Length;
        output.Write(message);
    }

    public override void WriteStatus(HttpResponse response, RpcStatus status, RpcMetadata? trailers, bool hasHead)
    {
        trailers?.CopyTo(response.Headers, TrailerPrefix);
        if (status.Code is RpcStatusCode.Ok)
        {
            return;
        }

        WriteHead(response, gzip: false);
        response.StatusCode = ConnectCodes.HttpStatus(status.Code);
        response.ContentType = "application/json";
        using var body = PooledBufferWriter.Rent();
        ConnectJson.WriteError(body, status);
        WriteMessage(response, response.BodyWriter, body.Written.Span, compressed: false);
    }
}

/// <summary>
/// Unary calls over Connect by GET, with the message in the query, for methods without side effects: browsers and proxies can keep
/// the answers (Connect protocol reference, "Unary-Get-Request").
/// </summary>
internal sealed class ConnectGetProtocol : ConnectUnaryProtocol
{
    private ConnectGetProtocol(bool usesJson)
        : base(usesJson)
    {
    }

    public static new ConnectGetProtocol Binary { get; } = new(usesJson: false);

    public static new ConnectGetProtocol Json { get; } = new(usesJson: true);

    public override bool CanBeCached => true;

    public override RpcRequestHead ReadHead(HttpRequest request)
    {
        var version = request.Query["connect"];
        if (version.Count != 0 && version != "v1")
        {
            throw new RpcException(RpcStatusCode.InvalidArgument, $"The query says connect={version}; only v1 is known.");
        }

        return new RpcRequestHead(
            ConnectHead.ReadTimeout(request),
            Compressions.IsGzip(request.Query["compression"]),
            Compressions.AcceptsGzip(request.Headers.AcceptEncoding));
    }

    public override RpcMessageReader CreateReader(HttpRequest request, bool gzip, MessageLimits limits)
    {
        var message = request.Query["message"];
        if (message.Count != 1)
        {
            throw new RpcException(RpcStatusCode.InvalidArgument, "The query has not exactly one message.");
        }

        var bytes = request.Query["base64"] == "1" ? Decode(message.ToString()) : System.Text.Encoding.UTF8.GetBytes(message.ToString());
        return new WholeBodyReader(PipeReader.Create(new ReadOnlySequence<byte>(bytes)), gzip, limits);
    }

    private static byte[] Decode(string text)
    {
        try
        {
            // URL-safe base64, padded or not.
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException ex)
        {
            throw new RpcException(RpcStatusCode.InvalidArgument, "The message in the query is not URL-safe base64.", ex);
        }
    }
}
