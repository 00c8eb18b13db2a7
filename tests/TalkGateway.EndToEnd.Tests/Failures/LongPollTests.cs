using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Talk.V1;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Failures;

/// <summary>Calls that wait for news keep nobody else waiting.</summary>
public sealed class LongPollTests
{
    private const string Section = $"Upstreams:Servers:{TestGateway.Upstream}:";

    [Fact]
    public async Task However_many_calls_wait_everything_else_is_answered()
    {
        await using var gateway = await StartAsync(("MaxConnections", "1"), ("LongPolls:MaxCount", "40"), ("LongPolls:MaxPerCredential", "20"));
        var (alice, token, newest) = await RoomAsync(gateway);
        await using var polls = new Polls();
        for (var i = 0; i < 20; i++)
        {
            polls.Begin(alice, token, newest);
            polls.Begin(gateway.As("bob"), token, newest);
        }

        await gateway.Simulator.WaitForLongPollsAsync(40);

        await gateway.As("carol").DoAsync(new ListRoomsRequest());
        await alice.DoAsync(new ListRoomsRequest());
        await alice.DoAsync(History(token));
        await alice.DoAsync(Future(token, newest, wait: 0));
        await alice.DoAsync(new SendMessageRequest { Token = token, Message = "News" });
        Assert.All(await polls.EndAsync(), reply => Assert.Equal("News", Assert.Single(reply.Response.Messages).Text));
    }

    [Fact]
    public async Task Who_waits_too_often_is_refused_and_nobody_else()
    {
        await using var gateway = await StartAsync(("LongPolls:MaxPerCredential", "2"));
        var (alice, token, newest) = await RoomAsync(gateway);
        await using var polls = new Polls();
        polls.Begin(alice, token, newest);
        polls.Begin(alice, token, newest);
        await gateway.Simulator.WaitForLongPollsAsync(2);

        var failure = await alice.FailAsync(Future(token, newest));

        Assert.Equal((Code.ResourceExhausted, "TOO_MANY_LONG_POLLS", TimeSpan.FromSeconds(5)), (failure.Code, failure.Reason, failure.RetryAfter));
        polls.Begin(gateway.As("bob"), token, newest);
        await gateway.Simulator.WaitForLongPollsAsync(3);
    }

    [Fact]
    public async Task Guests_share_what_is_left_to_them_and_leave_the_rest_to_accounts()
    {
        await using var gateway = await StartAsync(("LongPolls:MaxForGuests", "1"));
        var (alice, token, newest) = await RoomAsync(gateway);
        var (first, second) = (gateway.Guest(), gateway.Guest());
        await first.DoAsync(new JoinRoomRequest { Token = token });
        await second.DoAsync(new JoinRoomRequest { Token = token });
        newest = (await alice.AskAsync<ListMessagesResponse>(History(token))).Messages[0].Id;
        await using var polls = new Polls();
        polls.Begin(first, token, newest);
        await gateway.Simulator.WaitForLongPollsAsync(1);

        Assert.Equal("TOO_MANY_LONG_POLLS", (await second.FailAsync(Future(token, newest))).Reason);
        polls.Begin(alice, token, newest);
        await gateway.Simulator.WaitForLongPollsAsync(2);
    }

    private static ListMessagesRequest History(string token) => new() { Token = token, Limit = 1 };

    private static ListMessagesRequest Future(string token, long newest, int? wait = null) => new()
    {
        Token = token,
        Direction = ListDirection.Future,
        LastKnownMessageId = newest,
        Timeout = wait is { } seconds ? new() { Seconds = seconds } : null,
    };

    private static Task<TestGateway> StartAsync(params (string Key, string Value)[] keys) =>
        TestGateway.StartAsync(new TestGatewayOptions { Keys = keys.ToDictionary(key => Section + key.Key, key => (string?)key.Value) });

    /// <summary>A room with bob in it, open to guests, and its newest message.</summary>
    private static async Task<(Caller Alice, string Token, long Newest)> RoomAsync(TestGateway gateway)
    {
        var alice = gateway.As("alice");
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Waiting" })).Room.Token;
        await alice.DoAsync(new AddParticipantRequest { Token = token, NewParticipant = "bob" });
        return (alice, token, (await alice.AskAsync<ListMessagesResponse>(History(token))).Messages[0].Id);
    }

    /// <summary>Calls that wait; those that still do are given up at the end.</summary>
    private sealed class Polls : IAsyncDisposable
    {
        private readonly CancellationTokenSource _over = new();
        private readonly List<Task<GrpcTestReply<ListMessagesResponse>>> _calls = [];

        public void Begin(Caller caller, string token, long newest) =>
            _calls.Add(caller.SendAsync<ListMessagesResponse>(Future(token, newest), new GrpcTestOptions { CancellationToken = _over.Token }));

        public Task<GrpcTestReply<ListMessagesResponse>[]> EndAsync() => Task.WhenAll(_calls);

        public async ValueTask DisposeAsync()
        {
            await _over.CancelAsync();
            await Task.WhenAll(_calls).ContinueWith(static _ => { }, TaskScheduler.Default);
            _over.Dispose();
        }
    }
}
