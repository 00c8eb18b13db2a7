using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Talk.V1;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Story;

/// <summary>One story with a step for every rpc of the contract, told to every server that there is.</summary>
public sealed class WholeContractTests(Gateways gateways) : IClassFixture<Gateways>
{
    // Longer than the shortest that servers' password policies take.
    private const string Password = "Gr33n-Lantern!42";

    [Theory]
    [ClassData(typeof(EveryServerData))]
    public async Task Every_rpc_does_what_the_contract_says(string server)
    {
        var gateway = await gateways.InFrontOfAsync(server);
        var (alice, bob, carol, guest) = (gateway.As("alice"), gateway.As("bob"), gateway.As("carol"), gateway.Guest());
        var tale = await Tale.BeginAsync(alice);

        await LookAroundAsync(tale, alice, bob);
        var token = await OpenAsync(tale, alice);
        await ChangeAsync(tale, alice, token);
        await OwnSettingsAsync(tale, alice, token);
        await GatherAsync(tale, alice, bob, carol, token);
        await ChatAsync(tale, alice, bob, token);
        await CallAsync(tale, alice, bob, token);
        await SignalAsync(tale, bob, token);
        await LobbyAsync(tale, alice, bob, token);
        await ReceiveGuestAsync(tale, alice, guest, token);
        await PartAsync(tale, alice, bob, carol, token);

        Assert.True(tale.WrongSteps.Count == 0, string.Join(System.Environment.NewLine, tale.WrongSteps));
        Assert.Equal(RpcPaths.All.Order(), tale.Told.Order());
    }

    private static async Task LookAroundAsync(Tale tale, Caller alice, Caller bob)
    {
        await tale.AskAsync<GetServerStatusResponse>(alice, new GetServerStatusRequest(), answer => answer.Status.Installed);
        await tale.DoAsync(alice, new ListRoomsRequest());
        await tale.DoAsync(bob, new ListRoomsRequest());
        await tale.AskAsync<GetSettingsResponse>(alice, new GetSettingsRequest(), answer => answer.Settings is not null);
        await tale.DoAsync(alice, new ListRoomPresetsRequest());
        await tale.AskAsync<GetNoteToSelfResponse>(alice, new GetNoteToSelfRequest(), answer => answer.Room.Token.Length > 0);

        // A plain user is refused, and its password stays good.
        await tale.FailAsync(alice, new GetServerWelcomeRequest(), Code.PermissionDenied);
        await tale.DoAsync(alice, new ListRoomsRequest());
    }

    private static async Task<string> OpenAsync(Tale tale, Caller alice)
    {
        var room = (await tale.AskAsync<CreateRoomResponse>(
            alice, new CreateRoomRequest { Type = RoomType.Public, Name = "Harbour <tour> 🗼" }, answer => answer.Room.Name == "Harbour <tour> 🗼"))?.Room;
        Assert.True(room is not null, string.Join(System.Environment.NewLine, tale.WrongSteps));
        await tale.AskAsync<GetRoomResponse>(alice, new GetRoomRequest { Token = room.Token }, answer => answer.Room.ParticipantType == ParticipantType.Owner);
        await tale.DoAsync(alice, new GetRoomCapabilitiesRequest { Token = room.Token });
        return room.Token;
    }

