using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Talk.V1;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Failures;

/// <summary>What breaks the contract is refused by the gateway, with the field named, and never reaches the server.</summary>
public sealed class BadInputTests(Gateways gateways) : IClassFixture<Gateways>
{
    private const string Token = "abcd1234";

    private static readonly Dictionary<string, (IMessage Request, string Field)> Refused = new()
    {
        ["limit of 0"] = (new ListMessagesRequest { Token = Token, Limit = 0 }, "limit"),
        ["limit of 201"] = (new ListMessagesRequest { Token = Token, Limit = 201 }, "limit"),
        ["timeout of -1 s"] = (new ListMessagesRequest { Token = Token, Timeout = new Duration { Seconds = -1 } }, "timeout"),
        ["timeout of 31 s"] = (new ListMessagesRequest { Token = Token, Timeout = new Duration { Seconds = 31 } }, "timeout"),
        ["message id of -1"] = (new ListMessagesRequest { Token = Token, LastKnownMessageId = -1 }, "last_known_message_id"),
        ["unknown direction"] = (new ListMessagesRequest { Token = Token, Direction = (ListDirection)7 }, "direction"),
        ["no room type"] = (new CreateRoomRequest { Name = "x" }, "type"),
        ["unknown room type"] = (new CreateRoomRequest { Type = (RoomType)99, Name = "x" }, "type"),
        ["negative room type"] = (new CreateRoomRequest { Type = (RoomType)(-1), Name = "x" }, "type"),
        ["unknown scope"] = (new CreateRoomRequest { Type = RoomType.Group, Name = "x", Listable = (ListableScope)3 }, "listable"),
        ["long name at creation"] = (new CreateRoomRequest { Type = RoomType.Group, Name = new string('x', 256) }, "name"),
        ["too many permissions"] = (new CreateRoomRequest { Type = RoomType.Group, Name = "x", Permissions = 512 }, "permissions"),
        ["odd colour"] = (new CreateRoomRequest { Type = RoomType.Group, Name = "x", Emoji = "🦊", AvatarColor = "red" }, "avatar_color"),
        ["no name"] = (new RenameRoomRequest { Token = Token }, "name"),
        ["long name"] = (new RenameRoomRequest { Token = Token, Name = new string('x', 256) }, "name"),
        ["unknown mode"] = (new SetRoomPermissionsRequest { Token = Token, Mode = (RoomPermissionMode)9 }, "mode"),
        ["no mode"] = (new SetRoomPermissionsRequest { Token = Token }, "mode"),
        ["unknown level"] = (new SetNotificationLevelRequest { Token = Token, Level = (NotificationLevel)4 }, "level"),
        ["no message"] = (new SendMessageRequest { Token = Token }, "message"),
        ["long reference"] = (new SendMessageRequest { Token = Token, Message = "x", ReferenceId = new string('x', 65) }, "reference_id"),
        ["no participant"] = (new AddParticipantRequest { Token = Token }, "new_participant"),
        ["no attendee"] = (new RemoveParticipantRequest { Token = Token }, "attendee"),
        ["no address"] = (new PromoteParticipantRequest { Token = Token, Attendee = new AttendeeRef() }, "attendee"),
        ["no actor"] = (new PromoteParticipantRequest { Token = Token, Attendee = new AttendeeRef { Actor = new Actor { Type = "users" } } }, "attendee"),
        ["too many flags"] = (new JoinCallRequest { Token = Token, Flags = 16 }, "flags"),
        ["no message id"] = (new EditMessageRequest { Token = Token, Message = "x" }, "message_id"),
        ["no candidates' room"] = (new SearchCandidatesRequest { Search = "b" }, "token"),
    };

