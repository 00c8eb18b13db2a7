using System.Buffers.Binary;
using System.Text;

namespace TalkGateway.LoadTest.Load;

/// <summary>
/// A request in HTTP/2 frames, made once and sent any number of times: the first on a connection teaches the server the header
/// fields, all others name them by their number (HPACK, RFC 7541, sections 6.1 and 6.2.1), as clients in earnest do.
/// </summary>
internal sealed class RequestTemplate
{
    private const int FrameHeader = 9;
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte EndStream = 1;
    private const byte EndHeaders = 4;
    private const int FirstDynamicIndex = 62;

    // Names of the static table that are used here.
    private static readonly Dictionary<string, int> StaticNames = new()
    {
        [":authority"] = 1,
        [":path"] = 4,
        ["accept"] = 19,
        ["content-length"] = 28,
        ["content-type"] = 31,
        ["cookie"] = 32,
        ["authorization"] = 23,
        ["user-agent"] = 58,
    };

    private readonly byte[] _first;
    private readonly byte[] _next;

    /// <param name="isPost">POST with a body, or GET without one.</param>
    /// <param name="server">Where it is sent.</param>
    /// <param name="path">Path and query.</param>
    /// <param name="headers">Names in lower case.</param>
    /// <param name="body">Empty for GET.</param>
    public RequestTemplate(bool isPost, Uri server, string path, IEnumerable<(string Name, string Value)> headers, byte[] body)
    {
        (string Name, string Value)[] fields = [(":authority", server.Authority), (":path", path), .. headers];
        var first = new List<byte>();
        var next = new List<byte>();
        var method = (byte)(0x80 | (isPost ? 3 : 2));
        const byte Http = 0x80 | 6;
        first.AddRange([method, Http]);
        next.AddRange([method, Http]);
        for (var i = 0; i < fields.Length; i++)
        {
            var (name, value) = fields[i];
            if (StaticNames.TryGetValue(name, out var index))
            {
                first.Add((byte)(0x40 | index));
            }
            else
            {
                first.Add(0x40);
                AddText(first, name);
            }

            AddText(first, value);
            next.Add((byte)(0x80 | (FirstDynamicIndex + fields.Length - 1 - i)));
        }

        _first = Frames(first, body);
        _next = Frames(next, body);
    }

    public int MaxLength => _first.Length;

    /// <summary>Writes the request and returns its length.</summary>
    public int Write(Span<byte> target, int stream, bool isFirst)
    {
        var frames = isFirst ? _first : _next;
        frames.CopyTo(target);
        for (var at = 0; at < frames.Length;)
        {
            var length = (frames[at] << 16) | BinaryPrimitives.ReadUInt16BigEndian(frames.AsSpan(at + 1));
            BinaryPrimitives.WriteInt32BigEndian(target[(at + 5)..], stream);
            at += FrameHeader + length;
        }

        return frames.Length;
    }

    private static byte[] Frames(List<byte> headers, byte[] body)
    {
        var flags = (byte)(EndHeaders | (body.Length == 0 ? EndStream : 0));
        return body.Length == 0
            ? Frame(Headers, flags, [.. headers])
            : [.. Frame(Headers, flags, [.. headers]), .. Frame(Data, EndStream, body)];
    }

    private static byte[] Frame(byte type, byte flags, byte[] payload) =>
        [0, (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, 0, .. payload];

    // Lengths with seven bits, further ones in groups of seven (section 5.1); never in Huffman's code.
    private static void AddText(List<byte> block, string text)
    {
        var length = Encoding.ASCII.GetByteCount(text);
        if (length < 127)
        {
            block.Add((byte)length);
        }
        else
        {
            block.Add(127);
            for (length -= 127; length >= 128; length >>= 7)
            {
                block.Add((byte)(length | 128));
            }

            block.Add((byte)length);
        }

        block.AddRange(Encoding.ASCII.GetBytes(text));
    }
}
