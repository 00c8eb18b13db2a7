using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using TalkGateway.Rpc.Wire;

namespace TalkGateway.Rpc.Protocols;

/// <summary>
/// gRPC-Web over HTTP/1.1 and HTTP/2, as published in the gRPC repository's PROTOCOL-WEB: gRPC with its trailers in a last frame of
/// the body, and in the text form with the whole body in base64, for browsers that cannot read bytes as they come.
/// </summary>
internal sealed class GrpcWebProtocol : RpcProtocol
{
    private const byte TrailersFlag = 0x80;

    private readonly string _contentType;
    private readonly bool _text;

    private GrpcWebProtocol(string contentType, bool usesJson, bool text)
        : base(usesJson)
    {
        _contentType = contentType;
        _text = text;
    }

    public static GrpcWebProtocol Binary { get; } = new("application/grpc-web+proto", usesJson: false, text: false);

    public static GrpcWebProtocol Json { get; } = new("application/grpc-web+json", usesJson: true, text: false);

    public static GrpcWebProtocol BinaryText { get; } = new("application/grpc-web-text+proto", usesJson: false, text: true);

    public static GrpcWebProtocol JsonText { get; } = new("application/grpc-web-text+json", usesJson: true, text: true);

    public override RpcRequestHead ReadHead(HttpRequest request) => GrpcProtocol.ReadGrpcHead(request);

    public override RpcMessageReader CreateReader(HttpRequest request, bool gzip, MessageLimits limits) =>
        _text ? new EnvelopeReader(PipeReader.Create(new Base64DecodingStream(request.BodyReader)), gzip, limits) : base.CreateReader(request, gzip, limits);

    public override void WriteHead(HttpResponse response, bool gzip) => GrpcProtocol.WriteGrpcHead(response, _contentType, gzip);

    public override void WriteMessage(HttpResponse response, IBufferWriter<byte> output, ReadOnlySpan<byte> message, bool compressed) =>
        WriteFrame(output, compressed ? MessageEnvelope.Compressed : (byte)0, message);

    public override void WriteStatus(HttpResponse response, RpcStatus status, RpcMetadata? trailers, bool hasHead)
    {
        if (!hasHead)
        {
            WriteHead(response, gzip: false);
        }

        var block = new HeaderDictionary();
        GrpcProtocol.WriteGrpcStatus(block, status, trailers);
        var text = new StringBuilder();
        foreach (var (key, values) in block)
        {
            foreach (var value in values)
            {
                // Names in lower case, as HTTP/2 has them.
                text.Append(key.ToLowerInvariant()).Append(": ").Append(value).Append("\r\n");
            }
        }

        WriteFrame(response.BodyWriter, TrailersFlag, Encoding.ASCII.GetBytes(text.ToString()));
    }

    private void WriteFrame(IBufferWriter<byte> output, byte flags, ReadOnlySpan<byte> payload)
    {
        if (!_text)
        {
            MessageEnvelope.Write(output, flags, payload);
            return;
        }

        using var frame = PooledBufferWriter.Rent();
        MessageEnvelope.Write(frame, flags, payload);

        // Each frame is padded for itself, so that it can be read before the next one comes.
        var target = output.GetSpan(System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(frame.Length));
        System.Buffers.Text.Base64.EncodeToUtf8(frame.Written.Span, target, out _, out var written);
        output.Advance(written);
    }
}
