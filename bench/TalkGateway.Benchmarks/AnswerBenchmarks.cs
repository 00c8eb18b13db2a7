using System.Buffers;
using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using TalkGateway.Talk.V1;
using TalkGateway.Transcoding;

namespace TalkGateway.Benchmarks;

/// <summary>
/// From an OCS answer in JSON to the response in protobuf: our plan, and what a bridge with message objects does instead. The
/// parser of Google.Protobuf takes no envelope, none of PHP's ways and no unknown members, so it is given a tame document of the
/// same members. The document model only reads, and writes nothing.
/// </summary>
[MemoryDiagnoser]
public class AnswerBenchmarks
{
    private static readonly JsonParser Parser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private readonly ArrayBufferWriter<byte> _target = new(64 * 1024);
    private byte[] _body = [];
    private string _tame = "";
    private Route _route = null!;
    private bool _isList;

    [Params("GetRoom", "ListRooms")]
    public string Method { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        _isList = Method == "ListRooms";
        _body = _isList ? RoomAnswers.Twenty : RoomAnswers.One;
        _route = Contract.Route($"RoomService.{Method}");
        var wire = new ArrayBufferWriter<byte>();
        _route.ReadAnswer(200, Contract.Newest, _body, wire);
        _tame = new JsonFormatter(JsonFormatter.Settings.Default).Format(Descriptor.Parser.ParseFrom(wire.WrittenSpan));
    }

    [Benchmark(Baseline = true)]
    public int Plan()
    {
        _target.ResetWrittenCount();
        _route.ReadAnswer(200, Contract.Newest, _body, _target);
        return _target.WrittenCount;
    }

    [Benchmark]
    public int MessageObjects()
    {
        var message = _isList ? (IMessage)Parser.Parse<ListRoomsResponse>(_tame) : Parser.Parse<GetRoomResponse>(_tame);
        return message.ToByteArray().Length;
    }

    [Benchmark]
    public int DocumentModel()
    {
        var data = JsonNode.Parse(_body)!["ocs"]!["data"]!;
        return Count(data);
    }

    private Google.Protobuf.Reflection.MessageDescriptor Descriptor => _isList ? ListRoomsResponse.Descriptor : GetRoomResponse.Descriptor;

    private static int Count(JsonNode? node) => node switch
    {
        JsonObject members => members.Sum(member => Count(member.Value)),
        JsonArray elements => elements.Sum(Count),
        null => 0,
        _ => node.GetValueKind() == System.Text.Json.JsonValueKind.String ? node.GetValue<string>().Length : 1,
    };
}