    public static TheoryData<string> RefusedNames => [.. Refused.Keys];

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("../../x")]
    [InlineData("..")]
    [InlineData("%2e%2e%2fx")]
    [InlineData("abcd/efgh")]
    [InlineData("abcd?x=1")]
    [InlineData("abcd#x")]
    [InlineData("ab cd")]
    [InlineData("ABCD")]
    [InlineData("abcd\n")]
    [InlineData("abcd\r\nX-Evil: 1")]
    [InlineData("abcd\0")]
    [InlineData("ab\u0007cd")]
    [InlineData("abcdé")]
    [InlineData("abcdefghijklmnopqrstuvwxyz01234")]
    public async Task A_token_that_can_be_none_never_reaches_the_server(string token)
    {
        foreach (IMessage request in new IMessage[]
        {
            new GetRoomRequest { Token = token },
            new RenameRoomRequest { Token = token, Name = "x" },
            new SendMessageRequest { Token = token, Message = "x" },
            new ListMessagesRequest { Token = token },
            new JoinRoomRequest { Token = token },
            new RemoveParticipantRequest { Token = token, Attendee = new AttendeeRef { SessionId = "x" } },
        })
        {
            await AssertRefusedAsync("25", request, "token");
        }
    }

    [Theory]
    [MemberData(nameof(RefusedNames))]
    public async Task A_value_outside_of_the_contract_is_refused_with_its_field(string name)
    {
        var (request, field) = Refused[name];

        await AssertRefusedAsync("25", request, field);
    }

    [Theory]
    [InlineData("3.0")]
    [InlineData("5")]
    [InlineData("10.1")]
    public async Task Limits_are_the_same_on_old_servers(string profile)
    {
        await AssertRefusedAsync(profile, new ListMessagesRequest { Token = Token, Limit = 201 }, "limit");
        await AssertRefusedAsync(profile, new CreateRoomRequest { Type = (RoomType)99, Name = "x" }, "type");
        await AssertRefusedAsync(profile, new RemoveParticipantRequest { Token = "../x", Attendee = new AttendeeRef { AttendeeId = 1 } }, "token");
        await AssertRefusedAsync(profile, new CreateRoomRequest { Type = RoomType.Group, Name = new string('x', 256) }, "name");
    }

    [Fact]
    public async Task All_that_is_wrong_is_named_at_once()
    {
        var failure = await (await WarmAsync("25")).Alice.FailAsync(new ListMessagesRequest { Token = "..", Limit = 500 });

        Assert.Equal(["limit", "token"], failure.Fields.Order());
    }

    [Theory]
    [InlineData("GetRoom without polyfills", "token")]
    [InlineData("RenameRoom with polyfills", "name")]
    [InlineData("SendMessage with polyfills", "message")]
    public async Task Text_that_is_not_utf8_is_refused_with_its_field(string call, string field)
    {
        var (alice, gateway) = await WarmAsync("25");
        var (request, number) = call.Split(' ')[0] switch
        {
            "GetRoom" => ((IMessage)new GetRoomRequest(), 1),
            "RenameRoom" => (new RenameRoomRequest { Token = Token }, 2),
            _ => (new SendMessageRequest { Token = Token }, 2),
        };
        byte[] message = [.. request.ToByteArray(), (byte)((number << 3) | 2), 4, (byte)'a', 0xC3, 0x28, (byte)'b'];

        var reply = await alice.Client.SendBytesAsync<Empty>("/" + RpcPaths.Of(request.Descriptor), GrpcTestClient.Frame(message), alice.Options());

        var failure = new RpcFailure(call, reply.Status!);
        Assert.Equal((Code.InvalidArgument, "INVALID_REQUEST"), (failure.Code, failure.Reason));
        Assert.Equal([field], failure.Fields);
        Assert.Empty(gateway.Simulator.Requests.All);
    }

    [Theory]
    [InlineData("talk.v1.RoomService/GetRoom")]
    [InlineData("talk.v1.RoomService/RenameRoom")]
    [InlineData("talk.v1.ChatService/SendMessage")]
    public async Task Bytes_that_are_no_message_are_refused(string rpc)
    {
        var (alice, gateway) = await WarmAsync("25");

        var reply = await alice.Client.SendBytesAsync<Empty>("/" + rpc, GrpcTestClient.Frame([0x0A, 0x7F, 0x41]), alice.Options());

        Assert.Equal(Code.InvalidArgument, new RpcFailure(rpc, reply.Status!).Code);
        Assert.Empty(gateway.Simulator.Requests.All);
    }

    [Fact]
    public async Task An_oversized_message_is_refused()
    {
        var (alice, gateway) = await WarmAsync("25");

        var reply = await alice.SendAsync<SendMessageResponse>(new SendMessageRequest { Token = Token, Message = new string('x', 5 * 1024 * 1024) });

        Assert.Equal((int)Code.ResourceExhausted, reply.Code);
        Assert.Empty(gateway.Simulator.Requests.All);
    }

    [Fact]
    public async Task An_unknown_upstream_is_refused()
    {
        var (alice, gateway) = await WarmAsync("25");

        var failure = await (alice with { Metadata = [("talk-upstream", "http://169.254.169.254/")] }).FailAsync(new ListRoomsRequest());

        Assert.Equal((Code.InvalidArgument, "UNKNOWN_UPSTREAM"), (failure.Code, failure.Reason));
        Assert.Empty(gateway.Simulator.Requests.All);
    }

    [Fact]
    public async Task An_unknown_rpc_is_unimplemented_and_not_passed_through()
    {
        var (alice, gateway) = await WarmAsync("25");

        var reply = await alice.Client.CallAsync<Empty>("/talk.v1.RoomService/PaintRoom", new Empty(), alice.Options());

        Assert.Equal((int)Code.Unimplemented, reply.Code);
        Assert.Empty(gateway.Simulator.Requests.All);
    }

    private async Task AssertRefusedAsync(string profile, IMessage request, string field)
    {
        var (alice, gateway) = await WarmAsync(profile);

        var failure = await alice.FailAsync(request);

        Assert.Equal((Code.InvalidArgument, "INVALID_REQUEST", "talkgateway"), (failure.Code, failure.Reason, failure.Domain));
        Assert.Equal([field], failure.Fields);
        Assert.Empty(gateway.Simulator.Requests.All);
    }

    /// <summary>A gateway that knows its server already, so that whatever reaches the server from here on is the call itself.</summary>
    private async Task<(Caller Alice, TestGateway Gateway)> WarmAsync(string profile)
    {
        var gateway = await gateways.InFrontOfAsync(profile);
        var alice = gateway.As("alice");
        await alice.DoAsync(new ListRoomsRequest());
        gateway.Simulator.Requests.Clear();
        return (alice, gateway);
    }
}
