namespace TalkGateway.Simulator;

/// <summary>Membership of one actor in one room, with the settings that are the actor's own.</summary>
internal sealed class Attendee(int id, string actorType, string actorId, string displayName, int participantType)
{
    public int Id { get; } = id;

    public string ActorType { get; } = actorType;

    public string ActorId { get; } = actorId;

    public string DisplayName { get; set; } = displayName;

    public int ParticipantType { get; set; } = participantType;

    public bool IsFavorite { get; set; }

    /// <summary>0 means the server's default, which is what answers show then.</summary>
    public int NotificationLevel { get; set; }

    public int NotificationCalls { get; set; } = 1;

    public int LastReadMessage { get; set; }

    public int LastMentionMessage { get; set; }

    public int LastDirectMentionMessage { get; set; }

    public int Permissions { get; set; }

    public int PublishingPermissions { get; set; } = 7;

    public bool IsArchived { get; set; }

    public bool IsImportant { get; set; }

    public bool IsSensitive { get; set; }

    public int LastPing { get; set; }

    public List<TalkSession> Sessions { get; } = [];

    public bool IsModerator => ParticipantType is Simulator.ParticipantType.Owner or Simulator.ParticipantType.Moderator or Simulator.ParticipantType.GuestModerator;

    public bool IsUser => ActorType == Simulator.ActorType.Users;

    public bool IsGuest => ActorType == Simulator.ActorType.Guests;

    public bool IsInCall => Sessions.Any(s => s.InCall != InCall.Disconnected);

    public int CallFlags => Sessions.Aggregate(0, (flags, s) => flags | s.InCall);
}

/// <summary>One open presence of an attendee: a browser tab, a client, a gateway's session jar.</summary>
internal sealed class TalkSession(string id, Attendee attendee, int now)
{
    public string Id { get; } = id;

    public Attendee Attendee { get; } = attendee;

    public int InCall { get; set; }

    public int LastPing { get; set; } = now;

    public int State { get; set; } = 1;

    /// <summary>Signaling messages that wait for the next pull; delivery removes them.</summary>
    public Queue<string> Inbox { get; } = new();

    /// <summary>The <see cref="Room.PresenceVersion"/> this session was told last.</summary>
    public int SeenPresence { get; set; } = -1;
}
