using System.Text.Json.Nodes;
using static TalkGateway.Simulator.Guard;
using static TalkGateway.Simulator.Handlers;
using static TalkGateway.Simulator.Refusals;

namespace TalkGateway.Simulator;

/// <summary>Rooms: list, look at, create, delete.</summary>
internal static class RoomOperations
{
    /// <summary>A template for a new room.</summary>
    private sealed record Preset(string Identifier, string Name, string Description, JsonObject Parameters);

    private static readonly Field<Seen<Preset>>[] PresetView =
    [
        new("identifier", "24.0", s => s.Item.Identifier),
        new("name", "24.0", s => s.Item.Name),
        new("description", "24.0", s => s.Item.Description),
        new("parameters", "24.0", s => PhpJson.Map(s.Item.Parameters)),
    ];

    public static readonly OcsOperation[] Table =
    [
        new("conversation.list", "GET room", "3.0", LoggedIn, ListRooms),
        new("conversation.create", "POST room", VersionRange.Before("25.0"), LoggedIn, CreateRoom.Handle),
        new("conversation.create", "POST room", "25.0", None, CreateRoom.Handle),
        new("conversation.get_note_to_self", "GET room/note-to-self", "18.0", LoggedIn, NoteToSelf),
        new("conversation.get", "GET room/{token}", "3.0", None, GetRoom),
        new("conversation.delete", "DELETE room/{token}", "3.0", Rank, Do(Delete, When(c => c.Room.IsOneToOne && c.Has(Rules.OneToOneIsLocked), 400), Preserved)),
        new("conversation.list_open", "GET listed-room", "11.0", LoggedIn, ListOpen) { MinApi = 3 },
        new("conversation.get_capabilities", "GET room/{token}/capabilities", "19.0", None, Capabilities),
        new("conversation.list_presets", "GET presets/room", "24.0", LoggedIn, List(_ => Presets(), PresetView)),
    ];

    private static OcsResult ListRooms(OcsCall call)
    {
        var account = call.Account!;
        PersonalRooms.Ensure(call.World, account);
        var since = call.Has(Rules.ListTakesModifiedSince) ? call.Parameters.Int("modifiedSince", 0) : 0;
        var withStatus = call.Parameters.Bool("includeStatus", false);
        var rooms = call.World.RoomsOf(account).Where(r => since == 0 || r.LastActivity >= since || r.HasCall || (withStatus && r.IsOneToOne)).ToList();
        rooms.ForEach(call.World.Tidy);
        var withoutLast = call.Has(Rules.ListDropsLastMessageOnDemand) && !call.Parameters.Bool("includeLastMessage", true);
        return WithHash(call, OcsResult.List(rooms.Select(r => RoomView.Render(call.RoomContext(r) with { WithStatus = withStatus, WithoutLastMessage = withoutLast }))))
            .With("X-Nextcloud-Talk-Modified-Before", call.Has(Rules.ListHasModifiedBefore) ? World.Text(call.World.Now) : null);
    }

    private static OcsResult GetRoom(OcsCall call)
    {
        var room = call.World.Find(call.Token);
        if (room is not null)
        {
            call.World.Tidy(room);
        }

        return room is not null && MaySee(call, room)
            ? WithHash(call, OcsResult.Ok(RoomView.Render(call.RoomContext(room) with { WithStatus = true })))
            : call.Guessed(OcsResult.Refused(404));
    }

    private static OcsResult ListOpen(OcsCall call)
    {
        var term = call.Parameters.Text("searchTerm");
        var rooms = call.World.Rooms.Where(r =>
            r.Listable > 0 && r.Find(call.Account!) is null && r.Name.Contains(term, StringComparison.OrdinalIgnoreCase));
        return OcsResult.List(rooms.Select(r => RoomView.Render(call.RoomContext(r) with { IsListed = true })));
    }

    private static OcsResult NoteToSelf(OcsCall call)
    {
        PersonalRooms.Ensure(call.World, call.Account!);
        return WithHash(call, OcsResult.Ok(RoomView.Render(call.RoomContext(call.World.RoomsOf(call.Account!).First(r => r.Type == RoomType.NoteToSelf)))));
    }

    private static OcsResult Capabilities(OcsCall call)
    {
        if (call.World.Find(call.Token) is not { } room || call.FindAttendee(room) is null)
        {
            return OcsResult.Refused(404);
        }

        var section = CapabilityTable.Section(call.World, call.Account)!;
        return OcsResult.Ok(section).With("X-Nextcloud-Talk-Hash", Tokens.Sha1(section.ToJsonString()));
    }

    private static OcsResult Delete(OcsCall call)
    {
        call.World.Delete(call.Room);
        return OcsResult.Empty();
    }

    private static Preset[] Presets() =>
    [
        new("default", "Default", "A conversation with the server's defaults", []),
        new("webinar", "Webinar", "Moderators present, others listen", new JsonObject { ["roomType"] = RoomType.Public, ["lobbyState"] = 1 }),
        new("voiceroom", "Voice room", "Opening it joins the call", new JsonObject { ["roomType"] = RoomType.Group, ["attributes"] = 1 }),
    ];

    private static bool MaySee(OcsCall call, Room room) =>
        call.FindAttendee(room) is not null || room.IsPublic || (call.Account is { } account && (room.Find(account) is not null || room.Listable > 0));

    private static OcsResult WithHash(OcsCall call, OcsResult result) => result.With("X-Nextcloud-Talk-Hash", call.Has(Rules.ListHasHash) ? call.World.TalkHash : null);
}
