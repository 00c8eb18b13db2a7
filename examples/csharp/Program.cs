// Creates a room, writes and reads in it, meets errors and a deadline, watches the gateway's health, and deletes the room.
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf.Reflection;
using Google.Rpc;
using HelloTalk;
using TalkGateway.Rpc.Health.V1;
using TalkGateway.Talk.V1;

var user = Setting("TALK_USER", "alice");
var password = Setting("TALK_PASSWORD", "alice");
var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
var address = new Uri($"http://{Setting("TALK_ADDRESS", "localhost:8080")}");
using var talk = new GrpcCaller(address, new AuthenticationHeaderValue("Basic", basic));

var created = await talk.CallAsync(TalkMethods.CreateRoom, new CreateRoomRequest { Type = RoomType.Group, Name = "Hello from an example" });
var token = created.Room.Token;
Console.WriteLine($"Created the room \"{created.Room.DisplayName}\"");

var mine = await talk.CallAsync(TalkMethods.ListRooms, new ListRoomsRequest());
var found = mine.Rooms.Any(room => room.Token == token);
Console.WriteLine($"It is one of my rooms: {(found ? "true" : "false")}");

var sent = await talk.CallAsync(TalkMethods.SendMessage, new SendMessageRequest { Token = token, Message = "Hello, Talk!" });
Console.WriteLine($"Sent: {sent.Message.Text}");

var history = new ListMessagesRequest { Token = token, Direction = ListDirection.History };
var page = await talk.CallAsync(TalkMethods.ListMessages, history);
foreach (var message in page.Messages.Where(message => message.SystemMessage.Length == 0))
{
    Console.WriteLine($"Read: {message.ActorDisplayName}: {message.Text}");
}

try
{
    await talk.CallAsync(TalkMethods.SendMessage, new SendMessageRequest { Token = token });
}
catch (GrpcException error) when (error.Detail<BadRequest>() is { } badRequest)
{
    var violation = badRequest.FieldViolations[0];
    Console.WriteLine($"Refused: {NameOf(error.Code)}, reason {error.Detail<ErrorInfo>()?.Reason}, field {violation.Field}: {violation.Description}");
}

try
{
    await talk.CallAsync(TalkMethods.GetRoom, new GetRoomRequest { Token = "nosuchroom" });
}
catch (GrpcException error) when (error.Detail<ErrorInfo>() is { } info)
{
    Console.WriteLine($"Not there: {NameOf(error.Code)}, reason {info.Reason}, HTTP status {info.Metadata["http_status"]}");
}

try
{
    var news = new ListMessagesRequest { Token = token, Direction = ListDirection.Future, LastKnownMessageId = page.Messages[0].Id };
    await talk.CallAsync(TalkMethods.ListMessages, news, deadline: TimeSpan.FromMilliseconds(300));
}
catch (GrpcException error)
{
    Console.WriteLine($"Waited for news: {NameOf(error.Code)}");
}

await foreach (var health in talk.StreamAsync(TalkMethods.WatchHealth, new HealthCheckRequest()))
{
    Console.WriteLine($"Health: {health.Status.ToString().ToUpperInvariant()}");
    break; // ends the call
}

await talk.CallAsync(TalkMethods.DeleteRoom, new DeleteRoomRequest { Token = token });
Console.WriteLine("Deleted the room");

static string Setting(string name, string fallback) => Environment.GetEnvironmentVariable(name) ?? fallback;

static string NameOf(Code code) => CodeReflection.Descriptor.FindTypeByName<EnumDescriptor>("Code").FindValueByNumber((int)code).Name;
