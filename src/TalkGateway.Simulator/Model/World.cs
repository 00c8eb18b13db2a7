using System.Globalization;
using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>Everything the server knows. Whoever touches it holds <see cref="Gate"/>; answers are built under it, too.</summary>
internal sealed class World(TimeProvider clock)
{
    private int _lastRoomId;
    private int _lastAttendeeId;
    private int _lastMessageId;

    public Lock Gate { get; } = new();

    public TimeProvider Clock => clock;

    public Accounts Accounts { get; } = new();

    public PhpSessions PhpSessions { get; } = new();

    public BruteForce BruteForce { get; } = new();

    public List<Room> Rooms { get; } = [];

    public required TalkProfile Profile { get; set; }

    public TalkVersion Version => Profile.Version;

    /// <summary>Seconds since 1970, the unit of every time in the API.</summary>
    public int Now => (int)clock.GetUtcNow().ToUnixTimeSeconds();

    public Room? Find(string token) => Rooms.Find(r => r.Token == token);

    public IEnumerable<Room> RoomsOf(Account account) => Rooms.Where(r => r.Find(account) is not null);

    public UserStatus? StatusOf(Attendee attendee) => attendee.IsUser ? Accounts.Find(attendee.ActorId)?.Status : null;

    public Room AddRoom(int type, string name)
    {
        var room = new Room(++_lastRoomId, Tokens.Room(), type, name) { LastActivity = Now };
        Rooms.Add(room);
        return room;
    }

    public void Delete(Room room)
    {
        room.IsDeleted = true;
        Rooms.Remove(room);
        room.SignalPresence();
    }

    public Attendee AddAttendee(Room room, string actorType, string actorId, string displayName, int participantType)
    {
        var attendee = new Attendee(++_lastAttendeeId, actorType, actorId, displayName, participantType);
        if (Rules.JoinedAttendeesHaveRead.Contains(Version))
        {
            attendee.LastReadMessage = room.Messages.LastOrDefault()?.Id ?? 0;
        }

        room.Attendees.Add(attendee);
        room.SignalChange();
        return attendee;
    }

    public Attendee AddUser(Room room, Account account, int participantType) =>
        AddAttendee(room, ActorType.Users, account.Id, account.DisplayName, participantType);

    public int NextMessageId() => ++_lastMessageId;

    /// <summary>Posts a system message, if the server's version knows the kind; null if it does not.</summary>
    public Message? Announce(Room room, Attendee? actor, string kind, Attendee? user = null, Message? parent = null, params string[] words)
    {
        if (!SystemMessages.Exists(kind, Version))
        {
            return null;
        }

        var subjects = new Dictionary<string, JsonObject>();
        if (user is not null)
        {
            subjects.Add("user", SystemMessages.Subject(user));
        }

        var id = NextMessageId();
        return room.Post(new Message(id, actor is null ? new Author(ActorType.Guests, "system", "", Now) : Author.Of(actor, Now))
        {
            SystemKind = kind,
            MessageType = "system",
            Subjects = subjects,
            Words = words,
            ParentId = parent?.Id ?? 0,
            ThreadId = parent?.ThreadId ?? id,
            Expires = room.ExpiryAt(Now),
        });
    }

    /// <summary>What the server does on each request that touches a room: old sessions, the lobby's timer, expired messages.</summary>
    public void Tidy(Room room)
    {
        var oldest = Now - Rules.SessionSeconds.At(Version);
        var stale = room.Sessions.Where(s => s.LastPing < oldest).ToList();
        foreach (var session in stale)
        {
            Close(room, session);
        }

        if (room.LobbyState != 0 && room.LobbyTimer > 0 && room.LobbyTimer <= Now)
        {
            (room.LobbyState, room.LobbyTimer) = (0, 0);
            Announce(room, actor: null, "lobby_timer_reached");
        }

        room.Messages.RemoveAll(m => m.Expires > 0 && m.Expires <= Now);
    }

    /// <summary>Ends a session: its call, its presence, and the membership of somebody who was a member by presence only.</summary>
    public void Close(Room room, TalkSession session)
    {
        CallLog.SetFlags(this, room, session, InCall.Disconnected);
        session.Attendee.Sessions.Remove(session);
        if (session.Attendee.Sessions.Count == 0 && session.Attendee.ParticipantType is ParticipantType.Guest or ParticipantType.GuestModerator or ParticipantType.SelfJoined
            && session.Attendee.ActorType is ActorType.Guests or ActorType.Users)
        {
            room.Attendees.Remove(session.Attendee);
        }

        room.SignalPresence();
    }

    public void LeaveRoomsOf(PhpSession jar)
    {
        foreach (var (token, sessionId) in jar.Joined)
        {
            if (Find(token) is { } room && room.FindSession(sessionId) is { } session)
            {
                Close(room, session);
            }
        }

        jar.Joined.Clear();
    }

    /// <summary>The hash that tells clients to read capabilities and signaling settings again.</summary>
    public string TalkHash => Tokens.Sha1($"{Profile.TalkVersion}|{Profile.NextcloudVersion}|{PhpSessions.InstanceId}");

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