    private static async Task ChangeAsync(Tale tale, Caller alice, string token)
    {
        await tale.AskAsync<RenameRoomResponse>(alice, new RenameRoomRequest { Token = token, Name = "Lighthouse" }, answer => answer.Room.Name == "Lighthouse");
        await tale.AskAsync<SetRoomDescriptionResponse>(
            alice, new SetRoomDescriptionRequest { Token = token, Description = "Old & white" }, answer => answer.Room.Description == "Old & white");
        await tale.AskAsync<MakeRoomPrivateResponse>(alice, new MakeRoomPrivateRequest { Token = token }, answer => answer.Room.Type == RoomType.Group);
        await tale.AskAsync<MakeRoomPublicResponse>(alice, new MakeRoomPublicRequest { Token = token }, answer => answer.Room.Type == RoomType.Public);
        await tale.AskAsync<SetRoomReadOnlyResponse>(alice, new SetRoomReadOnlyRequest { Token = token, ReadOnly = true }, answer => answer.Room.ReadOnly);
        await tale.AskAsync<SetRoomReadOnlyResponse>(alice, new SetRoomReadOnlyRequest { Token = token }, answer => !answer.Room.ReadOnly);
        await tale.AskAsync<SetRoomListableResponse>(
            alice, new SetRoomListableRequest { Token = token, Scope = ListableScope.Users }, answer => answer.Room.Listable == ListableScope.Users);
        await tale.AskAsync<SetRoomPermissionsResponse>(
            alice, new SetRoomPermissionsRequest { Token = token, Mode = RoomPermissionMode.Default }, answer => answer.Room.Token == token);
        await tale.AskAsync<SetMentionPermissionsResponse>(
            alice, new SetMentionPermissionsRequest { Token = token, ModeratorsOnly = true }, answer => answer.Room.Token == token);

        // What the server's own setting decides: background jobs, a recording backend, a service for calls elsewhere.
        await tale.FailAsync(alice, new SetMessageExpirationRequest { Token = token, Expiration = new Duration() }, Code.Ok, Code.FailedPrecondition);
        await tale.FailAsync(alice, new SetRecordingConsentRequest { Token = token, Required = true }, Code.Ok, Code.FailedPrecondition);
        await tale.FailAsync(alice, new SetRecordingConsentRequest { Token = token }, Code.Ok, Code.FailedPrecondition);
        await tale.FailAsync(alice, new GetExternalCallUrlRequest { Token = token }, Code.Ok, Code.FailedPrecondition);
        await tale.FailAsync(alice, new UnbindRoomObjectRequest { Token = token }, Code.FailedPrecondition);

        // Some builds of Talk 25 leave it to owners, others to administrators.
        await tale.FailAsync(alice, new PreserveRoomRequest { Token = token }, Code.Ok, Code.PermissionDenied);
        await tale.FailAsync(alice, new UnpreserveRoomRequest { Token = token }, Code.Ok, Code.PermissionDenied);
    }

    private static async Task OwnSettingsAsync(Tale tale, Caller alice, string token)
    {
        await tale.AskAsync<AddRoomToFavoritesResponse>(alice, new AddRoomToFavoritesRequest { Token = token }, answer => answer.Room.IsFavorite);
        await tale.AskAsync<RemoveRoomFromFavoritesResponse>(alice, new RemoveRoomFromFavoritesRequest { Token = token }, answer => !answer.Room.IsFavorite);
        await tale.AskAsync<ArchiveRoomResponse>(alice, new ArchiveRoomRequest { Token = token }, answer => answer.Room.IsArchived);
        await tale.AskAsync<UnarchiveRoomResponse>(alice, new UnarchiveRoomRequest { Token = token }, answer => !answer.Room.IsArchived);
        await tale.AskAsync<MarkRoomImportantResponse>(alice, new MarkRoomImportantRequest { Token = token }, answer => answer.Room.IsImportant);
        await tale.AskAsync<UnmarkRoomImportantResponse>(alice, new UnmarkRoomImportantRequest { Token = token }, answer => !answer.Room.IsImportant);
        await tale.AskAsync<MarkRoomSensitiveResponse>(alice, new MarkRoomSensitiveRequest { Token = token }, answer => answer.Room.IsSensitive);
        await tale.AskAsync<UnmarkRoomSensitiveResponse>(alice, new UnmarkRoomSensitiveRequest { Token = token }, answer => !answer.Room.IsSensitive);
        await tale.AskAsync<SetNotificationLevelResponse>(
            alice, new SetNotificationLevelRequest { Token = token, Level = NotificationLevel.Always }, answer => answer.Room.NotificationLevel == NotificationLevel.Always);
        await tale.DoAsync(alice, new SetCallNotificationRequest { Token = token });
    }

