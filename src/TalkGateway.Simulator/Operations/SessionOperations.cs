using System.Text.Json.Nodes;
using static TalkGateway.Simulator.Guard;
using static TalkGateway.Simulator.Handlers;
using static TalkGateway.Simulator.Input;
using static TalkGateway.Simulator.Refusals;

namespace TalkGateway.Simulator;

/// <summary>Opening and closing presence in a room. The jar of cookies remembers which session is its own.</summary>
internal static class SessionOperations
{
    public static readonly OcsOperation[] Table =
    [
        new("participant.join", "POST room/{token}/participants/active", "3.0", None, Join),
        new("participant.leave", "DELETE room/{token}/participants/active", "3.0", None, Leave),
        new("participant.set_session_state", "PUT room/{token}/participants/state", "18.0", Member, Take(Number("state", 0, 1, reason: null), SetState, NoSession)),
        new("guest.set_display_name", "POST guest/{token}/name", "3.2", None, Take(Text("displayName"), SetGuestName)),
    ];

    private static OcsResult Join(OcsCall call)
    {
        var world = call.World;
        var room = world.Find(call.Token);
        if (room is null)
        {
            return call.Guessed(OcsResult.Error(404));
        }

        world.Tidy(room);
        var member = call.Account is null ? null : room.Find(call.Account);
        if (member is null && !room.IsPublic && !(call.Account is not null && room.Listable > 0))
        {
            return call.Guessed(OcsResult.Error(404));
        }

        if (member is null or { ParticipantType: ParticipantType.SelfJoined } && PasswordRefusal(call, room) is { } refusal)
        {
            return refusal;
        }

        var mine = call.OwnSession(room);
        if (!call.Parameters.Bool("force", true) && Conflict(call, member, mine) is { } busy)
        {
            return OcsResult.ErrorWith(409, new JsonObject { ["sessionId"] = busy.Id, ["inCall"] = busy.InCall, ["lastPing"] = busy.LastPing });
        }

        var sessionId = Tokens.TalkSession();
        var attendee = member ?? (call.Account is null
            ? mine?.Attendee ?? world.AddAttendee(room, ActorType.Guests, Tokens.Sha1(sessionId), "", ParticipantType.Guest)
            : SelfJoin(world, room, call.Account));
        Replace(call, room, attendee, mine);
        var session = new TalkSession(sessionId, attendee, world.Now);
        attendee.Sessions.Add(session);
        attendee.LastPing = world.Now;
        call.Jar.Joined[room.Token] = sessionId;
        room.SignalPresence();

        var context = call.RoomContext(room) with { IsJoinAnswer = true };
        return OcsResult.Ok(call.Has(Rules.JoinAnswersRoom) ? RoomView.Render(context) : new JsonObject { ["sessionId"] = sessionId });
    }

    private static OcsResult Leave(OcsCall call)
    {
        if (call.World.Find(call.Token) is { } room && call.FindSession(room) is { } session)
        {
            call.World.Close(room, session);
        }

        call.Jar.Joined.Remove(call.Token);
        return OcsResult.Empty();
    }

    private static OcsResult SetState(OcsCall call, int state)
    {
        call.Session!.State = state;
        return call.RoomAnswer();
    }

    private static OcsResult SetGuestName(OcsCall call, string name)
    {
        var room = call.World.Find(call.Token);
        var attendee = room is null ? null : call.FindAttendee(room);
        if (room is null || attendee is null)
        {
            return OcsResult.Refused(404);
        }

        if (!attendee.IsGuest)
        {
            return OcsResult.Error(call.Has(Rules.GuestNameOfUserIsNotFound) ? 404 : 403);
        }

        attendee.DisplayName = name;
        room.SignalPresence();
        return OcsResult.Empty();
    }

    private static OcsResult? PasswordRefusal(OcsCall call, Room room)
    {
        if (!room.HasPassword || call.Jar.Unlocked.Contains(room.Token))
        {
            return null;
        }

        // The oldest servers fall over a missing password.
        var password = call.Has(Rules.MissingPasswordIsAnError) ? call.Parameters.Text("password") : call.Parameters.RequiredText("password");
        if (password == room.Password)
        {
            call.Jar.Unlocked.Add(room.Token);
            return null;
        }

        return call.Guessed(OcsResult.Error(403, "password"));
    }

    /// <summary>Whose call a join would end: any session of the user while there is one, the jar's own since there are many.</summary>
    private static TalkSession? Conflict(OcsCall call, Attendee? member, TalkSession? mine)
    {
        if (!call.Has(Rules.JoinConflicts))
        {
            return null;
        }

        var session = call.Has(Rules.ManySessions) ? mine : member?.Sessions.FirstOrDefault();
        return session is { InCall: not InCall.Disconnected } ? session : null;
    }

    private static Attendee SelfJoin(World world, Room room, Account account)
    {
        var attendee = world.AddUser(room, account, room.IsPublic ? ParticipantType.SelfJoined : ParticipantType.User);
        if (attendee.ParticipantType == ParticipantType.User)
        {
            world.Announce(room, attendee, "user_added", attendee);
        }

        return attendee;
    }

    private static void Replace(OcsCall call, Room room, Attendee attendee, TalkSession? mine)
    {
        var replaced = call.Has(Rules.ManySessions) ? attendee.Sessions.Where(s => s == mine) : attendee.Sessions;
        foreach (var session in replaced.ToList())
        {
            CallLog.SetFlags(call.World, room, session, InCall.Disconnected);
            attendee.Sessions.Remove(session);
        }
    }
}
