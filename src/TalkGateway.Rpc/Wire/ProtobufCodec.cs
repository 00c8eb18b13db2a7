using System.Buffers;
using Google.Protobuf;

namespace TalkGateway.Rpc.Wire;

/// <summary>Messages to and from protobuf's binary form.</summary>
internal static class ProtobufCodec
{
    /// <exception cref="RpcException">
    /// INVALID_ARGUMENT: the bytes are no such message, or a string in them is not UTF-8. gRPC implementations differ here
    /// (grpc-go answers INTERNAL); the fault is the caller's, and Connect's HTTP mapping makes it 400.
    /// </exception>
    public static T Decode<T>(MessageParser<T> parser, in ReadOnlySequence<byte> data)
        where T : IMessage<T>
    {
        try
        {
            var message = parser.ParseFrom(data);
            Utf8Validation.Validate(message.Descriptor, data);
            return message;
        }
        catch (InvalidProtocolBufferException ex)
        {
            throw new RpcException(RpcStatusCode.InvalidArgument, $"The request is not a valid {typeof(T).Name}: {ex.Message}", ex);
        }
    }

    public static void Encode(IMessage message, IBufferWriter<byte> output) => message.WriteTo(output);
}
