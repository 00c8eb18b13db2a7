using System.Buffers;

namespace TalkGateway.Transcoding;

/// <summary>Percent-encoding of RFC 3986: everything but unreserved characters, in paths and queries alike.</summary>
internal static class PercentEncoding
{
    private static readonly SearchValues<byte> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);

    public static void Write(ReadOnlySpan<byte> utf8, ByteBuffer target)
    {
        while (!utf8.IsEmpty)
        {
            var plain = utf8.IndexOfAnyExcept(Unreserved);
            if (plain < 0)
            {
                target.Write(utf8);
                return;
            }

            target.Write(utf8[..plain]);
            var value = utf8[plain];
            target.Write((byte)'%');
            target.Write(HexDigit(value >> 4));
            target.Write(HexDigit(value & 0xF));
            utf8 = utf8[(plain + 1)..];
        }
    }

    private static byte HexDigit(int value) => "0123456789ABCDEF"u8[value];
}
