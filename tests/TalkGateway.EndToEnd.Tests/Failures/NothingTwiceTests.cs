using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Simulator;
using TalkGateway.Talk.V1;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Failures;

/// <summary>When an answer is lost, what may be repeated is repeated and what may not is not.</summary>
public sealed class NothingTwiceTests
{
    [Fact]
    public async Task A_read_whose_answer_was_lost_is_repeated()
    {
        await using var gateway = await TestGateway.StartAsync();
        var (alice, _) = await RoomAsync(gateway);
        gateway.Simulator.Faults.Plan(Fault.DropBefore());

        await alice.DoAsync(new ListRoomsRequest());
    }

    [Fact]
    public async Task An_idempotent_write_whose_answer_was_lost_is_repeated()
    {
        await using var gateway = await TestGateway.StartAsync();
        var (alice, token) = await RoomAsync(gateway);
        gateway.Simulator.Faults.Plan(Fault.DropAfter(), "PUT", $"/room/{token}");

        var renamed = await alice.AskAsync<RenameRoomResponse>(new RenameRoomRequest { Token = token, Name = "After" });

        Assert.Equal("After", renamed.Room.Name);
        Assert.Equal(2, gateway.Simulator.Requests.Of("conversation.rename").Count);
    }

    [Fact]
    public async Task A_deletion_whose_answer_was_lost_is_not_reported_as_a_missing_room()
    {
        await using var gateway = await TestGateway.StartAsync();
        var (alice, token) = await RoomAsync(gateway);
        gateway.Simulator.Faults.Plan(Fault.DropAfter(), "DELETE", $"/room/{token}");

        var failure = await alice.FailAsync(new DeleteRoomRequest { Token = token });

        Assert.Equal((Code.Unknown, "OUTCOME_UNKNOWN"), (failure.Code, failure.Reason));
        Assert.Single(gateway.Simulator.Requests.Of("conversation.delete"));
    }

    [Theory]
    [InlineData("3.2")]
    [InlineData("10.1")]
    [InlineData("25")]
    public async Task A_message_whose_answer_was_lost_is_sent_once(string profile)
    {
        await using var gateway = await TestGateway.StartAsync(profile);
        var (alice, token) = await RoomAsync(gateway);
        gateway.Simulator.Faults.Plan(Fault.DropAfter(), "POST", "/chat/");

        var failure = await alice.FailAsync(new SendMessageRequest { Token = token, Message = "Once" });

        Assert.Equal((Code.Unknown, "OUTCOME_UNKNOWN"), (failure.Code, failure.Reason));
        Assert.Single(gateway.Simulator.Requests.Of("chat.send"));
        Assert.Equal(1, await CountAsync(alice, token, "Once"));
    }