    private static async Task GatherAsync(Tale tale, Caller alice, Caller bob, Caller carol, string token)
    {
        await tale.AskAsync<SearchCandidatesResponse>(
            alice, new SearchCandidatesRequest { Token = token, Search = "bo" }, answer => answer.Candidates.Any(candidate => candidate.Id == "bob"));
        await tale.AskAsync<ListOpenRoomsResponse>(bob, new ListOpenRoomsRequest(), answer => answer.Rooms.Any(room => room.Token == token));
        await tale.DoAsync(alice, new AddParticipantRequest { Token = token, NewParticipant = "bob" });
        await tale.DoAsync(alice, new AddParticipantRequest { Token = token, NewParticipant = "carol" });
        await tale.FailAsync(alice, new AddParticipantRequest { Token = token, NewParticipant = "nobody-of-that-name" }, Code.NotFound);
        await tale.FailAsync(bob, new AddParticipantRequest { Token = token, NewParticipant = "carol" }, Code.PermissionDenied);

        var bobs = new AttendeeRef { AttendeeId = await AttendeeIdAsync(tale, alice, token, "bob") };
        await tale.DoAsync(alice, new PromoteParticipantRequest { Token = token, Attendee = bobs });
        await tale.FailAsync(alice, new PromoteParticipantRequest { Token = token, Attendee = bobs }, Code.FailedPrecondition);
        await tale.AskAsync<RenameRoomResponse>(bob, new RenameRoomRequest { Token = token, Name = "Pier" }, answer => answer.Room.DisplayName == "Pier");
        await tale.DoAsync(alice, new DemoteParticipantRequest { Token = token, Attendee = bobs });
        await tale.FailAsync(bob, new RenameRoomRequest { Token = token, Name = "Mine" }, Code.PermissionDenied);

        await tale.DoAsync(alice, new SetParticipantPermissionsRequest { Token = token, Attendee = bobs, Method = PermissionMethod.Set });
        await tale.FailAsync(alice, new SetAllParticipantPermissionsRequest { Token = token, Method = PermissionMethod.Set }, Code.Ok, Code.FailedPrecondition);
        await tale.DoAsync(alice, new SetPublishingPermissionsRequest { Token = token, Attendee = bobs, PublishingPermissions = 7 });
        await tale.DoAsync(alice, new ResendInvitationsRequest { Token = token });
        var file = ByteString.CopyFromUtf8("name,email\nDora,dora@example.com\n");
        await tale.AskAsync<ImportEmailsResponse>(alice, new ImportEmailsRequest { Token = token, File = file, TestRun = true }, answer => answer.Invites == 1);
        await tale.FailAsync(alice, new InviteByEmailRequest { Token = token, NewParticipant = "dora@example.com" }, Code.Ok);
        await tale.AskAsync<ListRoomsResponse>(carol, new ListRoomsRequest(), answer => answer.Rooms.Any(room => room.Token == token));
    }

