using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>Creating a room, which grew from a type and an invitee to everything at once.</summary>
internal static class CreateRoom
{
    private static readonly HashSet<string> ObjectTypes =
    [
        "room", "event", "instant_meeting", "phone_temporary", "phone_persist", "extended_conversation", "classified", "classified_persist",
    ];

    /// <summary>A setting that a room can be created with: what it may be, and the reason that refuses anything else.</summary>
    private sealed record Setting(string Name, Action<Room, int> Set, int Least = int.MinValue, int Most = int.MaxValue, string Reason = "");

    private static readonly Setting[] Settings =
    [
        new("listable", (r, v) => r.Listable = v, 0, 2, "listable"),
        new("readOnly", (r, v) => r.ReadOnly = v, 0, 1, "read-only"),
        new("lobbyState", (r, v) => r.LobbyState = v, 0, 1, "lobby"),
        new("lobbyTimer", (r, v) => r.LobbyTimer = v),
        new("messageExpiration", (r, v) => r.MessageExpiration = v, Least: 0, Reason: "message-expiration"),
        new("permissions", (r, v) => r.DefaultPermissions = Permission.AsCustom(v)),
        new("mentionPermissions", (r, v) => r.MentionPermissions = v),
    ];

    public static OcsResult Handle(OcsCall call)
    {
        if (call.Account is null)
        {
            return OcsResult.Error(401, "auth");
        }

        var type = call.Has(Rules.TypeHasDefault) ? call.Parameters.Int("roomType", RoomType.Group)
            : call.Has(Rules.MissingArgumentsMatter) ? call.Parameters.RequiredInt("roomType")
            : call.Parameters.Int("roomType", 0);
        return type switch
        {
            RoomType.OneToOne => OneToOne(call),
            RoomType.Group or RoomType.Public => Shared(call, type),
            _ => OcsResult.Error(400, "type"),
        };
    }

    private static OcsResult OneToOne(OcsCall call)
    {
        var world = call.World;
        var self = call.Account!;
        if (world.Accounts.Find(Invitee(call)) is not { } partner)
        {
            return OcsResult.Error(404, "invite");
        }

        if (partner == self)
        {
            var any = world.Rooms.Find(r => r.IsOneToOne && r.Find(self) is not null);
            return any is null || call.Has(Rules.OneToOneWithSelfIsRefused) ? OcsResult.Error(403, "invite") : Answer(call, any, isNew: false);
        }

        var name = PairName(self.Id, partner.Id);
        var room = world.Rooms.Find(r => r.IsOneToOne && r.Name == name);
        var isNew = room is null;
        if (room is null)
        {
            room = world.AddRoom(RoomType.OneToOne, name);
            world.AddUser(room, self, ParticipantType.Owner);
            world.Announce(room, room.Attendees[0], "conversation_created");
        }
        else if (room.Find(self) is null)
        {
            world.AddUser(room, self, ParticipantType.Owner);
        }

        if (!call.Has(Rules.OneToOneIsFilledByMessage) && room.Find(partner) is null)
        {
            world.AddUser(room, partner, ParticipantType.Owner);
        }

        return Answer(call, room, isNew);
    }

    /// <summary>A one-to-one is named after both, as JSON text.</summary>
    public static string PairName(string one, string other)
    {
        string[] pair = string.CompareOrdinal(one, other) < 0 ? [one, other] : [other, one];
        return $"[\"{pair[0]}\",\"{pair[1]}\"]";
    }