    [Theory]
    [InlineData(502)]
    [InlineData(504)]
    public async Task A_write_that_a_proxy_lost_is_one_of_unknown_outcome(int status)
    {
        await using var gateway = await TestGateway.StartAsync();
        var (alice, token) = await RoomAsync(gateway);
        gateway.Simulator.Faults.Plan(Fault.Html(status), "POST", "/chat/");

        var failure = await alice.FailAsync(new SendMessageRequest { Token = token, Message = "Lost" });

        Assert.Equal((Code.Unknown, "OUTCOME_UNKNOWN"), (failure.Code, failure.Reason));
        Assert.DoesNotContain("<", failure.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_write_that_the_gateway_could_not_even_prepare_is_not_one_of_unknown_outcome()
    {
        await using var gateway = await TestGateway.StartAsync();
        gateway.Simulator.Faults.Plan(Fault.DropBefore(), times: null);

        var failure = await gateway.As("alice").FailAsync(new CreateRoomRequest { Type = RoomType.Group, Name = "Never" });

        Assert.Equal((Code.Unavailable, "UPSTREAM_UNAVAILABLE"), (failure.Code, failure.Reason));
        Assert.Empty(gateway.Simulator.Requests.Of("conversation.create"));
    }

    [Fact]
    public async Task A_message_that_was_sent_is_no_failure_because_it_can_not_be_read_back()
    {
        await using var gateway = await TestGateway.StartAsync("3.2");
        var (alice, token) = await RoomAsync(gateway);
        using (gateway.Simulator.Faults.Plan(Fault.DropBefore(), "GET", "/chat/", times: null))
        {
            Assert.Null((await alice.AskAsync<SendMessageResponse>(new SendMessageRequest { Token = token, Message = "Once" })).Message);
        }

        Assert.Equal(1, await CountAsync(alice, token, "Once"));
    }

    [Fact]
    public async Task A_room_whose_answer_was_lost_is_created_once()
    {
        await using var gateway = await TestGateway.StartAsync();
        var (alice, _) = await RoomAsync(gateway);
        gateway.Simulator.Requests.Clear();
        gateway.Simulator.Faults.Plan(Fault.DropHalfway(), "POST", "/room");

        var failure = await alice.FailAsync(new CreateRoomRequest { Type = RoomType.Group, Name = "Once" });

        Assert.Equal((Code.Unknown, "OUTCOME_UNKNOWN"), (failure.Code, failure.Reason));
        Assert.Single(gateway.Simulator.Requests.Of("conversation.create"));
        Assert.Single((await alice.AskAsync<ListRoomsResponse>(new ListRoomsRequest())).Rooms, room => room.DisplayName == "Once");
    }

    [Fact]
    public async Task A_message_with_a_reference_is_found_after_its_answer_was_lost()
    {
        var time = new ManualTimeProvider();
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Time = time });
        var (alice, token) = await RoomAsync(gateway);
        gateway.Simulator.Faults.Plan(Fault.DropAfter(), "POST", "/chat/");

        var message = await SendAsync(alice, token, time);

        Assert.Equal(("Once", "ref-1"), (message.Text, message.ReferenceId));
        Assert.Single(gateway.Simulator.Requests.Of("chat.send"));
        Assert.Equal(1, await CountAsync(alice, token, "Once"));
    }

