using System.Buffers;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using TalkGateway.Rpc.Wire;

namespace TalkGateway.Rpc.Protocols;

/// <summary>The JSON that Connect says errors and ends of streams in (Connect protocol reference, "Error" and "EndStreamResponse").</summary>
internal static class ConnectJson
{
    private static readonly TypeRegistry ReadableDetails = TypeRegistry.FromFiles(ErrorDetailsReflection.Descriptor);

    /// <summary>The body of a unary error.</summary>
    public static void WriteError(IBufferWriter<byte> output, RpcStatus status)
    {
        using var json = new Utf8JsonWriter(output);
        WriteError(json, status);
    }

    /// <summary>The last message of a stream: the error if there is one, and the trailers.</summary>
    public static void WriteEndStream(IBufferWriter<byte> output, RpcStatus status, RpcMetadata? trailers)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        if (status.Code is not RpcStatusCode.Ok)
        {
            json.WritePropertyName("error"u8);
            WriteError(json, status);
        }

        if (trailers is { Count: > 0 })
        {
            json.WriteStartObject("metadata"u8);
            foreach (var values in trailers.Entries.GroupBy(entry => entry.Key, entry => entry.Value))
            {
                json.WriteStartArray(values.Key);
                foreach (var value in values)
                {
                    json.WriteStringValue(value);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter json, RpcStatus status)
    {
        json.WriteStartObject();
        json.WriteString("code"u8, ConnectCodes.Name(status.Code));
        if (status.Message.Length != 0)
        {
            json.WriteString("message"u8, status.Message);
        }

        if (status.Details.Count != 0)
        {
            json.WriteStartArray("details"u8);
            foreach (var detail in status.Details)
            {
                json.WriteStartObject();
                json.WriteString("type"u8, Any.GetTypeName(detail.TypeUrl));
                json.WriteString("value"u8, BinaryMetadata.Encode(detail.Value.Span));
                WriteReadable(json, detail);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>The same as JSON, for the people who read along: clients read <c>value</c>. Only Google's own details are known here.</summary>
    private static void WriteReadable(Utf8JsonWriter json, Any detail)
    {
        if (ReadableDetails.Find(Any.GetTypeName(detail.TypeUrl)) is not { } type)
        {
            return;
        }

        try
        {
            var readable = JsonFormatter.Default.Format(type.Parser.ParseFrom(detail.Value));
            json.WritePropertyName("debug"u8);
            json.WriteRawValue(readable);
        }
        catch (Exception malformed) when (malformed is InvalidProtocolBufferException or InvalidOperationException)
        {
            // Whoever made the detail did not encode it properly, or says something that JSON can't (a Duration out of range):
            // it is passed on as it is, like one of an unknown type.
        }
    }
}