    private static async Task ChatAsync(Tale tale, Caller alice, Caller bob, string token)
    {
        string[] texts = ["We meet at nine 🗼", "a < b && b > c", "@bob, \"quoted\" & <b>bold</b>", "line\nbreak", "Fine"];
        var sent = new List<long>();
        foreach (var text in texts)
        {
            var answer = await tale.AskAsync<SendMessageResponse>(
                alice, new SendMessageRequest { Token = token, Message = text, ReferenceId = $"story-{sent.Count}" }, answer => IsOf(answer.Message, "alice"));
            sent.Add(answer?.Message?.Id ?? 0);
        }

        await tale.AskAsync<ListMessagesResponse>(
            bob,
            new ListMessagesRequest { Token = token, Direction = ListDirection.History },
            answer => Written(answer).Reverse().Select(message => message.Id).SequenceEqual(sent) && Written(answer).First().Text == "Fine");
        await tale.AskAsync<ListMessagesResponse>(
            bob,
            new ListMessagesRequest { Token = token, Direction = ListDirection.Future, LastKnownMessageId = sent[2], Timeout = new Duration() },
            answer => Written(answer).Select(message => message.Id).SequenceEqual(sent[3..]));
        await tale.FailAsync(alice, new SendMessageRequest { Token = token }, Code.InvalidArgument);
        await tale.AskAsync<SuggestMentionsResponse>(
            alice, new SuggestMentionsRequest { Token = token, Search = "bo" }, answer => answer.Mentions.Any(mention => mention.Id == "bob"));
        await tale.AskAsync<SetReadMarkerResponse>(bob, new SetReadMarkerRequest { Token = token }, answer => answer.Room.UnreadMessages == 0);
        await tale.AskAsync<MarkUnreadResponse>(bob, new MarkUnreadRequest { Token = token }, answer => answer.Room.UnreadMessages > 0);
        await tale.AskAsync<GetMessageContextResponse>(
            bob, new GetMessageContextRequest { Token = token, MessageId = Math.Max(1, sent[1]) }, answer => answer.Messages.Any(message => message.Id == sent[1]));
        await tale.AskAsync<EditMessageResponse>(
            alice, new EditMessageRequest { Token = token, MessageId = Math.Max(1, sent[4]), Message = "Better" }, answer => answer.Message.Parent?.Text == "Better");
        await tale.FailAsync(bob, new DeleteMessageRequest { Token = token, MessageId = Math.Max(1, sent[4]) }, Code.PermissionDenied);
        await tale.AskAsync<DeleteMessageResponse>(
            alice, new DeleteMessageRequest { Token = token, MessageId = Math.Max(1, sent[4]) }, answer => answer.Message.Parent?.Id == sent[4]);
        var highlight = new Struct { Fields = { ["name"] = Value.ForString("Pier") } };
        await tale.AskAsync<ShareObjectResponse>(
            alice, new ShareObjectRequest { Token = token, ObjectType = "highlight", ObjectId = "1", MetaData = highlight }, answer => IsOf(answer.Message, "alice"));
        await tale.FailAsync(bob, new ClearHistoryRequest { Token = token }, Code.PermissionDenied);
        await tale.AskAsync<ClearHistoryResponse>(alice, new ClearHistoryRequest { Token = token }, answer => answer.Message is not null);
    }

    private static async Task CallAsync(Tale tale, Caller alice, Caller bob, string token)
    {
        await tale.FailAsync(alice, new DownloadCallParticipantsRequest { Token = token }, Code.FailedPrecondition);
        await tale.AskAsync<JoinCallResponse>(alice, new JoinCallRequest { Token = token, Flags = 1 }, answer => answer.SessionToken.Length > 0);
        await tale.DoAsync(alice, new UpdateCallFlagsRequest { Token = token, Flags = 3 });
        await tale.AskAsync<ListCallPeersResponse>(bob, new ListCallPeersRequest { Token = token }, answer => answer.Peers.Single().ActorId == "alice");
        await tale.DoAsync(alice, new PingCallRequest { Token = token });
        await tale.DoAsync(alice, new DownloadCallParticipantsRequest { Token = token });
        await tale.AskAsync<GetCallNotificationStateResponse>(
            bob, new GetCallNotificationStateRequest { Token = token }, answer => answer.State == CallNotificationState.Ringing);
        await tale.DoAsync(
            alice, new RingAttendeeRequest { Token = token, Attendee = new AttendeeRef { AttendeeId = await AttendeeIdAsync(tale, alice, token, "bob") } });
        await tale.DoAsync(alice, new LeaveCallRequest { Token = token });
        await tale.AskAsync<ListCallPeersResponse>(bob, new ListCallPeersRequest { Token = token }, answer => answer.Peers.Count == 0);
        await tale.DoAsync(alice, new LeaveRoomRequest { Token = token });
        alice.Session = null;
    }

