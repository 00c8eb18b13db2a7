namespace TalkGateway.Simulator;

/// <summary>A conversation with its attendees and messages. Guarded by <see cref="World.Gate"/>.</summary>
internal sealed class Room(int id, string token, int type, string name)
{
    private const int Preserved = 2;

    private TaskCompletionSource _changed = NewSignal();

    public int Id { get; } = id;

    public string Token { get; } = token;

    public int Type { get; set; } = type;

    public string Name { get; set; } = name;

    public string Description { get; set; } = "";

    public string Password { get; set; } = "";

    public int ReadOnly { get; set; }

    public int Listable { get; set; }

    public int LobbyState { get; set; }

    public int LobbyTimer { get; set; }

    public string ObjectType { get; set; } = "";

    public string ObjectId { get; set; } = "";

    public int MessageExpiration { get; set; }

    public int DefaultPermissions { get; set; }

    public int RecordingConsent { get; set; }

    public int MentionPermissions { get; set; }

    public int SipEnabled { get; set; }

    public int Attributes { get; set; }

    public int LastActivity { get; set; }

    public int CallStartTime { get; set; }

    public bool IsDeleted { get; set; }

    public List<Attendee> Attendees { get; } = [];

    public List<Message> Messages { get; } = [];

    /// <summary>Everybody who was in the running call, for the summary at its end.</summary>
    public List<Attendee> CallMembers { get; } = [];

    /// <summary>Counts joins, leaves and flag changes: a pull ends early when it moved.</summary>
    public int PresenceVersion { get; private set; }

    /// <summary>Done at the next message, read marker or presence change; ask again for the one after.</summary>
    public Task Changed => _changed.Task;

    /// <summary>One of the <see cref="Attributes"/>: nothing may delete the room or its history.</summary>
    public bool IsPreserved
    {
        get => (Attributes & Preserved) != 0;
        set => Attributes = value ? Attributes | Preserved : Attributes & ~Preserved;
    }

    public bool IsPublic => Type == RoomType.Public;

    public bool IsOneToOne => Type == RoomType.OneToOne;

    public bool HasPassword => Password.Length > 0;

    public IEnumerable<TalkSession> Sessions => Attendees.SelectMany(a => a.Sessions);

    public bool HasCall => Sessions.Any(s => s.InCall != InCall.Disconnected);

    public int CallFlag => Sessions.Aggregate(0, (flags, s) => flags | s.InCall);

    public IEnumerable<Attendee> Users => Attendees.Where(a => a.IsUser);

    public Attendee? Find(string actorType, string actorId) => Attendees.Find(a => a.ActorType == actorType && a.ActorId == actorId);

    public Attendee? Find(Account account) => Find(ActorType.Users, account.Id);

    public Attendee? Find(int attendeeId) => Attendees.Find(a => a.Id == attendeeId);

    public TalkSession? FindSession(string? sessionId) => sessionId is null ? null : Sessions.FirstOrDefault(s => s.Id == sessionId);

    public Message? FindMessage(int id) => Messages.Find(m => m.Id == id);

    /// <summary>When a message that is posted now goes away; 0 for never.</summary>
    public int ExpiryAt(int now) => MessageExpiration > 0 ? now + MessageExpiration : 0;

    public Message Post(Message message)
    {
        Messages.Add(message);
        LastActivity = message.Timestamp;
        SignalChange();
        return message;
    }

    public void Remove(Attendee attendee)
    {
        attendee.Sessions.Clear();
        Attendees.Remove(attendee);
        SignalPresence();
    }

    public void SignalChange()
    {
        var done = _changed;
        _changed = NewSignal();
        done.SetResult();
    }

    public void SignalPresence()
    {
        PresenceVersion++;
        SignalChange();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
