using System.Buffers.Text;
using System.Text;

namespace TalkGateway.Rpc.Wire;

/// <summary>Values of <c>-bin</c> keys: base64, sent without padding, accepted with or without (gRPC over HTTP/2, "Custom-Metadata").</summary>
internal static class BinaryMetadata
{
    public static string Encode(ReadOnlySpan<byte> value) => Convert.ToBase64String(value).TrimEnd('=');

    public static bool TryDecode(ReadOnlySpan<char> text, out byte[] value)
    {
        var bare = text.TrimEnd('=');
        var padding = (4 - (bare.Length & 3)) & 3;
        value = [];
        if (padding == 3 || (text.Length != bare.Length && text.Length - bare.Length != padding) || !Ascii.IsValid(bare))
        {
            return false;
        }

        // The decoder skips white space, the protocol does not.
        if (bare.ContainsAny(" \t\r\n"))
        {
            return false;
        }

        Span<byte> padded = bare.Length <= 256 ? stackalloc byte[bare.Length + padding] : new byte[bare.Length + padding];
        Encoding.ASCII.GetBytes(bare, padded);
        padded[bare.Length..].Fill((byte)'=');
        var decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(padded.Length)];
        if (Base64.DecodeFromUtf8(padded, decoded, out _, out var written) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        value = written == decoded.Length ? decoded : decoded[..written];
        return true;
    }
}