    private static OcsResult Shared(OcsCall call, int type)
    {
        var world = call.World;
        var invite = Invitee(call);
        IReadOnlyList<string> members = [];
        var name = call.Has(Rules.RoomsHaveNames) ? call.Parameters.Text("roomName").Trim() : "";
        if (type == RoomType.Group && (invite.Length > 0 || !call.Has(Rules.RoomsHaveNames)))
        {
            var source = call.Parameters.Text("source", "groups");
            if (source == "circles" && call.Has(Rules.CirclesAreKnown))
            {
                return OcsResult.Error(400, "invite");
            }

            if (world.Accounts.MembersOf(invite) is not { } group)
            {
                return OcsResult.Error(404, "invite");
            }

            (members, name) = (group, invite);
        }

        if (Refusal(call, name) is { } refusal)
        {
            return refusal;
        }

        var invitees = call.Has(Rules.CreationTakesEverything) ? call.Parameters.TextLists("participants") : new Dictionary<string, IReadOnlyList<string>>();
        var invalid = Invalid(world, invitees);
        if (invalid.Count > 0 && invitees.Sum(i => i.Value.Count) == invalid.Sum(i => i.Value!.AsArray().Count))
        {
            return OcsResult.Error(404, "invite");
        }

        var room = world.AddRoom(type, name.Length == 0 && call.Has(Rules.CreationTakesEverything) ? "---" : name);
        var owner = world.AddUser(room, call.Account!, ParticipantType.Owner);
        world.Announce(room, owner, "conversation_created");
        Furnish(call, room);
        foreach (var member in members.Where(m => m != call.Account!.Id))
        {
            Invitations.AddUser(world, room, world.Accounts.Find(member)!, owner);
        }

        foreach (var (source, ids) in invitees)
        {
            foreach (var id in ids)
            {
                Invitations.Add(world, room, source, id, owner);
            }
        }

        return Answer(call, room, isNew: true, invalid);
    }

    private static string Invitee(OcsCall call)
    {
        var invite = call.Parameters.Text("invite");
        return invite.Length > 0 || !call.Has(Rules.CreationTakesEverything)
            ? invite
            : call.Parameters.Int("roomType", RoomType.Group) == RoomType.OneToOne
                ? call.Parameters.TextLists("participants").GetValueOrDefault("users") is [var first, ..] ? first : ""
                : "";
    }

    private static OcsResult? Refusal(OcsCall call, string name)
    {
        var p = call.Parameters;
        if (call.Has(Rules.EmptyNamesAtCreationAreRefused) && name.Length == 0)
        {
            return OcsResult.Error(400, "name");
        }

        if (call.Has(Rules.LongNamesAtCreationAreRefused) && Input.Count(name) > 255)
        {
            return OcsResult.Error(400, "name");
        }

        if (call.Has(Rules.CreationTakesObject) && p.Text("objectType") is { Length: > 0 } objectType && !ObjectTypes.Contains(objectType))
        {
            return OcsResult.Error(400, "object-type");
        }

        if (!call.Has(Rules.CreationTakesEverything))
        {
            return null;
        }

        var refused = Array.Find(Settings, s => p.Int(s.Name, 0) is var value && (value < s.Least || value > s.Most));
        return refused is not null ? OcsResult.Error(400, refused.Reason)
            : Input.Count(p.Text("description")) > Rules.LongestDescription.At(call.Version) ? OcsResult.Error(400, "description")
            : null;
    }

    private static void Furnish(OcsCall call, Room room)
    {
        var p = call.Parameters;
        if (call.Has(Rules.CreationTakesObject))
        {
            (room.ObjectType, room.ObjectId) = (p.Text("objectType"), p.Text("objectId"));
        }

        if (call.Has(Rules.CreationTakesPassword) && room.IsPublic)
        {
            room.Password = p.Text("password");
        }

        if (!call.Has(Rules.CreationTakesEverything))
        {
            return;
        }

        room.Description = p.Text("description").Trim();
        foreach (var setting in Settings)
        {
            setting.Set(room, p.Int(setting.Name, 0));
        }
    }

    private static JsonObject Invalid(World world, IReadOnlyDictionary<string, IReadOnlyList<string>> invitees)
    {
        var invalid = new JsonObject();
        foreach (var (source, ids) in invitees)
        {
            var unknown = ids.Where(id => !Invitations.IsKnown(world, source, id)).ToList();
            if (unknown.Count > 0)
            {
                invalid[source] = PhpJson.Strings(unknown);
            }
        }

        return invalid;
    }

    private static OcsResult Answer(OcsCall call, Room room, bool isNew, JsonObject? invalid = null)
    {
        var status = isNew ? 201 : 200;
        if (call.Has(Rules.CreationAnswersRoom))
        {
            var answer = RoomView.Render(call.RoomContext(room));
            if (invalid is { Count: > 0 })
            {
                answer["invalidParticipants"] = invalid;
                status = 202;
            }

            return OcsResult.Ok(answer, status);
        }

        var token = new JsonObject { ["token"] = room.Token };
        if (isNew && call.Has(Rules.CreationAnswersNames))
        {
            var view = RoomView.Render(call.RoomContext(room));
            token["name"] = room.IsOneToOne ? "" : room.Name;
            token["displayName"] = view["displayName"]!.DeepClone();
        }

        return OcsResult.Ok(token, status);
    }
}
