using System.Buffers;
using System.Buffers.Binary;

namespace TalkGateway.Rpc.Wire;

/// <summary>
/// The five bytes in front of every message of a stream: flags and a big-endian length
/// (gRPC over HTTP/2, "Length-Prefixed-Message"; Connect, "Enveloped-Message").
/// </summary>
internal readonly record struct MessageEnvelope(byte Flags, uint Length)
{
    public const int Size = 5;
    public const byte Compressed = 0x01;

    public static bool TryRead(in ReadOnlySequence<byte> buffer, out MessageEnvelope envelope)
    {
        if (buffer.Length < Size)
        {
            envelope = default;
            return false;
        }

        Span<byte> header = stackalloc byte[Size];
        buffer.Slice(0, Size).CopyTo(header);
        envelope = new MessageEnvelope(header[0], BinaryPrimitives.ReadUInt32BigEndian(header[1..]));
        return true;
    }

    public static void Write(IBufferWriter<byte> output, byte flags, ReadOnlySpan<byte> message)
    {
        var header = output.GetSpan(Size);
        header[0] = flags;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], message.Length);
        output.Advance(Size);
        output.Write(message);
    }
}
