using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>Whom a typed <c>@</c> could mean.</summary>
internal static class MentionHandlers
{
    public static OcsResult Suggest(OcsCall call)
    {
        var search = call.Has(Rules.SearchIsNeeded) ? call.Parameters.RequiredText("search") : call.Parameters.Text("search");
        var limit = call.Parameters.Int("limit", 20);
        var withStatus = call.Has(Rules.StatusOnDemand) && call.Parameters.Bool("includeStatus", false);
        var users = call.Room.Users
            .Where(a => (call.Has(Rules.MentionsOfferSelf) && search.Length == 0) || a != call.Attendee)
            .Where(a => Fits(a.ActorId) || Fits(a.DisplayName))
            .Select(a => Suggestion(call, a.ActorId, a.DisplayName, "users", a.ActorId, withStatus ? call.World.Accounts.Find(a.ActorId)?.Status : null));
        var guests = call.Room.Attendees
            .Where(a => call.Has(Rules.MentionGuests) && a.IsGuest && a != call.Attendee && Fits(GuestName(call, a)))
            .Select(a => Suggestion(call, $"guest/{a.ActorId}", GuestName(call, a), "guests", $"guest/{a.ActorId}", status: null));
        var everybody = call.Has(Rules.MentionAll) && ("all".StartsWith(search, StringComparison.OrdinalIgnoreCase) || Fits(call.Room.Name)) && !call.Room.IsOneToOne
            ? [All(call)]
            : Enumerable.Empty<JsonObject>();
        return OcsResult.Ok(PhpJson.List(everybody.Concat(users).Concat(guests).Take(limit <= 0 ? int.MaxValue : limit)));

        bool Fits(string text) => text.Contains(search, StringComparison.OrdinalIgnoreCase);
    }

    private static string GuestName(OcsCall call, Attendee guest) =>
        guest.DisplayName.Length > 0 && call.Has(Rules.MentionGuestsByName) ? guest.DisplayName : "Guest";

    private static JsonObject All(OcsCall call)
    {
        // Talk 6 had no better label than that of a one-to-one.
        var all = Suggestion(call, "all", call.Has(Rules.MentionAllByRoomName) ? call.Room.Name : "Private conversation", "calls", "all", status: null);
        if (call.Has(Rules.MentionAllTellsSize))
        {
            all["details"] = $"All {World.Text(call.Room.Attendees.Count)} participants";
        }

        return all;
    }

    private static JsonObject Suggestion(OcsCall call, string id, string label, string source, string mentionId, UserStatus? status)
    {
        var suggestion = new JsonObject { ["id"] = id, ["label"] = label, ["source"] = source };
        if (call.Has(Rules.MentionIds))
        {
            suggestion["mentionId"] = mentionId;
        }

        if (status is not null)
        {
            suggestion["status"] = status.Status;
            suggestion["statusIcon"] = status.Icon;
            suggestion["statusMessage"] = status.Message;
            suggestion["statusClearAt"] = status.ClearAt;
        }

        return suggestion;
    }
}
