using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace TalkGateway.EndToEnd.Tests.Fixtures;

/// <summary>An HTTP/2 client that writes what no library would: frames by hand (RFC 9113 §4.1, RFC 7541 §6.2.2).</summary>
internal sealed class RawHttp2Client : IAsyncDisposable
{
    private const byte DataFrame = 0;
    private const byte HeadersFrame = 1;
    private const byte ResetFrame = 3;
    private const byte SettingsFrame = 4;
    private const byte GoAwayFrame = 7;
    private const byte EndOfStreamAndHeaders = 5;
    private const byte EndOfHeaders = 4;
    private const byte EndOfStream = 1;
    private const int CodeCancel = 8;

    // The statuses of the static table (RFC 7541, appendix A), by the byte that stands for them.
    private static readonly Dictionary<byte, string> Statuses = new() { [0x88] = "200", [0x89] = "204", [0x8a] = "206", [0x8b] = "304", [0x8c] = "400", [0x8d] = "404", [0x8e] = "500" };

    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private int _lastStream = -1;

    private RawHttp2Client(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
    }

    public static async Task<RawHttp2Client> ConnectAsync(Uri address)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var http2 = new RawHttp2Client(client);
        await http2._stream.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await http2.WriteAsync(SettingsFrame, 0, 0, []);
        return http2;
    }

    /// <summary>Sends the head of a request, which has no body unless it is left open.</summary>
    /// <returns>The stream's number.</returns>
    public async Task<int> RequestAsync(string method, string path, string scheme = "http", bool leaveOpen = false, params (string Name, string Value)[] headers)
    {
        _lastStream += 2;
        using var block = new MemoryStream();
        foreach (var (name, value) in ((string, string)[])[(":method", method), (":scheme", scheme), (":authority", "gateway.test"), (":path", path), .. headers])
        {
            block.WriteByte(0);
            WriteText(block, name);
            WriteText(block, value);
        }

        await WriteAsync(HeadersFrame, leaveOpen ? EndOfHeaders : EndOfStreamAndHeaders, _lastStream, block.ToArray());
        return _lastStream;
    }

    /// <summary>Sends a part of a request's body.</summary>
    public Task DataAsync(int stream, byte[] data, bool endOfStream) => WriteAsync(DataFrame, endOfStream ? EndOfStream : (byte)0, stream, data);

    /// <summary>Cancels a request.</summary>
    public Task ResetAsync(int stream)
    {
        var code = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(code, CodeCancel);
        return WriteAsync(ResetFrame, 0, stream, code);
    }

    /// <summary>The status of the next answer, one of the common ones; "RESET" or "GOAWAY" where the server ends the stream or the connection instead.</summary>
    public async Task<string> StatusAsync()
    {
        while (true)
        {
            var head = new byte[9];
            await _stream.ReadExactlyAsync(head);
            var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await _stream.ReadExactlyAsync(payload);
            switch (head[3])
            {
                case HeadersFrame:
                    // Updates of the table's size may come before (RFC 7541 §6.3).
                    return Statuses[payload.First(value => value >> 5 != 1)];
                case ResetFrame:
                    return "RESET";
                case GoAwayFrame:
                    return "GOAWAY";
                default:
                    continue;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }

    private static void WriteText(MemoryStream block, string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, 126);
        block.WriteByte((byte)bytes.Length);
        block.Write(bytes);
    }

    private async Task WriteAsync(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        await _stream.WriteAsync(frame);
    }
}
