using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Talk.V1;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Story;

/// <summary>Reading and writing chat is the same on servers that page by id, by offset, with and without read markers.</summary>
public sealed class ChatTests(Gateways gateways) : IClassFixture<Gateways>
{
    private static readonly Duration NoWait = new();

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task History_is_read_page_by_page_without_loss_or_repetition(string profile)
    {
        var (alice, _, token) = await RoomWithMessagesAsync(profile, 7);

        var read = new List<string>();
        long? last = null;
        while (true)
        {
            var request = new ListMessagesRequest { Token = token, Direction = ListDirection.History, Limit = 3 };
            if (last is { } known)
            {
                request.LastKnownMessageId = known;
            }

            var page = await alice.AskAsync<ListMessagesResponse>(request);
            if (page.NotModified)
            {
                Assert.Empty(page.Messages);
                break;
            }

            Assert.InRange(page.Messages.Count, 1, 3);
            read.AddRange(Texts(page));
            last = page.Messages[^1].Id;
        }

        Assert.Equal(["7", "6", "5", "4", "3", "2", "1"], read);
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task The_future_is_read_page_by_page_from_a_known_message_on(string profile)
    {
        var (alice, _, token) = await RoomWithMessagesAsync(profile, 5);
        var all = await alice.AskAsync<ListMessagesResponse>(new ListMessagesRequest { Token = token, Direction = ListDirection.History });
        var last = all.Messages.Single(message => message.Text == "1").Id;

        var read = new List<string>();
        ListMessagesResponse page;
        do
        {
            page = await alice.AskAsync<ListMessagesResponse>(
                new ListMessagesRequest { Token = token, Direction = ListDirection.Future, LastKnownMessageId = last, Limit = 2, Timeout = NoWait });
            read.AddRange(Texts(page));
            last = page.Messages.Count == 0 ? last : page.LastGiven;
        }
        while (!page.NotModified);

        Assert.Equal(["2", "3", "4", "5"], read);
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task Waiting_for_messages_ends_when_one_comes(string profile)
    {
        var (alice, bob, token) = await RoomWithMessagesAsync(profile, 1);
        var known = (await bob.AskAsync<ListMessagesResponse>(new ListMessagesRequest { Token = token, Direction = ListDirection.History })).Messages[0].Id;

        var waiting = bob.AskAsync<ListMessagesResponse>(
            new ListMessagesRequest { Token = token, Direction = ListDirection.Future, LastKnownMessageId = known, Timeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(20)) });
        await alice.DoAsync(new SendMessageRequest { Token = token, Message = "News" });

        Assert.Equal(["News"], Texts(await waiting));
    }

    [Theory]
    [InlineData("3.2")]
    [InlineData("10.0")]
    [InlineData("25")]
    public async Task A_server_that_can_wait_is_asked_once_and_wakes_the_caller(string profile)
    {
        await using var gateway = await TestGateway.StartAsync(profile);
        var (alice, bob, token) = await RoomWithMessagesAsync(gateway, 1);
        var known = (await bob.AskAsync<ListMessagesResponse>(new ListMessagesRequest { Token = token, Direction = ListDirection.History })).Messages[0].Id;
        gateway.Simulator.Requests.Clear();

        var waiting = bob.AskAsync<ListMessagesResponse>(
            new ListMessagesRequest { Token = token, Direction = ListDirection.Future, LastKnownMessageId = known, Timeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(20)) });
        await gateway.Simulator.WaitForLongPollsAsync(1);
        Assert.False(waiting.IsCompleted);
        await alice.DoAsync(new SendMessageRequest { Token = token, Message = "News" });

        Assert.Equal(["News"], Texts(await waiting));
        Assert.Single(gateway.Simulator.Requests.Of("chat.receive"), request => request.Query.Contains("lookIntoFuture=1", StringComparison.Ordinal));
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task Nothing_new_is_no_failure(string profile)
    {
        var (alice, _, token) = await RoomWithMessagesAsync(profile, 1);
        var newest = (await alice.AskAsync<ListMessagesResponse>(new ListMessagesRequest { Token = token, Direction = ListDirection.History, Limit = 1 })).Messages[0].Id;

        var page = await alice.AskAsync<ListMessagesResponse>(
            new ListMessagesRequest { Token = token, Direction = ListDirection.Future, LastKnownMessageId = newest, Timeout = NoWait });

        Assert.True(page.NotModified);
        Assert.Empty(page.Messages);
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task A_chat_is_marked_as_read_to_its_end_or_to_a_message(string profile)
    {
        var (alice, bob, token) = await RoomWithMessagesAsync(profile, 2);
        var messages = (await bob.AskAsync<ListMessagesResponse>(new ListMessagesRequest { Token = token, Direction = ListDirection.History })).Messages;

        var toEnd = (await bob.AskAsync<SetReadMarkerResponse>(new SetReadMarkerRequest { Token = token })).Room;
        await alice.DoAsync(new SendMessageRequest { Token = token, Message = "3" });
        await alice.DoAsync(new SendMessageRequest { Token = token, Message = "4" });
        messages = (await bob.AskAsync<ListMessagesResponse>(new ListMessagesRequest { Token = token, Direction = ListDirection.History })).Messages;
        var third = messages.Single(message => message.Text == "3").Id;
        var toThird = (await bob.AskAsync<SetReadMarkerResponse>(new SetReadMarkerRequest { Token = token, LastReadMessage = third })).Room;

        // Talk 3.0 counts nothing as unread.
        Assert.Equal(0, toEnd.UnreadMessages);
        Assert.Equal(Gateways.VersionOf(profile) >= new Version(3, 2) ? 1 : 0, toThird.UnreadMessages);
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task A_mention_is_suggested_and_arrives_as_one(string profile)
    {
        var (alice, bob, token) = await RoomWithMessagesAsync(profile, 0);
        var suggest = new SuggestMentionsRequest { Token = token, Search = "bo" };
        if (Gateways.VersionOf(profile) < new Version(3, 2))
        {
            var failure = await alice.FailAsync(suggest);
            Assert.Equal((Code.Unimplemented, "chat-v2"), (failure.Code, failure.Info.Metadata["missing"]));
            return;
        }

        var suggestion = Assert.Single((await alice.AskAsync<SuggestMentionsResponse>(suggest)).Mentions);
        Assert.Equal(("bob", "bob", "users"), (suggestion.Id, suggestion.MentionId, suggestion.Source));
        await alice.DoAsync(new SendMessageRequest { Token = token, Message = $"Hello @{suggestion.MentionId}" });

        var message = (await bob.AskAsync<ListMessagesResponse>(new ListMessagesRequest { Token = token, Direction = ListDirection.History })).Messages[0];
        var mentioned = Assert.Single(message.MessageParameters, parameter => parameter.Value.Type == "user" && parameter.Value.Id == "bob");
        Assert.Equal($"Hello {{{mentioned.Key}}}", message.Text);
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task A_guest_writes_under_the_name_it_chose(string profile)
    {
        var gateway = await gateways.InFrontOfAsync(profile);
        var (alice, guest) = (gateway.As("alice"), gateway.Guest());
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Bar" })).Room.Token;
        await guest.DoAsync(new JoinRoomRequest { Token = token });
        var name = new SetDisplayNameRequest { Token = token, DisplayName = "Gulliver" };
        if (Gateways.VersionOf(profile) < new Version(3, 2))
        {
            var failure = await guest.FailAsync(name);
            Assert.Equal((Code.Unimplemented, "guest-display-names"), (failure.Code, failure.Info.Metadata["missing"]));
            return;
        }

        await guest.DoAsync(name);
        await guest.DoAsync(new SendMessageRequest { Token = token, Message = "Ahoy" });

        var ahoy = (await alice.AskAsync<ListMessagesResponse>(new ListMessagesRequest { Token = token, Direction = ListDirection.History })).Messages[0];
        Assert.Equal(("guests", "Gulliver"), (ahoy.ActorType, ahoy.ActorDisplayName));
        Assert.Contains((await alice.AskAsync<ListParticipantsResponse>(new ListParticipantsRequest { Token = token })).Participants, p => p.DisplayName == "Gulliver");
    }

    private static IEnumerable<string> Texts(ListMessagesResponse page) =>
        page.Messages.Where(message => message.SystemMessage.Length == 0).Select(message => message.Text);

    private async Task<(Caller Alice, Caller Bob, string Token)> RoomWithMessagesAsync(string profile, int count) =>
        await RoomWithMessagesAsync(await gateways.InFrontOfAsync(profile), count);

    [Theory]
    [InlineData("16")]
    [InlineData("25")]
    public async Task An_object_with_an_empty_key_leaves_the_room_readable_as_json(string profile) =>
        await StaysReadableAsync(profile, new Struct { Fields = { ["name"] = Value.ForString("Pier"), [""] = Value.ForString("odd") } }, "_empty_");

    [Theory]
    [InlineData("25", 29)]
    [InlineData("25", 30)]
    [InlineData("25", 31)]
    [InlineData("16", 45)]
    public async Task An_object_nested_deeply_leaves_the_room_readable(string profile, int depth)
    {
        var nested = Value.ForString("bottom");
        for (var level = 0; level < depth; level++)
        {
            nested = Value.ForStruct(new Struct { Fields = { ["a"] = nested } });
        }

        await StaysReadableAsync(profile, new Struct { Fields = { ["name"] = Value.ForString("Pier"), ["deep"] = nested } }, "bottom");
    }

    private async Task StaysReadableAsync(string profile, Struct metaData, string expected)
    {
        var gateway = await gateways.InFrontOfAsync(profile);
        var alice = gateway.As("alice");
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Odd" })).Room.Token;
        await alice.DoAsync(new ShareObjectRequest { Token = token, ObjectType = "highlight", ObjectId = "1", MetaData = metaData });

        await alice.AskAsync<ListMessagesResponse>(new ListMessagesRequest { Token = token });
        await alice.AskAsync<ListRoomsResponse>(new ListRoomsRequest());
        using var http = new HttpClient { BaseAddress = gateway.Address };
        foreach (var (rpc, body) in new[] { ("ChatService/ListMessages", $$"""{"token":"{{token}}"}"""), ("RoomService/ListRooms", "{}") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/talk.v1." + rpc) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
            request.Headers.TryAddWithoutValidation("authorization", alice.Authorization);
            using var response = await http.SendAsync(request);
            Assert.Contains(expected, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private static async Task<(Caller Alice, Caller Bob, string Token)> RoomWithMessagesAsync(TestGateway gateway, int count)
    {
        var (alice, bob) = (gateway.As("alice"), gateway.As("bob"));
        var room = await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Chat" });
        await alice.DoAsync(new AddParticipantRequest { Token = room.Room.Token, NewParticipant = "bob" });
        for (var number = 1; number <= count; number++)
        {
            await alice.DoAsync(new SendMessageRequest { Token = room.Room.Token, Message = $"{number}" });
        }

        return (alice, bob, room.Room.Token);
    }
}
