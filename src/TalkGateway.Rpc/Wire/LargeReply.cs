using System.Buffers;

namespace TalkGateway.Rpc.Wire;

/// <summary>
/// A response message in its frame that is handed to the server piece by piece, so that it is in memory once while a slow caller
/// takes it, and counted.
/// </summary>
internal sealed class LargeReply(PooledBufferWriter frame) : IDisposable
{
    /// <summary>Longer messages are sent this way, in bytes.</summary>
    public const int Threshold = 256 * 1024;

    private const int Piece = 64 * 1024;

    private int _sent;

    /// <summary>Writes the next piece; false when there was none left.</summary>
    public bool WritePiece(IBufferWriter<byte> output)
    {
        var piece = frame.Written.Span[_sent..];
        if (piece.IsEmpty)
        {
            return false;
        }

        piece = piece[..Math.Min(piece.Length, Piece)];
        output.Write(piece);
        _sent += piece.Length;
        return true;
    }

    public void Dispose() => frame.Dispose();
}
