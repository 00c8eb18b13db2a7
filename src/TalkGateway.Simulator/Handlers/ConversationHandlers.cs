using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>Rooms: list, look at, delete, and what a user sets for himself.</summary>
internal static class ConversationHandlers
{
    public static OcsResult List(OcsCall call)
    {
        var account = call.Account!;
        PersonalRooms.Ensure(call.World, account);
        var since = call.Has(Rules.ListTakesModifiedSince) ? call.Parameters.Int("modifiedSince", 0) : 0;
        var withStatus = call.Parameters.Bool("includeStatus", false);
        var rooms = call.World.Rooms
            .Where(r => r.Find(ActorType.Users, account.Id) is not null && (since == 0 || r.LastActivity >= since || r.HasCall || (withStatus && r.IsOneToOne)))
            .ToList();
        foreach (var room in rooms)
        {
            call.World.Tidy(room);
        }

        var withoutLast = call.Has(Rules.ListDropsLastMessageOnDemand) && !call.Parameters.Bool("includeLastMessage", true);
        var list = rooms.Select(r => (JsonNode?)RoomView.Render(call.RoomContext(r) with { WithStatus = withStatus, WithoutLastMessage = withoutLast }));
        return WithHash(call, OcsResult.Ok(PhpJson.List(list)))
            .With("X-Nextcloud-Talk-Modified-Before", call.Has(Rules.ListHasModifiedBefore) ? World.Text(call.World.Now) : null);
    }

    public static OcsResult Get(OcsCall call)
    {
        var room = call.World.Find(call.Token);
        if (room is not null)
        {
            call.World.Tidy(room);
        }

        if (room is null || !MaySee(call, room))
        {
            return Unknown(call);
        }

        return WithHash(call, OcsResult.Ok(RoomView.Render(call.RoomContext(room) with { WithStatus = true })));
    }

    /// <summary>An unknown token counts as an attempt at guessing one.</summary>
    public static OcsResult Unknown(OcsCall call) => OcsResult.Refused(404)
        .With("X-Nextcloud-Bruteforce-Throttled", call.World.BruteForce.Count(call.Address, call.World.Clock.GetUtcNow()));

    public static OcsResult ListOpen(OcsCall call)
    {
        var term = call.Parameters.Text("searchTerm");
        var rooms = call.World.Rooms.Where(r =>
            r.Listable > 0 && r.Find(ActorType.Users, call.Account!.Id) is null && r.Name.Contains(term, StringComparison.OrdinalIgnoreCase));
        return OcsResult.Ok(PhpJson.List(rooms.Select(r => (JsonNode?)RoomView.Render(call.RoomContext(r) with { IsListed = true }))));
    }

    public static OcsResult NoteToSelf(OcsCall call)
    {
        PersonalRooms.Ensure(call.World, call.Account!);
        var room = call.World.Rooms.First(r => r.Type == RoomType.NoteToSelf && r.Find(ActorType.Users, call.Account!.Id) is not null);
        return WithHash(call, OcsResult.Ok(RoomView.Render(call.RoomContext(room))));
    }

    public static OcsResult Presets(OcsCall call) => OcsResult.Ok(PhpJson.List(
    [
        Preset("default", "Default", "A conversation with the server's defaults", []),
        Preset("webinar", "Webinar", "Moderators present, others listen", new JsonObject { ["roomType"] = RoomType.Public, ["lobbyState"] = 1 }),
        Preset("voiceroom", "Voice room", "Opening it joins the call", new JsonObject { ["roomType"] = RoomType.Group, ["attributes"] = 1 }),
    ]));

    public static OcsResult RoomCapabilities(OcsCall call)
    {
        if (call.World.Find(call.Token) is not { } room || call.FindAttendee(room) is null)
        {
            return OcsResult.Refused(404);
        }

        var section = CapabilityTable.Section(call.World, call.Account)!;
        return OcsResult.Ok(section).With("X-Nextcloud-Talk-Hash", Tokens.Sha1(section.ToJsonString()));
    }

    public static OcsResult Delete(OcsCall call)
    {
        if (call.Room.IsOneToOne && call.Has(Rules.OneToOneIsLocked))
        {
            return OcsResult.Error(400);
        }

        if (ConversationSettings.IsPreserved(call.Room))
        {
            return OcsResult.Error(403, "preserved");
        }

        call.World.Delete(call.Room);
        return OcsResult.Empty();
    }

    public static Func<OcsCall, OcsResult> Personal(Action<Attendee> change) => call =>
    {
        change(call.Attendee);
        return call.Changed();
    };

    public static OcsResult SetNotificationLevel(OcsCall call)
    {
        var level = call.Parameters.RequiredInt("level");
        if (level is < 1 or > 3)
        {
            return OcsResult.Error(400, "level");
        }

        call.Attendee.NotificationLevel = level;
        return call.Changed();
    }

    public static OcsResult SetCallNotification(OcsCall call)
    {
        var level = call.Parameters.RequiredInt("level");
        if (level is < 0 or > 1)
        {
            return OcsResult.Error(400, "level");
        }

        call.Attendee.NotificationCalls = level;
        return call.Changed();
    }

    private static bool MaySee(OcsCall call, Room room) =>
        call.FindAttendee(room) is not null
        || room.IsPublic
        || (call.Account is not null && room.Find(ActorType.Users, call.Account.Id) is not null)
        || (call.Account is not null && room.Listable > 0);

    private static OcsResult WithHash(OcsCall call, OcsResult result) => result.With("X-Nextcloud-Talk-Hash", call.Has(Rules.ListHasHash) ? call.World.TalkHash : null);

    private static JsonObject Preset(string identifier, string name, string description, JsonObject parameters) => new JsonObject
    {
        ["identifier"] = identifier,
        ["name"] = name,
        ["description"] = description,
        ["parameters"] = PhpJson.Map(parameters),
    };
}