    private static async Task SignalAsync(Tale tale, Caller bob, string token)
    {
        var joined = await tale.AskAsync<JoinRoomResponse>(bob, new JoinRoomRequest { Token = token }, answer => answer.Room.SessionId.Length > 1);
        await tale.AskAsync<SetSessionStateResponse>(bob, new SetSessionStateRequest { Token = token, Active = true }, answer => answer.Room.Token == token);
        var session = joined?.Room.SessionId ?? "";
        var offer = new OutgoingMessage { Ev = "message", SessionId = session, Fn = $$$"""{"to":"{{{session}}}","type":"offer","payload":{"type":"offer"}}""" };
        await tale.DoAsync(bob, new SendMessagesRequest { Token = token, Messages = { offer } });
        await tale.AskAsync<PullMessagesResponse>(bob, new PullMessagesRequest { Token = token }, answer => answer.Entries.Count > 0);
    }

    private static async Task LobbyAsync(Tale tale, Caller alice, Caller bob, string token)
    {
        var closed = await tale.AskAsync<SetRoomLobbyResponse>(alice, new SetRoomLobbyRequest { Token = token, Enabled = true }, answer => answer.Room.Token == token);
        if (closed is not null)
        {
            await tale.FailAsync(bob, new SendMessageRequest { Token = token, Message = "Let me in" }, Code.FailedPrecondition);
            await tale.DoAsync(alice, new SetRoomLobbyRequest { Token = token });
        }

        await tale.AskAsync<SendMessageResponse>(bob, new SendMessageRequest { Token = token, Message = "I am in" }, answer => answer.Message.Text == "I am in");
        await tale.DoAsync(bob, new LeaveRoomRequest { Token = token });
        bob.Session = null;
    }

    private static async Task ReceiveGuestAsync(Tale tale, Caller alice, Caller guest, string token)
    {
        await tale.AskAsync<SetRoomPasswordResponse>(alice, new SetRoomPasswordRequest { Token = token, Password = Password }, answer => answer.Room.HasPassword);
        await tale.FailAsync(guest, new JoinRoomRequest { Token = token, Password = "wrong" }, Code.PermissionDenied);
        await tale.AskAsync<JoinRoomResponse>(guest, new JoinRoomRequest { Token = token, Password = Password }, answer => answer.SessionToken == guest.Session);
        await tale.DoAsync(guest, new SetDisplayNameRequest { Token = token, DisplayName = "Gulliver" });
        await tale.AskAsync<SendMessageResponse>(
            guest, new SendMessageRequest { Token = token, Message = "Ahoy <&> 🗼" }, answer => answer.Message.ActorType == "guests");
        await tale.DoAsync(guest, new LeaveRoomRequest { Token = token });
        await tale.AskAsync<SetRoomPasswordResponse>(alice, new SetRoomPasswordRequest { Token = token }, answer => !answer.Room.HasPassword);
    }

    private static async Task PartAsync(Tale tale, Caller alice, Caller bob, Caller carol, string token)
    {
        var carols = new AttendeeRef { Actor = new Actor { Type = "users", Id = "carol" } };
        await tale.DoAsync(alice, new MakeRoomPrivateRequest { Token = token });
        await tale.DoAsync(alice, new SetRoomListableRequest { Token = token });
        await tale.DoAsync(alice, new RemoveParticipantRequest { Token = token, Attendee = carols });
        await tale.FailAsync(carol, new ListMessagesRequest { Token = token }, Code.NotFound);
        await tale.DoAsync(bob, new RemoveSelfRequest { Token = token });
        await tale.FailAsync(bob, new GetRoomRequest { Token = token }, Code.NotFound);
        await tale.DoAsync(alice, new DeleteRoomRequest { Token = token });
        await tale.FailAsync(alice, new GetRoomRequest { Token = token }, Code.NotFound);
    }

    private static async Task<long> AttendeeIdAsync(Tale tale, Caller alice, string token, string user)
    {
        var listed = await tale.AskAsync<ListParticipantsResponse>(
            alice, new ListParticipantsRequest { Token = token }, answer => answer.Participants.Any(participant => participant.ActorId == user));
        return listed?.Participants.Single(participant => participant.ActorId == user).AttendeeId ?? 0;
    }

    private static IEnumerable<Message> Written(ListMessagesResponse page) => page.Messages.Where(message => message.SystemMessage.Length == 0);

    private static bool IsOf(Message? message, string user) => message is { Id: > 0, ActorType: "users" } && message.ActorId == user;
}
