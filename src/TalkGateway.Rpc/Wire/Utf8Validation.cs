using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TalkGateway.Rpc.Wire;

/// <summary>
/// Finds strings that are not UTF-8 in a message's wire bytes. Protobuf requires parsers to refuse them (proto3 language guide,
/// "Scalar Value Types"); the C# parser puts U+FFFD in their place. Pure ASCII, the usual case, is known valid after one fast pass.
/// </summary>
internal static class Utf8Validation
{
    /// <summary>Checks a message that its parser accepted.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT with the field's name.</exception>
    public static void Validate(MessageDescriptor type, in ReadOnlySequence<byte> data)
    {
        foreach (var segment in data)
        {
            if (!Ascii.IsValid(segment.Span))
            {
                ValidateMessage(type, data.IsSingleSegment ? data.FirstSpan : data.ToArray());
                return;
            }
        }
    }

    private static void ValidateMessage(MessageDescriptor type, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            var tag = (uint)ReadVarint(ref data);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.Varint:
                    ReadVarint(ref data);
                    break;
                case WireFormat.WireType.Fixed32:
                    data = data[sizeof(uint)..];
                    break;
                case WireFormat.WireType.Fixed64:
                    data = data[sizeof(ulong)..];
                    break;
                case WireFormat.WireType.LengthDelimited:
                    var length = (int)ReadVarint(ref data);
                    ValidateField(type.FindFieldByNumber(WireFormat.GetTagFieldNumber(tag)), data[..length]);
                    data = data[length..];
                    break;
                default:
                    // An unknown group, which proto3 cannot declare: nothing behind its bounds is of this message's fields for certain.
                    return;
            }
        }
    }

    private static void ValidateField(FieldDescriptor? field, ReadOnlySpan<byte> value)
    {
        switch (field?.FieldType)
        {
            case FieldType.String when !Utf8.IsValid(value):
                throw new RpcException(RpcStatusCode.InvalidArgument, $"The field {field.FullName} is not valid UTF-8.");
            case FieldType.Message:
                ValidateMessage(field.MessageType, value);
                break;
        }
    }

    private static ulong ReadVarint(ref ReadOnlySpan<byte> data)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = data[0];
            data = data[1..];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
    }
}
