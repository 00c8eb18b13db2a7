using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Simulator;
using TalkGateway.Talk.V1;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Failures;

/// <summary>No secret is ever in a log or in an error, whatever goes wrong and however much is logged.</summary>
public sealed class SecretsTests
{
    [Fact]
    public async Task No_secret_is_logged_or_told()
    {
        using var logs = new CollectingLogs();
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Logs = logs });
        var (alice, guest) = (gateway.WithAppPassword("alice"), gateway.Guest());
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Vault", Password = "Gr33n-Lantern!" })).Room.Token;
        await guest.DoAsync(new JoinRoomRequest { Token = token, Password = "Gr33n-Lantern!" });
        await alice.DoAsync(new JoinCallRequest { Token = token });
        string[] secrets = [alice.Authorization!, alice.Authorization!.Split(' ')[1], alice.Session!, guest.Session!, "Gr33n-Lantern!", "Wr0ng-Lantern!"];

        var told = new List<string>();
        async Task FailAsync(Caller caller, Google.Protobuf.IMessage request) => told.Add((await caller.FailAsync(request)).Message);
        await FailAsync(guest.Elsewhere(), new JoinRoomRequest { Token = token, Password = "Wr0ng-Lantern!" });
        await FailAsync(gateway.As("alice", "Wr0ng-Lantern!"), new ListRoomsRequest());
        await FailAsync(gateway.As("alice", "Wr0ng-Lantern!"), new ListRoomsRequest());
        foreach (var fault in new[] { Fault.Html(200), Fault.Html(500), Fault.DropHalfway(), Fault.DropBefore(), Fault.TooManyRequests() })
        {
            using var planned = gateway.Simulator.Faults.Plan(fault, times: null);
            await FailAsync(alice, new SetRoomPasswordRequest { Token = token, Password = "Gr33n-Lantern!" });
            await FailAsync(guest, new SendMessageRequest { Token = token, Message = "Hello" });
        }

        Assert.NotEmpty(logs.Lines);
        Assert.All(secrets, secret =>
        {
            Assert.DoesNotContain(logs.Lines, line => line.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(told, text => text.Contains(secret, StringComparison.Ordinal));
        });
    }

    [Theory]
    [InlineData("/lostpassword/reset/form/s3cret/alice", "/lostpassword")]
    [InlineData("/%0Aforged/s3cret", "/%0Aforged")]
    public async Task A_failed_pass_through_is_logged_by_the_beginning_of_its_path_alone(string target, string shown)
    {
        using var logs = new CollectingLogs();
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Logs = logs });
        using var http = new HttpClient { BaseAddress = gateway.Address };
        gateway.Simulator.Faults.Plan(Fault.DropBefore(), times: null);

        Assert.Equal(System.Net.HttpStatusCode.BadGateway, (await http.PostAsync(target, new StringContent("x"))).StatusCode);

        Assert.Contains(logs.Lines, line => line.Contains($"Pass-through of POST {shown} failed", StringComparison.Ordinal));
        Assert.DoesNotContain(logs.Lines, line => line.StartsWith("TalkGateway", StringComparison.Ordinal) && line.Contains("s3cret", StringComparison.Ordinal));
    }
}
