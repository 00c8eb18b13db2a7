namespace TalkGateway.Simulator;

/// <summary>Who may call at all: login, brute force, and the header that shows a request was meant.</summary>
internal static class Authentication
{
    public const string NotLoggedIn = "Current user is not logged in";

    public static OcsResult? Check(OcsCall call, OcsOperation operation)
    {
        var now = call.World.Clock.GetUtcNow();
        string? throttle = null;
        if (!call.Caller.UsedCookies && call.World.BruteForce.IsBlocked(call.Address, now))
        {
            return OcsResult.Refused(429, "Reached maximum delay");
        }

        if (call.Caller.IsWrong)
        {
            throttle = call.World.BruteForce.Count(call.Address, now);
            if (call.Has(Rules.BadCredentialsAreNamed))
            {
                return OcsResult.Refused(401, "Unauthorised", 997).With("WWW-Authenticate", "Basic realm=\"Authorisation Required\"").With("X-Nextcloud-Bruteforce-Throttled", throttle);
            }

            // Older servers go on as with a guest.
        }

        var needsAccount = operation.Guard.HasFlag(Guard.LoggedIn) || (operation.Guard.HasFlag(Guard.AccountAtFirst) && !call.Has(Rules.GuestsMayModerate));
        if (needsAccount && call.Account is null)
        {
            return OcsResult.Refused(401, NotLoggedIn, 997).With("X-Nextcloud-Bruteforce-Throttled", throttle);
        }

        if (call.Http.Request.Headers["OCS-APIRequest"] != "true")
        {
            return call.Http.Request.Headers.Accept.ToString().StartsWith("text/html", StringComparison.Ordinal)
                ? OcsResult.Raw(412, "text/html; charset=UTF-8", "<!DOCTYPE html>\n<html><body>Access forbidden: CSRF check failed</body></html>\n")
                : OcsResult.Raw(412, "application/json; charset=utf-8", "{\"message\":\"CSRF check failed\"}");
        }

        if (!operation.Guard.HasFlag(Guard.Admin) || call.Account!.IsAdmin)
        {
            return null;
        }

        return call.Has(Rules.NoAdminIs403)
            ? OcsResult.Refused(403, operation.Guard.HasFlag(Guard.Member) ? "" : "Logged in account must be an admin")
            : OcsResult.Refused(401, "Logged in user must be an admin", 997);
    }
}

/// <summary>What an operation demands of the room and of the caller's place in it.</summary>
internal static class Guards
{
    public static OcsResult? Check(OcsCall call, OcsOperation operation)
    {
        var guard = operation.Guard;
        if (!guard.HasFlag(Guard.Member))
        {
            return null;
        }

        if (call.World.Find(call.Token) is not { } room)
        {
            return OcsResult.Refused(404);
        }

        call.World.Tidy(room);
        if (call.FindAttendee(room) is not { } attendee || (guard.HasFlag(Guard.NoGuests) && attendee.IsGuest))
        {
            return OcsResult.Refused(404);
        }

        (call.FoundRoom, call.FoundAttendee) = (room, attendee);
        if (guard.HasFlag(Guard.Moderator) && !attendee.IsModerator)
        {
            return OcsResult.Refused(403);
        }

        if (guard.HasFlag(Guard.Writable) && room.ReadOnly != 0)
        {
            return OcsResult.Refused(403);
        }

        var lobbyCloses = guard.HasFlag(Guard.NotInLobby) || (guard.HasFlag(Guard.NotInLobbyAtFirst) && call.Has(Rules.LobbyClosesLeave));
        if (lobbyCloses && room.LobbyState != 0 && !RoomRules.IgnoresLobby(call.World, room, attendee))
        {
            return OcsResult.Refused(412);
        }

        return guard.HasFlag(Guard.MayChat) && call.Has(Rules.ChatNeedsPermission) && (RoomRules.Permissions(call.World, room, attendee) & Permission.Chat) == 0
            ? OcsResult.Refused(403)
            : null;
    }
}
