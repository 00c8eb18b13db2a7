using Google.Protobuf;
using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Talk.V1;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Story;

/// <summary>A change of a room gives back the room, whatever the server answers; what a server can't do is named.</summary>
public sealed class RoomSettingsTests(Gateways gateways) : IClassFixture<Gateways>
{
    private static readonly Func<string, IMessage>[] Setters =
    [
        token => new RenameRoomRequest { Token = token, Name = "Renamed" },
        token => new SetRoomPasswordRequest { Token = token, Password = "Gr33n-Lantern!" },
        token => new SetRoomDescriptionRequest { Token = token, Description = "Described" },
        token => new MakeRoomPrivateRequest { Token = token },
        token => new MakeRoomPublicRequest { Token = token, Password = "Gr33n-Lantern!" },
        token => new SetRoomListableRequest { Token = token, Scope = ListableScope.Users },
        token => new SetRoomLobbyRequest { Token = token, Enabled = true },
        token => new SetRoomPermissionsRequest { Token = token, Mode = RoomPermissionMode.Default, Permissions = (uint)Permission.Chat },
        token => new SetMentionPermissionsRequest { Token = token, ModeratorsOnly = true },
        token => new AddRoomToFavoritesRequest { Token = token },
        token => new RemoveRoomFromFavoritesRequest { Token = token },
        token => new ArchiveRoomRequest { Token = token },
        token => new UnarchiveRoomRequest { Token = token },
        token => new MarkRoomImportantRequest { Token = token },
        token => new UnmarkRoomImportantRequest { Token = token },
        token => new MarkRoomSensitiveRequest { Token = token },
        token => new UnmarkRoomSensitiveRequest { Token = token },
        token => new SetNotificationLevelRequest { Token = token, Level = NotificationLevel.Always },
        token => new SetCallNotificationRequest { Token = token, Enabled = false },
        token => new SetReadMarkerRequest { Token = token },
        token => new MarkUnreadRequest { Token = token },
        token => new SetRoomReadOnlyRequest { Token = token, ReadOnly = true },
    ];

    [Fact]
    public async Task A_preserved_room_says_so_whatever_is_refused_and_only_to_those_who_could_otherwise()
    {
        var gateway = await gateways.InFrontOfAsync("25");
        var (admin, bob) = (gateway.As("admin"), gateway.As("bob"));
        var token = (await admin.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Archive" })).Room.Token;
        await admin.DoAsync(new AddParticipantRequest { Token = token, NewParticipant = "bob" });
        await admin.DoAsync(new PreserveRoomRequest { Token = token });

        foreach (IMessage request in new IMessage[] { new ClearHistoryRequest { Token = token }, new DeleteRoomRequest { Token = token }, new MakeRoomPrivateRequest { Token = token } })
        {
            var failure = await admin.FailAsync(request);
            Assert.Equal((Code.FailedPrecondition, "PRESERVED"), (failure.Code, failure.Reason));
            Assert.Contains("the room is preserved", failure.Text, StringComparison.Ordinal);
        }

        Assert.Equal(Code.PermissionDenied, (await bob.FailAsync(new ClearHistoryRequest { Token = token })).Code);
        await admin.DoAsync(new UnpreserveRoomRequest { Token = token });
        await admin.DoAsync(new ClearHistoryRequest { Token = token });
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task Every_setter_answers_the_room_or_what_the_server_lacks_for_it(string profile)
    {
        var gateway = await gateways.InFrontOfAsync(profile);
        var alice = gateway.As("alice");
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Lab" })).Room.Token;
        var support = (await alice.AskAsync<GetCapabilitiesResponse>(new GetCapabilitiesRequest())).Rpcs.ToDictionary(rpc => rpc.Rpc);

        foreach (var setter in Setters)
        {
            var request = setter(token);
            var rpc = RpcPaths.Of(request.Descriptor);
            if (support[rpc].Supported)
            {
                // The room is field 1 in the answer of every setter, so that one type reads them all.
                var answer = await alice.AskAsync<RenameRoomResponse>(request);
                Assert.True(answer.Room?.Token == token, $"{rpc} answers no room.");
            }
            else
            {
                var failure = await alice.FailAsync(request);
                Assert.Equal((Code.Unimplemented, support[rpc].Missing), (failure.Code, failure.Info.Metadata["missing"]));
            }
        }
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task A_setter_answers_the_room_as_it_is_after_the_change(string profile)
    {
        var gateway = await gateways.InFrontOfAsync(profile);
        var alice = gateway.As("alice");
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Public, Name = "Before" })).Room.Token;

        Assert.Equal("After", (await alice.AskAsync<RenameRoomResponse>(new RenameRoomRequest { Token = token, Name = "After" })).Room.Name);
        Assert.True((await alice.AskAsync<SetRoomPasswordResponse>(new SetRoomPasswordRequest { Token = token, Password = "x" })).Room.HasPassword);
        Assert.Equal(RoomType.Group, (await alice.AskAsync<MakeRoomPrivateResponse>(new MakeRoomPrivateRequest { Token = token })).Room.Type);
        var open = (await alice.AskAsync<MakeRoomPublicResponse>(new MakeRoomPublicRequest { Token = token, Password = "y" })).Room;
        Assert.Equal((RoomType.Public, true), (open.Type, open.HasPassword));
    }
}
