using System.Buffers;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TalkGateway.Rpc.Wire;

/// <summary>The form messages travel in. Handlers of wire bytes always see protobuf's binary form.</summary>
internal abstract class MessageCodec
{
    /// <summary>Reads a message.</summary>
    /// <exception cref="RpcException">
    /// INVALID_ARGUMENT: the data is no such message, or a string in it is not UTF-8. gRPC implementations differ here
    /// (grpc-go answers INTERNAL); the fault is the caller's, and Connect's HTTP mapping makes it 400.
    /// </exception>
    public abstract T Decode<T>(MessageDescriptor type, MessageParser<T> parser, in ReadOnlySequence<byte> data)
        where T : IMessage<T>;

    /// <summary>Writes a message.</summary>
    public abstract void Encode(IMessage message, IBufferWriter<byte> output);

    /// <summary>Turns data as it travels into protobuf's binary form.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: the data is no such message.</exception>
    public abstract ReadOnlySequence<byte> ToBinary(MessageDescriptor type, in ReadOnlySequence<byte> data);

    /// <summary>Whether messages travel in protobuf's binary form, so that nothing is left to convert.</summary>
    public abstract bool IsBinary { get; }

    /// <summary>Turns protobuf's binary form into what travels; only for codecs that are not binary.</summary>
    public abstract void FromBinary(MessageDescriptor type, ReadOnlySpan<byte> data, IBufferWriter<byte> output);

    protected static RpcException Invalid(MessageDescriptor type, Exception cause) =>
        new(RpcStatusCode.InvalidArgument, $"The request is not a valid {type.FullName}: {cause.Message}", cause);
}

/// <summary>Protobuf's binary form.</summary>
internal sealed class BinaryCodec : MessageCodec
{
    public static BinaryCodec Instance { get; } = new();

    public override bool IsBinary => true;

    public override T Decode<T>(MessageDescriptor type, MessageParser<T> parser, in ReadOnlySequence<byte> data)
    {
        T message;
        try
        {
            message = parser.ParseFrom(data);
        }
        catch (InvalidProtocolBufferException ex)
        {
            throw Invalid(type, ex);
        }

        Utf8Validation.Validate(type, data);
        return message;
    }

    public override void Encode(IMessage message, IBufferWriter<byte> output) => message.WriteTo(output);

    public override ReadOnlySequence<byte> ToBinary(MessageDescriptor type, in ReadOnlySequence<byte> data) => data;

    public override void FromBinary(MessageDescriptor type, ReadOnlySpan<byte> data, IBufferWriter<byte> output) => output.Write(data);
}
