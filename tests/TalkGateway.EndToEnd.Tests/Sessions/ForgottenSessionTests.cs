using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Talk.V1;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Sessions;

/// <summary>Who forgets to send the session along is told so.</summary>
public sealed class ForgottenSessionTests(Gateways gateways) : IClassFixture<Gateways>
{
    [Theory]
    [ClassData(typeof(EveryServerData))]
    public async Task A_guest_is_told_to_join_and_to_send_the_session(string server)
    {
        var gateway = await gateways.InFrontOfAsync(server);
        var (alice, guest) = (gateway.As("alice"), gateway.Guest());
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Foyer" })).Room.Token;
        await guest.AskAsync<JoinRoomResponse>(new JoinRoomRequest { Token = token });

        var failure = await guest.Elsewhere().FailAsync(new SendMessageRequest { Token = token, Message = "Hello?" });
        var unnamed = await guest.Elsewhere().FailAsync(new SetDisplayNameRequest { Token = token, DisplayName = "Gulliver" });
        await alice.DoAsync(new DeleteRoomRequest { Token = token });

        Assert.Equal(Code.NotFound, failure.Code);
        Assert.Contains("JoinRoom", failure.Text, StringComparison.Ordinal);
        Assert.Contains("talk-session", failure.Text, StringComparison.Ordinal);
        Assert.Contains(unnamed.Code, new[] { Code.FailedPrecondition, Code.Unimplemented });
    }
}
