namespace TalkGateway.Simulator;

/// <summary>Somebody whom a typed <c>@</c> could mean.</summary>
internal sealed record Mention(string Id, string Label, string Source, UserStatus? Status = null);

/// <summary>Whom a typed <c>@</c> could mean.</summary>
internal static class Mentions
{
    public static readonly Field<Seen<Mention>>[] View =
    [
        new("id", VersionRange.Always, s => s.Item.Id),
        new("label", VersionRange.Always, s => s.Item.Label),
        new("source", VersionRange.Always, s => s.Item.Source),
        new("mentionId", Rules.MentionIds, s => s.Item.Id),
        .. Field.Status<Seen<Mention>>(VersionRange.Always, s => s.Item.Status),
        new("details", Rules.MentionAllTellsSize, s => Field.When(s.Item.Source == "calls", $"All {World.Text(s.Call.Room.Attendees.Count)} participants")),
    ];

    public static IEnumerable<Mention> Suggest(OcsCall call)
    {
        var search = call.Has(Rules.SearchIsNeeded) ? call.Parameters.RequiredText("search") : call.Parameters.Text("search");
        var limit = call.Parameters.Int("limit", 20);
        var withStatus = call.Has(Rules.StatusOnDemand) && call.Parameters.Bool("includeStatus", false);
        var users = call.Room.Users
            .Where(a => (call.Has(Rules.MentionsOfferSelf) && search.Length == 0) || a != call.Attendee)
            .Where(a => Fits(a.ActorId) || Fits(a.DisplayName))
            .Select(a => new Mention(a.ActorId, a.DisplayName, "users", withStatus ? call.World.StatusOf(a) : null));
        var guests = call.Room.Attendees
            .Where(a => call.Has(Rules.MentionGuests) && a.IsGuest && a != call.Attendee && Fits(GuestName(call, a)))
            .Select(a => new Mention($"guest/{a.ActorId}", GuestName(call, a), "guests"));
        var everybody = call.Has(Rules.MentionAll) && ("all".StartsWith(search, StringComparison.OrdinalIgnoreCase) || Fits(call.Room.Name)) && !call.Room.IsOneToOne
            ? [All(call)]
            : Enumerable.Empty<Mention>();
        return everybody.Concat(users).Concat(guests).Take(limit <= 0 ? int.MaxValue : limit);

        bool Fits(string text) => text.Contains(search, StringComparison.OrdinalIgnoreCase);
    }

    private static string GuestName(OcsCall call, Attendee guest) =>
        guest.DisplayName.Length > 0 && call.Has(Rules.MentionGuestsByName) ? guest.DisplayName : "Guest";

    /// <summary>Talk 6 had no better label than that of a one-to-one.</summary>
    private static Mention All(OcsCall call) => new("all", call.Has(Rules.MentionAllByRoomName) ? call.Room.Name : "Private conversation", "calls");
}
