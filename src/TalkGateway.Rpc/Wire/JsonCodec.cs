using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using TalkGateway.Memory;

namespace TalkGateway.Rpc.Wire;

/// <summary>
/// Protobuf's JSON form (protobuf guide, "ProtoJSON Format"). Unknown fields are ignored, as in binary, so that newer clients work
/// with older servers. Any messages are read and written where their type is in the service's files or those they import.
/// </summary>
/// <param name="file">The file of the service.</param>
/// <param name="budgets">What conversions count against while they last.</param>
internal sealed class JsonCodec(FileDescriptor file, RpcBudgets budgets) : MessageCodec
{
    private static readonly ConcurrentDictionary<FileDescriptor, (JsonParser Parser, JsonFormatter Formatter)> ByFile = [];
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly (JsonParser Parser, JsonFormatter Formatter) _json = ByFile.GetOrAdd(file, static file =>
    {
        var types = TypeRegistry.FromFiles(file);
        return (
            new JsonParser(JsonParser.Settings.Default.WithTypeRegistry(types).WithIgnoreUnknownFields(true)),
            new JsonFormatter(JsonFormatter.Settings.Default.WithTypeRegistry(types)));
    });

    public override bool IsBinary => false;

    public override T Decode<T>(MessageDescriptor type, MessageParser<T> parser, in ReadOnlySequence<byte> data) => (T)Parse(type, data);

    public override void Encode(IMessage message, IBufferWriter<byte> output)
    {
        using var room = new Room(budgets.Responses, JsonCosts.OfWriting(message.CalculateSize()));
        Encoding.UTF8.GetBytes(_json.Formatter.Format(message), output);
    }

    public override ReadOnlySequence<byte> ToBinary(MessageDescriptor type, in ReadOnlySequence<byte> data) => new(Parse(type, data).ToByteArray());

    public override void FromBinary(MessageDescriptor type, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        using var room = new Room(budgets.Responses, JsonCosts.OfWriting(data.Length));
        Encoding.UTF8.GetBytes(_json.Formatter.Format(type.Parser.ParseFrom(data)), output);
    }

    private IMessage Parse(MessageDescriptor type, in ReadOnlySequence<byte> data)
    {
        using var room = new Room(budgets.Requests, JsonCosts.OfReading(data));
        try
        {
            return _json.Parser.Parse(StrictUtf8.GetString(data), type);
        }
        catch (Exception ex) when (IsFaultOfTheCaller(ex))
        {
            throw Invalid(type, ex);
        }
    }

    /// <summary>What a conversion holds while it lasts.</summary>
    private readonly ref struct Room : IDisposable
    {
        private readonly ByteHolding _holding;

        /// <exception cref="RpcException">RESOURCE_EXHAUSTED: there is no room.</exception>
        public Room(ByteBudget budget, long bytes)
        {
            _holding = new ByteHolding(budget);
            if (!_holding.TryHold(bytes))
            {
                throw new RpcException(RpcStatusCode.ResourceExhausted, budget.Remedy);
            }
        }

        public void Dispose()
        {
            var holding = _holding;
            holding.Release();
        }
    }

    // Bad JSON, JSON of other types, an Any of a type that is not known, numbers out of range, bytes that are not UTF-8.
    private static bool IsFaultOfTheCaller(Exception ex) =>
        ex is InvalidJsonException or InvalidProtocolBufferException or InvalidOperationException or FormatException or OverflowException or DecoderFallbackException;
}
