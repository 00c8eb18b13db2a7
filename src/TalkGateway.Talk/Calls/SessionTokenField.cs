using System.Buffers;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Calls;

/// <summary>The response field <c>session_token</c>, which the gateway fills itself. Appending to the wire is setting a field.</summary>
internal static class SessionTokenField
{
    private static readonly ConditionalWeakTable<MessageDescriptor, object> Numbers = [];

    public static void Append(MethodPlan plan, string token, IBufferWriter<byte> response)
    {
        var number = (int)Numbers.GetValue(
            plan.Descriptor.OutputType,
            static type => type.FindFieldByName("session_token")?.FieldNumber ?? 0);
        if (number == 0)
        {
            return;
        }

        var size = CodedOutputStream.ComputeTagSize(number) + CodedOutputStream.ComputeStringSize(token);
        var bytes = new byte[size];
        var output = new CodedOutputStream(bytes);
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteString(token);
        output.Flush();
        response.Write(bytes);
    }
}
