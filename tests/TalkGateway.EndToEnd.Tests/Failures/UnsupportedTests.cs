using Google.Protobuf;
using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Talk.V1;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Failures;

/// <summary>What a server can't do is UNIMPLEMENTED, with what it lacks and what it is, and is not tried.</summary>
public sealed class UnsupportedTests(Gateways gateways) : IClassFixture<Gateways>
{
    private const string Token = "abcd1234";

    private static readonly (string Profile, string TalkVersion, IMessage Request, string Missing)[] Rpcs =
    [
        ("3.0", "3.0.1", new SuggestMentionsRequest { Token = Token, Search = "b" }, "chat-v2"),
        ("3.2", "3.2", new AddRoomToFavoritesRequest { Token = Token }, "favorites"),
        ("5", "5.0", new SetRoomReadOnlyRequest { Token = Token, ReadOnly = true }, "read-only-rooms"),
        ("10.0", "10.0", new ListOpenRoomsRequest(), "listable-rooms"),
        ("12", "12.1", new MarkUnreadRequest { Token = Token }, "chat-unread"),
        ("16", "16.0.10", new EditMessageRequest { Token = Token, MessageId = 1, Message = "x" }, "edit-messages"),
        ("25", "25.0.0", new SetPublishingPermissionsRequest { Token = Token, Attendee = new AttendeeRef { AttendeeId = 1 } }, "Talk before 13.0"),
    ];

    private static readonly (string Profile, IMessage Request, string Field, string Missing)[] Fields =
    [
        ("5", new SendMessageRequest { Token = Token, Message = "x", ReplyTo = 7 }, "reply_to", "chat-replies"),
        ("4", new AddParticipantRequest { Token = Token, NewParticipant = "team", Source = "groups" }, "source", "invite-groups-and-mails"),
        ("12", new SendMessageRequest { Token = Token, Message = "x", Silent = true }, "silent", "silent-send"),
        ("21", new SendMessageRequest { Token = Token, Message = "x", ThreadTitle = "y" }, "thread_title", "threads"),
        ("21", new CreateRoomRequest { Type = RoomType.Group, Name = "x", Preset = "y" }, "preset", "conversation-presets"),
        ("21", new CreateRoomRequest { Type = RoomType.Group, Name = "x", Emoji = "🦊" }, "emoji", "conversation-creation-all"),
    ];

    public static TheoryData<int> RpcRows => [.. Enumerable.Range(0, Rpcs.Length)];

    public static TheoryData<int> FieldRows => [.. Enumerable.Range(0, Fields.Length)];

    [Theory]
    [MemberData(nameof(RpcRows))]
    public async Task An_rpc_that_a_server_cannot_do_names_what_it_lacks(int row)
    {
        var (profile, talkVersion, request, missing) = Rpcs[row];
        var (alice, gateway) = await WarmAsync(profile);

        var failure = await alice.FailAsync(request);

        Assert.Equal((Code.Unimplemented, "NOT_SUPPORTED_BY_SERVER", "talkgateway"), (failure.Code, failure.Reason, failure.Domain));
        Assert.Equal((missing, talkVersion), (failure.Info.Metadata["missing"], failure.Info.Metadata["talk_version"]));
        Assert.Contains(missing, failure.Text, StringComparison.Ordinal);
        Assert.Contains(talkVersion, failure.Text, StringComparison.Ordinal);
        Assert.Empty(gateway.Simulator.Requests.All);
    }

    [Theory]
    [MemberData(nameof(FieldRows))]
    public async Task A_field_that_a_server_cannot_act_upon_is_named(int row)
    {
        var (profile, request, field, missing) = Fields[row];
        var (alice, gateway) = await WarmAsync(profile);

        var failure = await alice.FailAsync(request);

        Assert.Equal((Code.Unimplemented, missing), (failure.Code, failure.Info.Metadata["missing"]));
        Assert.Equal([field], failure.Fields);
        Assert.Empty(gateway.Simulator.Requests.All);
    }

    [Fact]
    public async Task A_field_at_its_zero_value_asks_for_nothing()
    {
        var gateway = await gateways.InFrontOfAsync("5");
        var alice = gateway.As("alice");
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "x", LobbyEnabled = false, Permissions = 0 })).Room.Token;

        await alice.DoAsync(new SendMessageRequest { Token = token, Message = "x", ReplyTo = 0, Silent = false });
    }

    private async Task<(Caller Alice, TestGateway Gateway)> WarmAsync(string profile)
    {
        var gateway = await gateways.InFrontOfAsync(profile);
        var alice = gateway.As("alice");
        await alice.DoAsync(new ListRoomsRequest());
        gateway.Simulator.Requests.Clear();
        return (alice, gateway);
    }
}
