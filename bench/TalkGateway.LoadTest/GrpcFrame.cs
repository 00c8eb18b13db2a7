using System.Buffers.Binary;
using Google.Protobuf;

namespace TalkGateway.LoadTest;

/// <summary>One message as it travels in gRPC: a flag, a length, the bytes.</summary>
internal static class GrpcFrame
{
    private const int Prefix = 5;

    public static byte[] Of(IMessage message)
    {
        var frame = new byte[Prefix + message.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), frame.Length - Prefix);
        message.WriteTo(frame.AsSpan(Prefix));
        return frame;
    }

    /// <exception cref="InvalidDataException">It is not one plain message.</exception>
    public static T Read<T>(byte[] frame)
        where T : IMessage<T>, new()
    {
        if (frame.Length < Prefix || frame[0] != 0 || BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1)) != frame.Length - Prefix)
        {
            throw new InvalidDataException("The answer is not one uncompressed gRPC message.");
        }

        var message = new T();
        message.MergeFrom(frame.AsSpan(Prefix));
        return message;
    }
}
