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
    Attendee = 2,

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
}

/// <summary>One operation: its path, the versions and API versions that route it, and what runs.</summary>
internal sealed record Route(string Id, string Method, string Path, ApiFamily Family, VersionRange Versions, Guard Guard, Func<OcsCall, ValueTask<OcsResult>> Handler)
{
    public int MinApi { get; init; } = 1;

    public int MaxApi { get; init; } = 4;

    public string[] Segments { get; } = Path.Split('/');

    public bool IsRouted(TalkVersion version, int api) =>
        Versions.Contains(version) && api >= MinApi && api <= MaxApi && ApiFamilies.Offers(Family, version, api);
}

internal enum ApiFamily
{
    Conversation,
    Call,
    Signaling,
    Other,
}

/// <summary>Which numbers of each API family a version routes.</summary>
internal static class ApiFamilies
{
    private static readonly (ApiFamily Family, int Api, VersionRange Versions)[] Rows =
    [
        (ApiFamily.Conversation, 1, VersionRange.Before("12.0")),
        (ApiFamily.Conversation, 2, VersionRange.Between("9.0", "12.0")),
        (ApiFamily.Conversation, 3, VersionRange.Between("10.1", "12.0")),
        (ApiFamily.Conversation, 4, VersionRange.From("12.0")),
        (ApiFamily.Call, 1, VersionRange.Before("12.0")),
        (ApiFamily.Call, 2, VersionRange.Between("10.1", "12.0")),
        (ApiFamily.Call, 3, VersionRange.Between("10.1", "12.0")),
        (ApiFamily.Call, 4, VersionRange.From("12.0")),
        (ApiFamily.Signaling, 1, VersionRange.Before("12.0")),
        (ApiFamily.Signaling, 2, VersionRange.Between("10.1", "12.0")),
        (ApiFamily.Signaling, 3, VersionRange.From("12.0")),
        (ApiFamily.Other, 1, VersionRange.Always),
    ];

    public static bool Offers(ApiFamily family, TalkVersion version, int api) =>
        Array.Exists(Rows, r => r.Family == family && r.Api == api && r.Versions.Contains(version));

    public static int Newest(ApiFamily family, TalkVersion version) =>
        Rows.Where(r => r.Family == family && r.Versions.Contains(version)).Max(r => r.Api);
}
