using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using static TalkGateway.Simulator.Guard;
using static TalkGateway.Simulator.Handlers;
using static TalkGateway.Simulator.Input;
using static TalkGateway.Simulator.Refusals;

namespace TalkGateway.Simulator;

/// <summary>Internal signaling: settings, a long poll per session, and messages that are gone once delivered.</summary>
internal static class SignalingOperations
{
    private static readonly byte[] TicketKey = RandomNumberGenerator.GetBytes(32);

    private static readonly Refusal Anonymous = c =>
        c.Account is null && c.Has(Rules.AnonymousSettingsAreRefused) ? OcsResult.Refused(401, Authentication.NotLoggedIn, 997) : null;

    private static readonly Refusal UnknownToken = When(
        c => c.Parameters.Text("token") is { Length: > 0 } token
            ? c.Has(Rules.SettingsCheckToken) && !MaySee(c, token)
            : c.Account is null && c.Has(Rules.SettingsNeedTokenOfGuests),
        404);

    public static readonly OcsOperation[] Table =
    [
        new("signaling.get_settings", "GET signaling/settings", "3.0", None, Do(Get(Ticket, SignalingView.Settings), Anonymous, UnknownToken)),

        // There is no signaling server to ask.
        new("signaling.get_server_welcome", "GET signaling/welcome/{serverId}", "9.0", LoggedIn | Admin, Lacks(404)),
        new("signaling.pull", "GET signaling", VersionRange.Before("3.2"), None, PullAsync),
        new("signaling.pull", "GET signaling/{token}", "3.2", None, PullAsync),
        new("signaling.send", "POST signaling", VersionRange.Before("3.2"), None, Take(Text("messages"), Send)),
        new("signaling.send", "POST signaling/{token}", "3.2", None, Take(Text("messages"), Send)),
    ];

    private static ValueTask<OcsResult> PullAsync(OcsCall call)
    {
        Room? room;
        TalkSession? session;
        lock (call.World.Gate)
        {
            room = FindRoom(call);
            session = room is null ? null : call.FindSession(room);
            if (room is null && call.Has(Rules.TokenlessSignaling))
            {
                return ValueTask.FromResult(OcsResult.Ok(Nobody()));
            }

            if (session is null)
            {
                // A session that was killed while its owner is still a member.
                var status = room is not null && call.Jar.Joined.ContainsKey(room.Token) && call.FindAttendee(room) is not null && call.Has(Rules.KilledSessionIsConflict) ? 409 : 404;
                return ValueTask.FromResult(OcsResult.ErrorWith(status, Nobody()));
            }

            call.FoundRoom = room;
            session.LastPing = session.Attendee.LastPing = call.World.Now;
        }

        return LongPoll.WaitAsync(call, TimeSpan.FromSeconds(30), () => Attempt(call, session, mustAnswer: false), () => Attempt(call, session, mustAnswer: true)!);
    }

    private static OcsResult Send(OcsCall call, string text)
    {
        if (FindRoom(call) is not { } room || call.OwnSession(room) is not { } sender)
        {
            return OcsResult.Empty();
        }

        foreach (var (to, message) in Deliverable(text, sender))
        {
            if (room.FindSession(to) is { } receiver)
            {
                receiver.Inbox.Enqueue(message);
            }
        }

        room.SignalChange();
        return OcsResult.Empty();
    }

    private static OcsResult? Attempt(OcsCall call, TalkSession session, bool mustAnswer)
    {
        if (call.Room.IsDeleted || !session.Attendee.Sessions.Contains(session))
        {
            return OcsResult.ErrorWith(404, Nobody());
        }

        if (!mustAnswer && session.Inbox.Count == 0 && session.SeenPresence == call.Room.PresenceVersion)
        {
            return null;
        }

        session.SeenPresence = call.Room.PresenceVersion;
        session.LastPing = call.World.Now;
        var answer = new JsonArray();
        while (session.Inbox.TryDequeue(out var message))
        {
            answer.Add((JsonNode)new JsonObject { ["type"] = "message", ["data"] = message });
        }

        answer.Add((JsonNode)new JsonObject { ["type"] = "usersInRoom", ["data"] = UsersInRoom(call) });
        return OcsResult.Ok(answer);
    }

    private static JsonArray UsersInRoom(OcsCall call) => PhpJson.List(
        call.Room.Sessions.Where(s => s.LastPing > call.World.Now - 40).Select(s => Field.Render(SessionViews.UserInRoom, call, s)));

    private static JsonArray Nobody() => [new JsonObject { ["type"] = "usersInRoom", ["data"] = new JsonArray() }];

    /// <summary>The room of the path, or, while signaling had no token, the one this jar joined.</summary>
    private static Room? FindRoom(OcsCall call) => call.World.Find(
        call.Has(Rules.TokenlessSignaling) ? call.Jar.Joined.Keys.LastOrDefault() ?? "" : call.Token);

    private static bool MaySee(OcsCall call, string token) =>
        call.World.Find(token) is { } room && (room.IsPublic || call.FindAttendee(room) is not null);

    /// <summary>What can be delivered: messages of the own session to another; everything else vanishes without an error.</summary>
    private static List<(string To, string Message)> Deliverable(string text, TalkSession sender)
    {
        var messages = new List<(string, string)>();
        try
        {
            foreach (var entry in JsonNode.Parse(text) as JsonArray ?? [])
            {
                if ((string?)entry?["ev"] == "message" && (string?)entry["sessionId"] == sender.Id
                    && JsonNode.Parse((string?)entry["fn"] ?? "null") is JsonObject message && (string?)message["to"] is { } to)
                {
                    message["from"] = sender.Id;
                    messages.Add((to, PhpJson.Write(message)));
                }
            }
        }
        catch (JsonException)
        {
            // Accepted and dropped, as the server does.
        }

        return messages;
    }

    private static string Ticket(OcsCall call)
    {
        var payload = $"{Tokens.Mixed(16)}:{World.Text(call.World.Now)}:{call.Account?.Id}";
        return $"{payload}:{Convert.ToHexStringLower(HMACSHA256.HashData(TicketKey, Encoding.UTF8.GetBytes(payload)))}";
    }
}
