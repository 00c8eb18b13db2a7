using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Simulator;
using TalkGateway.Talk.V1;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Story;

/// <summary>Who sends a message is answered that message, also by servers that answer nothing (before Talk 5).</summary>
public sealed class SentMessageTests(Gateways gateways) : IClassFixture<Gateways>
{
    // Whoever puts the names back where the server put placeholders does not get this text.
    private const string Disguised = "@bob {mention-user1} <b>&amp;</b> 🗼";

    [Theory]
    [ClassData(typeof(EveryServerData))]
    public async Task The_sent_message_is_answered_whatever_the_server_makes_of_its_text(string server)
    {
        var gateway = await gateways.InFrontOfAsync(server);
        var (alice, token) = await RoomAsync(gateway);
        var last = 0L;
        foreach (var text in new[] { "plain", "@bob < 🗼", "  a < b && <b>c</b>  ", "@all 👍🏽", "@nobody-at-all x", "@\"bob\" said \"hi\"", "line\nbreak", "no\u00A0break\u00A0", Disguised })
        {
            var sent = (await alice.AskAsync<SendMessageResponse>(new SendMessageRequest { Token = token, Message = text })).Message;

            Assert.True(sent is { ActorType: "users", ActorId: "alice" } && sent.Id > last, $"{text}: {sent}");
            last = sent.Id;
            Assert.Equal(last, (await MessagesAsync(alice, token))[0].Id);
        }
    }

    [Theory]
    [InlineData("3.2")]
    [InlineData("4")]
    public async Task Of_several_messages_the_one_with_the_sent_text_is_answered(string profile)
    {
        var gateway = await gateways.InFrontOfAsync(profile);
        var (alice, token) = await RoomAsync(gateway);
        var gate = new TaskCompletionSource();
        using var gated = gateway.Simulator.Faults.Plan(Fault.Gated(gate.Task), "POST", $"/chat/{token}");

        var first = alice.AskAsync<SendMessageResponse>(new SendMessageRequest { Token = token, Message = "@bob <first> 🗼" });
        await gated.WaitForStrikeAsync();
        await alice.DoAsync(new SendMessageRequest { Token = token, Message = "second" });
        gate.SetResult();

        Assert.EndsWith("<first> 🗼", (await first).Message.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3.2", false)]
    [InlineData("4", false)]
    [InlineData("3.2", true)]
    [InlineData("4", true)]
    public async Task The_callers_own_message_is_told_from_one_that_somebody_else_wrote_meanwhile(string profile, bool asGuest)
    {
        var gateway = await gateways.InFrontOfAsync(profile);
        var (alice, token) = await RoomAsync(gateway);
        var caller = asGuest ? gateway.Guest() : alice;
        if (asGuest)
        {
            await caller.DoAsync(new JoinRoomRequest { Token = token });
        }

        var gate = new TaskCompletionSource();
        using var gated = gateway.Simulator.Faults.Plan(Fault.Gated(gate.Task), "POST", $"/chat/{token}");

        var sending = caller.AskAsync<SendMessageResponse>(new SendMessageRequest { Token = token, Message = Disguised });
        await gated.WaitForStrikeAsync();
        await gateway.As("bob").DoAsync(new SendMessageRequest { Token = token, Message = "Somebody else's" });
        gate.SetResult();

        var sent = (await sending).Message;
        Assert.EndsWith("<b>&amp;</b> 🗼", sent.Text, StringComparison.Ordinal);
        Assert.Equal(asGuest ? "guests" : "users", sent.ActorType);
    }

    [Theory]
    [InlineData("3.2")]
    [InlineData("4")]
    public async Task The_message_of_somebody_else_is_never_taken_for_the_callers(string profile)
    {
        var gateway = await gateways.InFrontOfAsync(profile);
        var (alice, token) = await RoomAsync(gateway);
        var gate = new TaskCompletionSource();
        var stored = Fault.Answering(201, """{"ocs":{"meta":{"status":"ok","statuscode":201,"message":"OK"},"data":[]}}""");
        using var unreadable = gateway.Simulator.Faults.Plan(stored with { Gate = gate.Task }, "POST", $"/chat/{token}");

        var sending = alice.AskAsync<SendMessageResponse>(new SendMessageRequest { Token = token, Message = "Mine" });
        await unreadable.WaitForStrikeAsync();
        await gateway.As("bob").DoAsync(new SendMessageRequest { Token = token, Message = "Mine" });
        gate.SetResult();

        Assert.Null((await sending).Message);
    }

    private static async Task<(Caller Alice, string Token)> RoomAsync(TestGateway gateway)
    {
        var alice = gateway.As("alice");
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Sent" })).Room.Token;
        await alice.DoAsync(new AddParticipantRequest { Token = token, NewParticipant = "bob" });
        return (alice, token);
    }

    private static async Task<IReadOnlyList<Message>> MessagesAsync(Caller caller, string token) =>
        (await caller.AskAsync<ListMessagesResponse>(new ListMessagesRequest { Token = token, Direction = ListDirection.History })).Messages;
}
