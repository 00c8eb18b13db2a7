using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Simulator;
using TalkGateway.Talk.V1;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Story;

/// <summary>Rooms are created with all they shall have, in one request where the server can and step by step where it can't.</summary>
public sealed class CreateRoomTests(Gateways gateways) : IClassFixture<Gateways>
{
    /// <summary>An attribute, the first Talk that has it, what that Talk publishes, and how to see it.</summary>
    private static readonly Dictionary<string, (string Since, string Capability, Action<CreateRoomRequest> Ask, Func<Room, bool> Has)> Attributes = new()
    {
        ["description"] = ("11.0", "room-description", r => r.Description = "Bring a torch", r => r.Description == "Bring a torch"),
        ["listable"] = ("11.0", "listable-rooms", r => r.Listable = ListableScope.Users, r => r.Listable == ListableScope.Users),
        ["lobby_enabled"] = ("7.0", "webinary-lobby", r => r.LobbyEnabled = true, r => r.LobbyEnabled),
        ["read_only"] = ("6.0", "read-only-rooms", r => r.ReadOnly = true, r => r.ReadOnly),
        ["permissions"] = ("13.0", "conversation-permissions", r => r.Permissions = (uint)(Permission.CallJoin | Permission.Chat), r => (r.DefaultPermissions & (uint)Permission.Chat) != 0),
        ["mentions_for_moderators_only"] = ("20.0", "mention-permissions", r => r.MentionsForModeratorsOnly = true, r => r.MentionsForModeratorsOnly),
    };

