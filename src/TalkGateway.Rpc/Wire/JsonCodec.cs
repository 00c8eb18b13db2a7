using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace TalkGateway.Rpc.Wire;

/// <summary>
/// Protobuf's JSON form (protobuf guide, "ProtoJSON Format"). Unknown fields are ignored, as in binary, so that newer clients work
/// with older servers. Any messages are read and written where their type is in the service's files or those they import.
/// </summary>
internal sealed class JsonCodec : MessageCodec
{
    private static readonly ConcurrentDictionary<FileDescriptor, JsonCodec> Codecs = [];
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly JsonParser _parser;
    private readonly JsonFormatter _formatter;

    private JsonCodec(FileDescriptor file)
    {
        var types = TypeRegistry.FromFiles(file);
        _parser = new JsonParser(JsonParser.Settings.Default.WithTypeRegistry(types).WithIgnoreUnknownFields(true));
        _formatter = new JsonFormatter(JsonFormatter.Settings.Default.WithTypeRegistry(types));
    }

    public override bool IsBinary => false;

    /// <summary>The codec for the services of a file.</summary>
    public static JsonCodec For(FileDescriptor file) => Codecs.GetOrAdd(file, static file => new JsonCodec(file));

    public override T Decode<T>(MessageDescriptor type, MessageParser<T> parser, in ReadOnlySequence<byte> data) => (T)Parse(type, data);

    public override void Encode(IMessage message, IBufferWriter<byte> output) =>
        Encoding.UTF8.GetBytes(_formatter.Format(message), output);

    public override ReadOnlySequence<byte> ToBinary(MessageDescriptor type, in ReadOnlySequence<byte> data) => new(Parse(type, data).ToByteArray());

    public override void FromBinary(MessageDescriptor type, ReadOnlySpan<byte> data, IBufferWriter<byte> output) =>
        Encode(type.Parser.ParseFrom(data), output);

    private IMessage Parse(MessageDescriptor type, in ReadOnlySequence<byte> data)
    {
        try
        {
            return _parser.Parse(StrictUtf8.GetString(data), type);
        }
        catch (Exception ex) when (IsFaultOfTheCaller(ex))
        {
            throw Invalid(type, ex);
        }
    }

    // Bad JSON, JSON of other types, an Any of a type that is not known, numbers out of range, bytes that are not UTF-8.
    private static bool IsFaultOfTheCaller(Exception ex) =>
        ex is InvalidJsonException or InvalidProtocolBufferException or InvalidOperationException or FormatException or OverflowException or DecoderFallbackException;
}
