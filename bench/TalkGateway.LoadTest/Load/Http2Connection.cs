using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.Sockets;

namespace TalkGateway.LoadTest.Load;

/// <summary>
/// One HTTP/2 connection with prior knowledge that keeps a number of equal requests in flight. It reads no header: it knows how
/// many bytes of data a right answer has and takes every other length, and every reset stream, for a failure. So it costs little
/// on a machine that it shares with the server.
/// </summary>
internal sealed class Http2Connection : IDisposable
{
    private const int FrameHeader = 9;
    private const int EndStream = 1;
    private const int Ack = 1;

    // Far above what is ever in flight; the connection's window is opened again after half of it.
    private const int Window = 1 << 30;

    private readonly Socket _socket;
    private readonly RequestTemplate _request;
    private readonly int _expectedData;
    private readonly Call[] _inFlight;
    private readonly byte[] _output;
    private readonly byte[] _input = new byte[256 * 1024];
    private int _inputEnd;
    private int _outputEnd;
    private int _nextStream = 1;
    private int _unacknowledged;

    private Http2Connection(Socket socket, RequestTemplate request, int expectedData, int concurrency)
    {
        _socket = socket;
        _request = request;
        _expectedData = expectedData;
        _inFlight = new Call[concurrency];
        _output = new byte[(concurrency * request.MaxLength) + 4096];
    }

    public long BytesSent { get; private set; }

    public long BytesReceived { get; private set; }

    public static async Task<Http2Connection> OpenAsync(
        Uri server, RequestTemplate request, int expectedData, int concurrency, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var connection = new Http2Connection(socket, request, expectedData, concurrency);
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, cancellationToken);
            connection.Append("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);

            // SETTINGS: no push, and a stream's window that no answer fills. Requests are far too small for the server's windows.
            connection.AppendFrame(type: 4, flags: 0, stream: 0, [0, 2, 0, 0, 0, 0, 0, 4, 0x40, 0, 0, 0]);
            connection.OpenWindow(Window);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Makes so many calls and notes how long each took, in ticks of <see cref="Stopwatch"/>.</summary>
    public async Task RunAsync(Memory<long> latencies, CancellationToken cancellationToken)
    {
        var started = 0;
        var finished = 0;
        for (var slot = 0; slot < _inFlight.Length && started < latencies.Length; slot++, started++)
        {
            Start(slot);
        }

        while (finished < latencies.Length)
        {
            if (_outputEnd != 0)
            {
                await SendAsync(cancellationToken);
            }

            var read = await _socket.ReceiveAsync(_input.AsMemory(_inputEnd), cancellationToken);
            if (read == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            BytesReceived += read;
            _inputEnd += read;
            Parse(latencies.Span, ref started, ref finished);
        }
    }

    public void Dispose() => _socket.Dispose();

    private void Parse(Span<long> latencies, ref int started, ref int finished)
    {
        var at = 0;
        while (_inputEnd - at >= FrameHeader)
        {
            var header = _input.AsSpan(at, FrameHeader);
            var length = (header[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(header[1..]);
            if (_inputEnd - at < FrameHeader + length)
            {
                break;
            }

            var stream = BinaryPrimitives.ReadInt32BigEndian(header[5..]);
            if (Take(header[3], header[4], stream, _input.AsSpan(at + FrameHeader, length)))
            {
                var slot = SlotOf(stream);
                latencies[finished++] = Stopwatch.GetTimestamp() - _inFlight[slot].Started;
                if (_inFlight[slot].Data != _expectedData)
                {
                    throw new InvalidDataException($"An answer has {_inFlight[slot].Data} bytes of data, not {_expectedData}.");
                }

                _inFlight[slot] = default;
                if (started < latencies.Length)
                {
                    started++;
                    Start(slot);
                }
            }

            at += FrameHeader + length;
        }

        _input.AsSpan(at, _inputEnd - at).CopyTo(_input);
        _inputEnd -= at;
    }

    /// <returns>Whether the frame ends its stream.</returns>
    private bool Take(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        switch (type)
        {
            case 0: // DATA
                _inFlight[SlotOf(stream)].Data += payload.Length;
                _unacknowledged += payload.Length;
                if (_unacknowledged > Window / 2)
                {
                    OpenWindow(_unacknowledged);
                    _unacknowledged = 0;
                }

                return (flags & EndStream) != 0;
            case 1: // HEADERS
                return (flags & EndStream) != 0;
            case 3 or 7: // RST_STREAM, GOAWAY
                throw new InvalidDataException($"The server refused a request with HTTP/2 error {BinaryPrimitives.ReadInt32BigEndian(payload[^4..])}.");
            case 4 or 6 when (flags & Ack) == 0: // SETTINGS, PING
                AppendFrame(type, Ack, 0, type == 6 ? payload : []);
                return false;
            default: // WINDOW_UPDATE, CONTINUATION and what was acknowledged
                return false;
        }
    }

    private int SlotOf(int stream)
    {
        for (var slot = 0; slot < _inFlight.Length; slot++)
        {
            if (_inFlight[slot].Stream == stream)
            {
                return slot;
            }
        }

        throw new InvalidDataException($"The server answers on stream {stream}, where it was asked nothing.");
    }

    private void Start(int slot)
    {
        _outputEnd += _request.Write(_output.AsSpan(_outputEnd), _nextStream, isFirst: _nextStream == 1);
        _inFlight[slot] = new Call(_nextStream, Stopwatch.GetTimestamp());
        _nextStream += 2;
    }

    private void OpenWindow(int increment)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(payload, increment);
        AppendFrame(type: 8, flags: 0, stream: 0, payload);
    }

    private void AppendFrame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = [0, (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header[5..], stream);
        Append(header);
        Append(payload);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_output.AsSpan(_outputEnd));
        _outputEnd += bytes.Length;
    }

    private async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        for (var sent = 0; sent < _outputEnd;)
        {
            sent += await _socket.SendAsync(_output.AsMemory(sent, _outputEnd - sent), cancellationToken);
        }

        BytesSent += _outputEnd;
        _outputEnd = 0;
    }

    private record struct Call(int Stream, long Started)
    {
        public int Data { get; set; }
    }
}
