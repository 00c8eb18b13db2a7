using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using TalkGateway.Talk.V1;
using TalkGateway.Transcoding;

namespace TalkGateway.Benchmarks;

/// <summary>From a request in protobuf to path, query and body.</summary>
[MemoryDiagnoser]
public class RequestBenchmarks
{
    private readonly UpstreamRequest _request = new();
    private readonly Route _getRoom = Contract.Route("RoomService.GetRoom");
    private readonly Route _sendMessage = Contract.Route("ChatService.SendMessage");
    private readonly byte[] _room = new GetRoomRequest { Token = "tok8chars" }.ToByteArray();
    private readonly byte[] _message = new SendMessageRequest { Token = "tok8chars", Message = "See you at ten, \"Bob\"!", ReplyTo = 812 }.ToByteArray();

    [Benchmark]
    public string GetRoom()
    {
        _getRoom.WriteRequest(_room, _request);
        return _request.PathAndQuery;
    }

    [Benchmark]
    public int SendMessage()
    {
        _sendMessage.WriteRequest(_message, _request);
        return _request.Body.Length;
    }

    [Benchmark]
    public int SendMessageWithMessageObject()
    {
        var message = SendMessageRequest.Parser.ParseFrom(_message);
        return System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { message = message.Message, replyTo = message.ReplyTo }).Length;
    }
}
