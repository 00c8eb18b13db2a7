namespace TalkGateway.Simulator;

/// <summary>What must hold before an operation runs; the first that fails decides the answer.</summary>
[Flags]
internal enum Guard
{
    /// <summary>Anybody, with or without a room.</summary>
    None = 0,

    /// <summary>A logged-in account, else 401.</summary>
    LoggedIn = 1,

    /// <summary>The caller is an attendee of the room, else 404.</summary>
    Member = 2,

    /// <summary>The caller moderates the room, else 403.</summary>
    Moderator = 4,

    /// <summary>The room is not read-only, else 403.</summary>
    Writable = 8,

    /// <summary>The caller is not waiting in the lobby, else 412.</summary>
    NotInLobby = 16,

    /// <summary>The caller may chat, else 403.</summary>
    MayChat = 32,

    /// <summary>A guest is refused with 401 until the version that let guests moderate.</summary>
    AccountAtFirst = 64,

    /// <summary>An administrator of the server, else 403.</summary>
    Admin = 128,

    /// <summary>Not for guests, who get 404.</summary>
    NoGuests = 256,

    /// <summary>As <see cref="NotInLobby"/>, but only in the version that brought the lobby.</summary>
    NotInLobbyAtFirst = 512,

    /// <summary>What an account does for itself in a room.</summary>
    Own = LoggedIn | Member,

    /// <summary>What moderators do, guests among them.</summary>
    Rank = Member | Moderator | AccountAtFirst,

    /// <summary>What moderators with an account do.</summary>
    RankOfAccount = Own | Moderator,

    /// <summary>Taking part in the chat.</summary>
    Chat = Member | Writable | NotInLobby | MayChat,
}
