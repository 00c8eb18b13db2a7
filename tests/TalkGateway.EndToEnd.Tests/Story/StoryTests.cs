using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Talk.V1;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Story;

/// <summary>What one contract for every server means: a client that knows nothing of versions lives through a room's whole life.</summary>
public sealed class StoryTests(Gateways gateways) : IClassFixture<Gateways>
{
    [Theory]
    [ClassData(typeof(EveryServerData))]
    public async Task A_room_lives_from_its_creation_to_its_deletion(string profile)
    {
        var gateway = await gateways.InFrontOfAsync(profile);
        var (alice, bob, carol, guest) = (gateway.As("alice"), gateway.As("bob"), gateway.As("carol"), gateway.Guest());

        // Create.
        var created = await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Harbour tour" });
        Assert.False(created.ExistedBefore);
        Assert.Equal((RoomType.Public, "Harbour tour", ParticipantType.Owner), (created.Room.Type, created.Room.DisplayName, created.Room.ParticipantType));
        var token = created.Room.Token;

        // Invite.
        await alice.DoAsync(new AddParticipantRequest { Token = token, NewParticipant = "bob" });
        await alice.DoAsync(new AddParticipantRequest { Token = token, NewParticipant = "carol" });
        Assert.Equal(
            ["users alice Owner", "users bob User", "users carol User"],
            (await ParticipantsAsync(alice, token)).Select(p => $"{p.ActorType} {p.ActorId} {p.ParticipantType}").Order());
        Assert.Contains((await bob.AskAsync<ListRoomsResponse>(new ListRoomsRequest())).Rooms, room => room.Token == token);

        // Chat.
        var sent = await alice.AskAsync<SendMessageResponse>(new SendMessageRequest { Token = token, Message = "We meet at nine 🗼" });
        Assert.Equal(("We meet at nine 🗼", "users", "alice"), (sent.Message.Text, sent.Message.ActorType, sent.Message.ActorId));
        await bob.DoAsync(new SendMessageRequest { Token = token, Message = "Fine" });
        Assert.Equal(["We meet at nine 🗼", "Fine"], await TextsAsync(bob, token));

        // A guest joins with the password.
        var locked = await alice.AskAsync<SetRoomPasswordResponse>(new SetRoomPasswordRequest { Token = token, Password = "Gr33n-Lantern!" });
        Assert.True(locked.Room.HasPassword);
        Assert.Equal(Code.PermissionDenied, (await guest.FailAsync(new JoinRoomRequest { Token = token, Password = "wrong" })).Code);
        Assert.Equal(Code.NotFound, (await guest.FailAsync(new SendMessageRequest { Token = token, Message = "Not yet" })).Code);
        var joined = await guest.AskAsync<JoinRoomResponse>(new JoinRoomRequest { Token = token, Password = "Gr33n-Lantern!" });
        Assert.Equal((token, joined.SessionToken), (joined.Room.Token, guest.Session));
        Assert.NotEmpty(joined.Room.SessionId);
        await guest.DoAsync(new SendMessageRequest { Token = token, Message = "Ahoy" });
        var ahoy = Assert.Single(await MessagesAsync(alice, token), message => message.Text == "Ahoy");
        Assert.Equal("guests", ahoy.ActorType);

        // Call.
        var inCall = await alice.AskAsync<JoinCallResponse>(new JoinCallRequest { Token = token, Flags = (uint)(CallFlag.InCall | CallFlag.WithAudio) });
        Assert.Equal(inCall.SessionToken, alice.Session);
        await guest.DoAsync(new JoinCallRequest { Token = token });
        Assert.Equal(["guests", "users"], (await PeersAsync(bob, token)).Select(peer => peer.ActorType).Order());
        Assert.True((await bob.AskAsync<GetRoomResponse>(new GetRoomRequest { Token = token })).Room.HasCall);
        Assert.NotEqual(0u, (await ParticipantsAsync(bob, token)).Single(p => p.ActorId == "alice").InCall);
        await alice.DoAsync(new PingCallRequest { Token = token });
        await guest.DoAsync(new LeaveCallRequest { Token = token });
        Assert.Equal(["alice"], (await PeersAsync(bob, token)).Select(peer => peer.ActorId));
        await alice.DoAsync(new LeaveCallRequest { Token = token });
        Assert.Empty(await PeersAsync(bob, token));

        // Moderate: an attendee may be named by id, by actor or by session.
        await bob.DoAsync(new JoinRoomRequest { Token = token });
        var bobsSession = Assert.Single((await ParticipantsAsync(alice, token)).Single(p => p.ActorId == "bob").SessionIds);
        AttendeeRef[] bobs =
        [
            new() { AttendeeId = (await ParticipantsAsync(alice, token)).Single(p => p.ActorId == "bob").AttendeeId },
            new() { Actor = new Actor { Type = "users", Id = "bob" } },
            new() { SessionId = bobsSession },
        ];
        foreach (var attendee in bobs)
        {
            await alice.DoAsync(new PromoteParticipantRequest { Token = token, Attendee = attendee });
            var renamed = await bob.AskAsync<RenameRoomResponse>(new RenameRoomRequest { Token = token, Name = $"Tour by {attendee.AddressCase}" });
            Assert.Equal(($"Tour by {attendee.AddressCase}", ParticipantType.Moderator), (renamed.Room.DisplayName, renamed.Room.ParticipantType));
            await alice.DoAsync(new DemoteParticipantRequest { Token = token, Attendee = attendee });
            Assert.Equal(Code.PermissionDenied, (await bob.FailAsync(new RenameRoomRequest { Token = token, Name = "Mine" })).Code);
        }

        var carolsId = (await ParticipantsAsync(alice, token)).Single(p => p.ActorId == "carol").AttendeeId;
        await alice.DoAsync(new RemoveParticipantRequest { Token = token, Attendee = new AttendeeRef { AttendeeId = carolsId } });
        Assert.Equal(Code.NotFound, (await carol.FailAsync(new SendMessageRequest { Token = token, Message = "Why?" })).Code);
        var guestsSession = Assert.Single((await ParticipantsAsync(alice, token)).Single(p => p.ActorType == "guests").SessionIds);
        await alice.DoAsync(new RemoveParticipantRequest { Token = token, Attendee = new AttendeeRef { SessionId = guestsSession } });
        Assert.Equal(Code.NotFound, (await guest.FailAsync(new SendMessageRequest { Token = token, Message = "Still here?" })).Code);
        Assert.Equal(["alice", "bob"], (await ParticipantsAsync(alice, token)).Select(p => p.ActorId).Order());

        // Leave.
        await bob.DoAsync(new LeaveRoomRequest { Token = token });
        Assert.Empty((await ParticipantsAsync(alice, token)).Single(p => p.ActorId == "bob").SessionIds);
        await bob.DoAsync(new RemoveSelfRequest { Token = token });
        Assert.DoesNotContain((await bob.AskAsync<ListRoomsResponse>(new ListRoomsRequest())).Rooms, room => room.Token == token);

        // Delete.
        await alice.DoAsync(new DeleteRoomRequest { Token = token });
        Assert.Equal(Code.NotFound, (await alice.FailAsync(new GetRoomRequest { Token = token })).Code);
    }

    private static async Task<IReadOnlyList<Participant>> ParticipantsAsync(Caller caller, string token) =>
        (await caller.AskAsync<ListParticipantsResponse>(new ListParticipantsRequest { Token = token })).Participants;

    private static async Task<IReadOnlyList<CallPeer>> PeersAsync(Caller caller, string token) =>
        (await caller.AskAsync<ListCallPeersResponse>(new ListCallPeersRequest { Token = token })).Peers;

    private static async Task<IReadOnlyList<Message>> MessagesAsync(Caller caller, string token) =>
        (await caller.AskAsync<ListMessagesResponse>(new ListMessagesRequest { Token = token, Direction = ListDirection.History })).Messages;

    /// <summary>What people wrote, the oldest first.</summary>
    private static async Task<IEnumerable<string>> TextsAsync(Caller caller, string token) =>
        (await MessagesAsync(caller, token)).Where(message => message.SystemMessage.Length == 0).Reverse().Select(message => message.Text);
}
