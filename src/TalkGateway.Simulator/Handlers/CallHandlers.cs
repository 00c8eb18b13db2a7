using System.Text;

namespace TalkGateway.Simulator;

/// <summary>Calls: who is in, joining, flags, leaving, ringing.</summary>
internal static class CallHandlers
{
    public static OcsResult Peers(OcsCall call) => OcsResult.Ok(SessionViews.Peers(call.World, call.Room, call.Api));

    public static OcsResult Join(OcsCall call)
    {
        if (call.Has(Rules.FlagsAreNotCast) && !call.Parameters.IsNumber("flags"))
        {
            throw new BadParameterException("flags");
        }

        var flags = call.Has(Rules.JoinTakesFlags) ? call.Parameters.OptionalInt("flags") ?? InCall.Default : InCall.Default;
        if (call.Has(Rules.RangesAreChecked) && flags is < 0 or > 15)
        {
            throw new BadParameterException("flags");
        }

        if (call.FindSession(call.Room) is not { } session)
        {
            return OcsResult.Error(404);
        }

        if (!call.Room.HasCall && (RoomRules.Permissions(call.World, call.Room, call.Attendee) & Permission.StartCall) == 0)
        {
            return OcsResult.Error(403);
        }

        session.LastPing = call.World.Now;
        CallLog.SetFlags(call.World, call.Room, session, flags == InCall.Disconnected ? InCall.Default : flags | InCall.Joined);
        return OcsResult.Empty();
    }

    public static OcsResult UpdateFlags(OcsCall call)
    {
        var flags = call.Parameters.RequiredInt("flags");
        if (call.Has(Rules.RangesAreChecked) && flags is < 0 or > 15)
        {
            throw new BadParameterException("flags");
        }

        if (call.FindSession(call.Room) is not { } session)
        {
            return OcsResult.Error(404);
        }

        if (session.InCall == InCall.Disconnected || (flags & InCall.Joined) == 0)
        {
            return OcsResult.Error(400);
        }

        CallLog.SetFlags(call.World, call.Room, session, flags);
        return OcsResult.Empty();
    }

    public static OcsResult Leave(OcsCall call)
    {
        if (call.FindSession(call.Room) is not { } session)
        {
            return OcsResult.Error(404);
        }

        if (call.Has(Rules.EndForAll) && call.Parameters.Bool("all", false) && call.Attendee.IsModerator && call.Room.HasCall)
        {
            CallLog.EndForAll(call.World, call.Room, call.Attendee);
        }
        else
        {
            CallLog.SetFlags(call.World, call.Room, session, InCall.Disconnected);
        }

        return OcsResult.Empty();
    }

    public static OcsResult Ping(OcsCall call)
    {
        if (call.World.Find(call.Token) is not { } room || room.FindSession(call.Jar.Joined.GetValueOrDefault(room.Token)) is not { } session)
        {
            return OcsResult.Error(404);
        }

        session.LastPing = session.Attendee.LastPing = call.World.Now;
        return OcsResult.Empty();
    }

    public static OcsResult Ring(OcsCall call)
    {
        if (call.Room.Find(call.Number("attendeeId")) is not { } target)
        {
            return OcsResult.Error(404);
        }

        var session = call.FindSession(call.Room);
        if (session is null)
        {
            return OcsResult.Error(404);
        }

        return session.InCall == InCall.Disconnected || !target.IsUser ? OcsResult.Error(400, "in-call") : OcsResult.Empty();
    }

    public static OcsResult NotificationState(OcsCall call)
    {
        var attendee = call.World.Find(call.Token) is { } found ? call.FindAttendee(found) : null;
        if (call.World.Find(call.Token) is not { } room || attendee is null)
        {
            return OcsResult.Error(404);
        }

        if (attendee.IsInCall)
        {
            return OcsResult.Error(404);
        }

        return OcsResult.Empty(room.HasCall ? 200 : 201);
    }

    public static OcsResult Download(OcsCall call)
    {
        if (!call.Room.HasCall)
        {
            return OcsResult.Error(400);
        }

        var csv = new StringBuilder("name,email,type,identifier\n");
        foreach (var attendee in call.Room.Attendees.Where(a => a.IsInCall))
        {
            var email = attendee.IsUser ? call.World.Accounts.Find(attendee.ActorId)!.Email : "";
            csv.Append(attendee.DisplayName).Append(',').Append(email).Append(',').Append(attendee.ActorType).Append(',').Append(attendee.ActorId).Append('\n');
        }

        return OcsResult.Raw(200, "text/csv; charset=utf-8", csv.ToString())
            .With("Content-Disposition", $"attachment; filename=\"{call.Room.Token}.csv\"");
    }

    /// <summary>No external call service is configured.</summary>
    public static OcsResult ExternalUrl(OcsCall call) => OcsResult.Error(400, "server");
}