    [Fact]
    public async Task A_message_that_can_not_be_looked_for_has_an_unknown_outcome()
    {
        var time = new ManualTimeProvider();
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Time = time });
        var (alice, token) = await RoomAsync(gateway);
        gateway.Simulator.Faults.Plan(Fault.DropAfter(), "POST", "/chat/");
        using var blind = gateway.Simulator.Faults.Plan(Fault.Answering(503), "GET", "/chat/", times: null);

        var failure = await Assert.ThrowsAsync<RpcFailure>(() => SendAsync(alice, token, time));

        Assert.Equal("OUTCOME_UNKNOWN", failure.Reason);
        Assert.Single(gateway.Simulator.Requests.Of("chat.send"));
    }

    [Fact]
    public async Task A_read_that_the_server_never_answers_is_tried_as_often_as_configured()
    {
        await using var gateway = await TestGateway.StartAsync();
        var (alice, token) = await RoomAsync(gateway);
        await alice.DoAsync(new GetRoomRequest { Token = token });
        gateway.Simulator.Requests.Clear();
        using var closing = gateway.Simulator.Faults.Plan(Fault.DropAfter(), "GET", $"/room/{token}", times: null);

        Assert.Equal(Code.Unavailable, (await alice.FailAsync(new GetRoomRequest { Token = token })).Code);

        Assert.Equal(3, gateway.Simulator.Requests.All.Count);
    }

    [Theory]
    [InlineData("3.2")]
    [InlineData("5")]
    public async Task A_room_that_was_joined_is_no_failure_because_it_can_not_be_read_back(string profile)
    {
        await using var gateway = await TestGateway.StartAsync(profile);
        var (alice, token) = await RoomAsync(gateway);
        using (gateway.Simulator.Faults.Plan(Fault.Answering(500), "GET", $"/room/{token}", times: null))
        {
            var joined = await alice.AskAsync<JoinRoomResponse>(new JoinRoomRequest { Token = token });
            Assert.True(joined is { SessionToken.Length: > 0, Room.SessionId.Length: > 1 });
            gateway.Simulator.Requests.Clear();
            await alice.Elsewhere().DoAsync(new JoinCallRequest { Token = token });
        }

        Assert.Empty(gateway.Simulator.Requests.Of("conversation.get"));
    }

    [Theory]
    [InlineData("7")]
    [InlineData("12")]
    [InlineData("25")]
    public async Task A_call_that_the_lobby_closes_leaves_no_session_behind(string profile)
    {
        await using var gateway = await TestGateway.StartAsync(profile);
        var (alice, token) = await RoomAsync(gateway);
        await alice.DoAsync(new AddParticipantRequest { Token = token, NewParticipant = "bob" });
        await alice.DoAsync(new SetRoomLobbyRequest { Token = token, Enabled = true });

        for (var tries = 0; tries < 3; tries++)
        {
            Assert.Equal(Code.FailedPrecondition, (await gateway.As("bob").FailAsync(new JoinCallRequest { Token = token })).Code);
        }

        var participants = (await alice.AskAsync<ListParticipantsResponse>(new ListParticipantsRequest { Token = token })).Participants;
        Assert.Empty(participants.Single(participant => participant.ActorId == "bob").SessionIds);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("12")]
    public async Task A_server_that_failed_inside_is_not_quoted_with_its_syntax_error(string profile)
    {
        await using var gateway = await TestGateway.StartAsync(profile);
        var (alice, token) = await RoomAsync(gateway);
        const string failed = """{"ocs":{"meta":{"status":"failure","statuscode":404,"message":"Invalid query, please check the syntax. API specifications are here: …"},"data":[]}}""";
        using var failing = gateway.Simulator.Faults.Plan(Fault.Answering(404, failed), "PUT", $"/room/{token}", times: null);

        var failure = await alice.FailAsync(new RenameRoomRequest { Token = token, Name = "After" });

        Assert.Equal((Code.Internal, "NO_SUCH_ROUTE"), (failure.Code, failure.Reason));
        Assert.Equal(
            "conversation.rename: the server failed inside while serving this, or has no such route although its capabilities promise it", failure.Text);
    }

    [Fact]
    public async Task A_message_with_a_reference_that_never_arrived_is_sent_again()
    {
        var time = new ManualTimeProvider();
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Time = time });
        var (alice, token) = await RoomAsync(gateway);
        using var fault = gateway.Simulator.Faults.Plan(Fault.DropBefore(), "POST", "/chat/");

        var message = await SendAsync(alice, token, time);

        Assert.Equal(("Once", 1), (message.Text, fault.Struck));
        Assert.Equal(1, await CountAsync(alice, token, "Once"));
    }

    [Theory]
    [InlineData(502)]
    [InlineData(504)]
    public async Task A_message_with_a_reference_that_a_proxy_gave_up_on_is_looked_for_and_never_sent_again(int status)
    {
        var time = new ManualTimeProvider();
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Time = time });
        var (alice, token) = await RoomAsync(gateway);
        using var fault = gateway.Simulator.Faults.Plan(Fault.Html(status), "POST", "/chat/");
        var settling = time.WaitForTimerAsync(TimeSpan.FromSeconds(1));

        var call = alice.FailAsync(new SendMessageRequest { Token = token, Message = "Slow", ReferenceId = "ref-1" });
        await settling;
        time.Advance(TimeSpan.FromSeconds(1));
        var failure = await call;

        // The server that was given up on may still be about to store it.
        Assert.Equal((Code.Unknown, "OUTCOME_UNKNOWN"), (failure.Code, failure.Reason));
        Assert.Equal(0, await CountAsync(alice, token, "Slow"));
        Assert.NotEmpty(gateway.Simulator.Requests.Of("chat.receive"));
    }

    [Fact]
    public async Task A_message_with_a_reference_that_can_not_be_looked_for_has_an_unknown_outcome()
    {
        var time = new ManualTimeProvider();
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Time = time });
        var (alice, token) = await RoomAsync(gateway);
        gateway.Simulator.Faults.Plan(Fault.DropAfter(), "POST", "/chat/");
        using var unseen = gateway.Simulator.Faults.Plan(Fault.DropBefore(), "GET", "/chat/", times: null);
        var settling = time.WaitForTimerAsync(TimeSpan.FromSeconds(1));

        var call = alice.FailAsync(new SendMessageRequest { Token = token, Message = "Once", ReferenceId = "ref-1" });
        await settling;
        time.Advance(TimeSpan.FromSeconds(1));
        var failure = await call;

        Assert.Equal((Code.Unknown, "OUTCOME_UNKNOWN"), (failure.Code, failure.Reason));
        Assert.Single(gateway.Simulator.Requests.Of("chat.send"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_join_whose_answer_was_lost_says_that_a_session_may_stay(bool asCall)
    {
        await using var gateway = await TestGateway.StartAsync();
        var (alice, token) = await RoomAsync(gateway);
        gateway.Simulator.Faults.Plan(Fault.DropAfter(), "POST", "/participants/active");

        var failure = asCall ? await alice.FailAsync(new JoinCallRequest { Token = token }) : await alice.FailAsync(new JoinRoomRequest { Token = token });

        Assert.Equal(["OUTCOME_UNKNOWN", "SESSION_LEFT_BEHIND"], failure.Infos.Select(info => info.Reason));
    }

    [Fact]
    public async Task A_call_that_failed_says_so_when_its_room_could_not_be_left_again()
    {
        await using var gateway = await TestGateway.StartAsync();
        var (alice, token) = await RoomAsync(gateway);
        await alice.DoAsync(new AddParticipantRequest { Token = token, NewParticipant = "bob" });
        await alice.DoAsync(new SetRoomLobbyRequest { Token = token, Enabled = true });
        gateway.Simulator.Faults.Plan(Fault.Answering(500), "DELETE", "/participants/active", times: null);

        var failure = await gateway.As("bob").FailAsync(new JoinCallRequest { Token = token });

        Assert.Equal("SESSION_LEFT_BEHIND", failure.Infos[^1].Reason);
        Assert.Contains("may be in the room all the same", failure.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_join_whose_answer_was_lost_may_be_called_again()
    {
        await using var gateway = await TestGateway.StartAsync();
        var (alice, token) = await RoomAsync(gateway);
        gateway.Simulator.Faults.Plan(Fault.DropAfter(), "POST", "/participants/active");

        Assert.Equal("OUTCOME_UNKNOWN", (await alice.FailAsync(new JoinRoomRequest { Token = token })).Reason);
        await alice.DoAsync(new JoinRoomRequest { Token = token });
        await alice.DoAsync(new JoinCallRequest { Token = token });
    }

    /// <summary>Sends a message whose first answer is lost, and lets the time pass after which the gateway looks for it.</summary>
    private static async Task<Message> SendAsync(Caller alice, string token, ManualTimeProvider time)
    {
        var settling = time.WaitForTimerAsync(TimeSpan.FromSeconds(1));
        var call = alice.AskAsync<SendMessageResponse>(new SendMessageRequest { Token = token, Message = "Once", ReferenceId = "ref-1" });
        await settling;
        time.Advance(TimeSpan.FromSeconds(1));
        return (await call).Message;
    }

    private static async Task<(Caller Alice, string Token)> RoomAsync(TestGateway gateway)
    {
        var alice = gateway.As("alice");
        return (alice, (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Before" })).Room.Token);
    }

    private static async Task<int> CountAsync(Caller alice, string token, string text) =>
        (await alice.AskAsync<ListMessagesResponse>(new ListMessagesRequest { Token = token })).Messages.Count(message => message.Text == text);
}
