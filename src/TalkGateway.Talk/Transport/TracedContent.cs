using System.Net;

namespace TalkGateway.Talk.Transport;

/// <summary>
/// A request body that knows whether it went out. The handler asks for it once a connection is there and the head is written, so a
/// request whose body was never asked for has only waited for a connection, and did not arrive.
/// </summary>
internal sealed class TracedContent(ReadOnlyMemory<byte> body) : HttpContent
{
    /// <summary>The server may have got the request.</summary>
    public bool WasSent { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        WasSent = true;
        return stream.WriteAsync(body, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}

/// <summary>The exchange was given up before anything of the request went out.</summary>
internal sealed class UnsentException(OperationCanceledException cause, CancellationToken token) : OperationCanceledException(cause.Message, cause, token);