    public static TheoryData<string, string> AttributesOnEveryProfile
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var profile in Gateways.Profiles)
            {
                foreach (var attribute in Attributes.Keys)
                {
                    rows.Add(profile.Name, attribute);
                }
            }

            return rows;
        }
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task A_password_given_at_creation_is_asked_of_guests(string profile)
    {
        var gateway = await gateways.InFrontOfAsync(profile);
        var (alice, guest) = (gateway.As("alice"), gateway.Guest());

        var room = (await alice.AskAsync<CreateRoomResponse>(
            new CreateRoomRequest { Type = RoomType.Public, Name = "Vault", Password = "Gr33n-Lantern!" })).Room;

        Assert.Equal(("Vault", true), (room.DisplayName, room.HasPassword));
        Assert.Equal(Code.PermissionDenied, (await guest.FailAsync(new JoinRoomRequest { Token = room.Token })).Code);
        await guest.DoAsync(new JoinRoomRequest { Token = room.Token, Password = "Gr33n-Lantern!" });
    }

    [Theory]
    [MemberData(nameof(AttributesOnEveryProfile))]
    public async Task An_attribute_is_set_at_creation_or_refused_before_anything_is_created(string profile, string attribute)
    {
        var (since, capability, ask, has) = Attributes[attribute];
        await using var gateway = await TestGateway.StartAsync(profile);
        var alice = gateway.As("alice");
        var request = new CreateRoomRequest { Type = RoomType.Group, Name = "Cellar" };
        ask(request);

        if (Gateways.VersionOf(profile) >= Version.Parse(since))
        {
            var room = (await alice.AskAsync<CreateRoomResponse>(request)).Room;
            Assert.True(has(room), room.ToString());
            Assert.True(has((await alice.AskAsync<GetRoomResponse>(new GetRoomRequest { Token = room.Token })).Room));
        }
        else
        {
            var failure = await alice.FailAsync(request);
            Assert.Equal((Code.Unimplemented, "NOT_SUPPORTED_BY_SERVER"), (failure.Code, failure.Reason));
            Assert.Equal([attribute], failure.Fields);
            Assert.Contains(capability, failure.Info.Metadata["missing"], StringComparison.Ordinal);
            Assert.Empty(gateway.Simulator.Requests.Of("conversation.create"));
        }
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task People_are_invited_at_creation(string profile)
    {
        var gateway = await gateways.InFrontOfAsync(profile);
        var alice = gateway.As("alice");

        var room = (await alice.AskAsync<CreateRoomResponse>(
            new CreateRoomRequest { Type = RoomType.Group, Name = "Crew", Participants = new Invitations { Users = { "bob", "carol" } } })).Room;

        var participants = (await alice.AskAsync<ListParticipantsResponse>(new ListParticipantsRequest { Token = room.Token })).Participants;
        Assert.Equal(["alice", "bob", "carol"], participants.Select(p => p.ActorId).Order());
        Assert.Equal((RoomType.Group, "Crew"), (room.Type, room.DisplayName));
    }

    [Theory]
    [ClassData(typeof(EveryProfileData))]
    public async Task A_one_to_one_room_is_created_once(string profile)
    {
        await using var gateway = await TestGateway.StartAsync(profile);
        var alice = gateway.As("alice");
        var request = new CreateRoomRequest { Type = RoomType.OneToOne, Invite = "bob" };

        var first = await alice.AskAsync<CreateRoomResponse>(request);
        var second = await alice.AskAsync<CreateRoomResponse>(request);

        Assert.Equal((false, true), (first.ExistedBefore, second.ExistedBefore));
        Assert.Equal((first.Room.Token, RoomType.OneToOne), (second.Room.Token, second.Room.Type));
    }

    [Fact]
    public async Task A_server_that_takes_everything_at_creation_is_asked_once()
    {
        await using var gateway = await TestGateway.StartAsync("25");

        await gateway.As("alice").DoAsync(Everything());

        Assert.DoesNotContain(gateway.Simulator.Requests.All, request => request.Method is "PUT" or "DELETE");
        Assert.Single(gateway.Simulator.Requests.All, request => request.Method == "POST");
    }

    [Theory]
    [InlineData("3.0")]
    [InlineData("5")]
    [InlineData("12")]
    [InlineData("21")]
    public async Task A_room_that_cannot_get_all_it_shall_have_is_deleted_again(string profile)
    {
        await using var gateway = await TestGateway.StartAsync(profile);
        var alice = gateway.As("alice");

        var failure = await alice.FailAsync(new CreateRoomRequest
        {
            Type = RoomType.Public,
            Name = "Doomed",
            Password = "x",
            Participants = new Invitations { Users = { "bob", "nobody" } },
        });

        Assert.Equal(Code.NotFound, failure.Code);
        Assert.Equal(["participants"], failure.Fields);
        Assert.Equal(201, Assert.Single(gateway.Simulator.Requests.Of("conversation.create")).Status);
        Assert.Equal(200, Assert.Single(gateway.Simulator.Requests.Of("conversation.delete")).Status);
        Assert.DoesNotContain((await alice.AskAsync<ListRoomsResponse>(new ListRoomsRequest())).Rooms, room => room.DisplayName == "Doomed");
    }

    [Fact]
    public async Task A_room_that_cannot_be_deleted_again_is_named()
    {
        await using var gateway = await TestGateway.StartAsync("12");
        var alice = gateway.As("alice");
        gateway.Simulator.Faults.Plan(Fault.Answering(500), "PUT", "/description");
        gateway.Simulator.Faults.Plan(Fault.Answering(500), "DELETE", "/room/", times: null);

        var failure = await alice.FailAsync(new CreateRoomRequest { Type = RoomType.Group, Name = "Zombie", Description = "Brains" });

        Assert.Equal(Code.Internal, failure.Code);
        var left = failure.Infos.Single(info => info.Reason == "ROOM_LEFT_BEHIND").Metadata["token"];
        Assert.Contains((await alice.AskAsync<ListRoomsResponse>(new ListRoomsRequest())).Rooms, room => room.Token == left);
    }

    [Fact]
    public async Task A_room_is_named_as_well_where_the_connection_broke_while_it_was_read_and_deleted()
    {
        await using var gateway = await TestGateway.StartAsync("12");
        var alice = gateway.As("alice");
        await alice.DoAsync(new ListRoomsRequest());
        gateway.Simulator.Faults.Plan(Fault.DropBefore(), "GET", "/room/", times: null);
        gateway.Simulator.Faults.Plan(Fault.DropBefore(), "DELETE", "/room/");

        var failure = await alice.FailAsync(new CreateRoomRequest { Type = RoomType.Group, Name = "Zombie", Description = "Brains" });

        var left = failure.Infos.Single(info => info.Reason == "ROOM_LEFT_BEHIND").Metadata["token"];
        Assert.Contains((await alice.AskAsync<ListRoomsResponse>(new ListRoomsRequest())).Rooms, room => room.Token == left);
    }

    private static CreateRoomRequest Everything() => new()
    {
        Type = RoomType.Public,
        Name = "Everything",
        Password = "Gr33n-Lantern!",
        Description = "All at once",
        Listable = ListableScope.All,
        LobbyEnabled = true,
        LobbyTimer = Timestamp.FromDateTime(new DateTime(2099, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
        MentionsForModeratorsOnly = true,
        Permissions = (uint)Permission.Chat,
        Participants = new Invitations { Users = { "bob" }, Groups = { "team" } },
    };
}
