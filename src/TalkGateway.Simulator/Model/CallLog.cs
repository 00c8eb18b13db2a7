using System.Globalization;
using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>Entering and leaving calls, and what the room is told about it.</summary>
internal static class CallLog
{
    public static void SetFlags(World world, Room room, TalkSession session, int flags)
    {
        var before = session.Attendee.IsInCall;
        var hadCall = room.HasCall;
        if (session.InCall == flags)
        {
            return;
        }

        session.InCall = flags;
        var after = session.Attendee.IsInCall;
        if (!before && after)
        {
            Enter(world, room, session.Attendee, isFirst: !hadCall);
        }
        else if (before && !after)
        {
            world.Announce(room, session.Attendee, "call_left");
            if (!room.HasCall)
            {
                End(world, room, session.Attendee, "call_ended");
            }
        }

        room.SignalPresence();
    }

    public static void EndForAll(World world, Room room, Attendee actor)
    {
        foreach (var session in room.Sessions)
        {
            session.InCall = InCall.Disconnected;
        }

        End(world, room, actor, "call_ended_everyone");
        room.SignalPresence();
    }

    private static void Enter(World world, Room room, Attendee attendee, bool isFirst)
    {
        if (isFirst)
        {
            room.CallStartTime = world.Now;
            room.CallMembers.Clear();
        }

        if (!room.CallMembers.Contains(attendee))
        {
            room.CallMembers.Add(attendee);
        }

        world.Announce(room, attendee, isFirst ? "call_started" : "call_joined");
    }

    private static void End(World world, Room room, Attendee actor, string kind)
    {
        var duration = TimeSpan.FromSeconds(world.Now - room.CallStartTime);
        room.CallStartTime = 0;
        var isMissed = kind == "call_ended" && room.IsOneToOne && room.CallMembers.Count == 1 && Rules.MissedCallsAreTold.Contains(world.Version);
        if (isMissed)
        {
            var partner = room.Users.FirstOrDefault(a => a.ActorId != actor.ActorId);
            world.Announce(room, actor, "call_missed", partner);
            return;
        }

        if (!Rules.CallEndIsSummed.Contains(world.Version) || !SystemMessages.Exists(kind, world.Version))
        {
            return;
        }

        var users = room.CallMembers.Where(a => a.IsUser).Take(5).ToList();
        var subjects = new Dictionary<string, JsonObject>();
        for (var i = 0; i < users.Count; i++)
        {
            subjects.Add($"user{World.Text(i + 1)}", SystemMessages.Subject(users[i]));
        }

        var names = users.Count == 0 ? $"{World.Text(room.CallMembers.Count)} guests" : string.Join(" and ", subjects.Keys.Select(k => $"{{{k}}}"));
        var length = string.Create(CultureInfo.InvariantCulture, $"(Duration {(int)duration.TotalMinutes}:{duration.Seconds:00})");
        var summary = kind == "call_ended_everyone" ? $"{names} {length}" : $"Call with {names} ended {length}";
        room.Post(new Message(world.NextMessageId(), Author.Of(actor, world.Now))
        {
            SystemKind = kind,
            MessageType = "system",
            Subjects = subjects,
            Words = [summary],
        });
    }
}
