using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace TalkGateway.Rpc.Hosting;

/// <summary>
/// Tells HTTP/2 with prior knowledge from HTTP/1.1 on a plaintext port by the client's first bytes. Without TLS and its ALPN,
/// Kestrel takes a port that allows both for HTTP/1.1; so a connection that opens with HTTP/2's preface (RFC 9113, section 3.4)
/// is given the features that ALPN would have left.
/// </summary>
internal sealed class Http1AndHttp2Detection(ConnectionDelegate next, KestrelServerLimits limits, TimeProvider time)
{
    private static readonly byte[] Http2Id = "h2"u8.ToArray();

    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        if (connection.Features.Get<ITlsConnectionFeature>() is null)
        {
            switch (await DetectAsync(connection))
            {
                case Opening.Http2:
                    var plaintext = new PlaintextHttp2Feature();
                    connection.Features.Set<ITlsConnectionFeature>(plaintext);
                    connection.Features.Set<ITlsApplicationProtocolFeature>(plaintext);
                    break;
                case Opening.Silent:
                    connection.Abort(new ConnectionAbortedException("The client did not begin a request in time."));
                    return;
                case Opening.Gone:
                    return;
                default:
                    // HTTP/1.1, and clients that closed their side: Kestrel's own path.
                    break;
            }
        }

        await next(connection);
    }

    private async ValueTask<Opening> DetectAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;

        // Kestrel's limits begin only behind this middleware, so the same ones hold here:
        // keep-alive until the first byte, request headers from then on.
        using var silence = new CancellationTokenSource(limits.KeepAliveTimeout, time);
        using var wakeOnSilence = silence.Token.UnsafeRegister(static input => ((PipeReader)input!).CancelPendingRead(), input);
        using var wakeOnClosing = closing.UnsafeRegister(static input => ((PipeReader)input!).CancelPendingRead(), input);
        var begun = false;
        while (true)
        {
            ReadResult result;
            try
            {
                result = await input.ReadAsync();
            }
            catch (Exception gone) when (gone is ConnectionResetException or ConnectionAbortedException)
            {
                // Health checks, scanners, closed tabs: connections come and go.
                return Opening.Gone;
            }

            var buffer = result.Buffer;
            var opening = Classify(buffer);
            if (opening is not Opening.Undecided || result.IsCompleted)
            {
                input.AdvanceTo(buffer.Start);
                return opening is Opening.Undecided ? Opening.Http1 : opening;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCanceled || silence.IsCancellationRequested || closing.IsCancellationRequested)
            {
                return Opening.Silent;
            }

            if (!begun && !buffer.IsEmpty)
            {
                begun = true;
                silence.CancelAfter(limits.RequestHeadersTimeout);
            }
        }
    }

    private static Opening Classify(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> first = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(buffer.Length, first.Length);
        buffer.Slice(0, length).CopyTo(first);
        if (!Preface.StartsWith(first[..length]))
        {
            return Opening.Http1;
        }

        return length == Preface.Length ? Opening.Http2 : Opening.Undecided;
    }

    private enum Opening
    {
        Undecided,
        Http1,
        Http2,
        Silent,
        Gone,
    }

    private sealed class PlaintextHttp2Feature : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public ReadOnlyMemory<byte> ApplicationProtocol => Http2Id;

        public X509Certificate2? ClientCertificate { get; set; }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult<X509Certificate2?>(null);
    }
}
