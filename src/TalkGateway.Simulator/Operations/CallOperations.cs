using System.Text;
using static TalkGateway.Simulator.Guard;
using static TalkGateway.Simulator.Handlers;
using static TalkGateway.Simulator.Refusals;

namespace TalkGateway.Simulator;

/// <summary>Calls: who is in, joining, flags, leaving, ringing.</summary>
internal static class CallOperations
{
    /// <summary>Newer servers refuse what is out of range, Talk 4 and 5 what is no number; older ones have no flags.</summary>
    private static readonly Input<int> JoinFlags = new(c => c switch
    {
        _ when c.Has(Rules.FlagsAreNotCast) && !c.Parameters.IsNumber("flags") => throw new BadParameterException("flags"),
        _ when c.Has(Rules.JoinTakesFlags) => c.Ranged("flags", c.Parameters.Int("flags", InCall.Default), 0, 15),
        _ => InCall.Default,
    });

    private static readonly Input<int> Flags = new(c => c.Ranged("flags", c.Parameters.RequiredInt("flags"), 0, 15))
    {
        Check = (c, flags) => c.Session!.InCall == InCall.Disconnected || (flags & InCall.Joined) == 0 ? OcsResult.Error(400) : null,
    };

    private static readonly Refusal MayNotStart = When(
        c => !c.Room.HasCall && (RoomRules.Permissions(c.World, c.Room, c.Attendee) & Permission.StartCall) == 0, 403);

    public static readonly OcsOperation[] Table =
    [
        new("call.list_peers", "GET call/{token}", "3.0", Member | Writable | NotInLobby, List(Peers, SessionViews.Peer)),
        new("call.join", "POST call/{token}", "3.0", Member | Writable | NotInLobby, Take(JoinFlags, Join, NoSession, MayNotStart)),
        new("call.leave", "DELETE call/{token}", "3.0", Member | NotInLobbyAtFirst, Do(Leave, NoSession)),
        new("call.update_flags", "PUT call/{token}", "12.0", Member, Take(Flags, UpdateFlags, NoSession)) { MinApi = 4 },
        new("call.ping", "POST call/{token}/ping", VersionRange.Before("4.0"), None, Ping),
        new("call.ring", "POST call/{token}/ring/{attendeeId}", "15.0", Member, Do(Ring, When(c => c.Room.Find(c.Number("attendeeId")) is null, 404), NoSession)),
        new("call.notification_state", "GET call/{token}/notification-state", "20.1.1", LoggedIn, NotificationState),
        new("call.download_participants", "GET call/{token}/download", "20.1", Member | Moderator, Do(Download, When(c => !c.Room.HasCall, 400))),
        new("call.get_external_url", "POST room/{token}/external-call", "25.0", Member, Lacks(400, "server")),
    ];

    /// <summary>Somebody counts as in the call for 30 seconds after the last ping.</summary>
    private static IEnumerable<TalkSession> Peers(OcsCall call) =>
        call.Room.Sessions.Where(s => s.InCall != InCall.Disconnected && s.LastPing > call.World.Now - 30);

    private static OcsResult Join(OcsCall call, int flags)
    {
        var session = call.Session!;
        session.LastPing = call.World.Now;
        CallLog.SetFlags(call.World, call.Room, session, flags == InCall.Disconnected ? InCall.Default : flags | InCall.Joined);
        return OcsResult.Empty();
    }

    private static OcsResult UpdateFlags(OcsCall call, int flags)
    {
        CallLog.SetFlags(call.World, call.Room, call.Session!, flags);
        return OcsResult.Empty();
    }

    private static OcsResult Leave(OcsCall call)
    {
        if (call.Has(Rules.EndForAll) && call.Parameters.Bool("all", false) && call.Attendee.IsModerator && call.Room.HasCall)
        {
            CallLog.EndForAll(call.World, call.Room, call.Attendee);
        }
        else
        {
            CallLog.SetFlags(call.World, call.Room, call.Session!, InCall.Disconnected);
        }

        return OcsResult.Empty();
    }

    private static OcsResult Ping(OcsCall call)
    {
        if (call.World.Find(call.Token) is not { } room || call.OwnSession(room) is not { } session)
        {
            return OcsResult.Error(404);
        }

        session.LastPing = session.Attendee.LastPing = call.World.Now;
        return OcsResult.Empty();
    }

    private static OcsResult Ring(OcsCall call) =>
        call.Session!.InCall == InCall.Disconnected || !call.Room.Find(call.Number("attendeeId"))!.IsUser ? OcsResult.Error(400, "in-call") : OcsResult.Empty();

    private static OcsResult NotificationState(OcsCall call) =>
        call.World.Find(call.Token) is { } room && call.FindAttendee(room) is { IsInCall: false } ? OcsResult.Empty(room.HasCall ? 200 : 201) : OcsResult.Error(404);

    private static OcsResult Download(OcsCall call)
    {
        var csv = new StringBuilder("name,email,type,identifier\n");
        foreach (var attendee in call.Room.Attendees.Where(a => a.IsInCall))
        {
            var email = attendee.IsUser ? call.World.Accounts.Find(attendee.ActorId)!.Email : "";
            csv.Append(attendee.DisplayName).Append(',').Append(email).Append(',').Append(attendee.ActorType).Append(',').Append(attendee.ActorId).Append('\n');
        }

        return OcsResult.Raw(200, "text/csv; charset=utf-8", csv.ToString())
            .With("Content-Disposition", $"attachment; filename=\"{call.Room.Token}.csv\"");
    }
}
