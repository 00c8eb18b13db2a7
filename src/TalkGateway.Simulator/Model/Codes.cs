namespace TalkGateway.Simulator;

/// <summary>Talk's own numbers, named as its constants document names them.</summary>
internal static class RoomType
{
    public const int OneToOne = 1;
    public const int Group = 2;
    public const int Public = 3;
    public const int Changelog = 4;
    public const int NoteToSelf = 6;
}

internal static class ParticipantType
{
    public const int Owner = 1;
    public const int Moderator = 2;
    public const int User = 3;
    public const int Guest = 4;
    public const int SelfJoined = 5;
    public const int GuestModerator = 6;
}

internal static class ActorType
{
    public const string Users = "users";
    public const string Guests = "guests";
    public const string Emails = "emails";
    public const string Groups = "groups";
    public const string Bots = "bots";
}

internal static class InCall
{
    public const int Disconnected = 0;
    public const int Joined = 1;
    public const int Default = 7;
}

internal static class Permission
{
    public const int Custom = 1;
    public const int StartCall = 2;
    public const int JoinCall = 4;
    public const int IgnoreLobby = 8;
    public const int Chat = 128;

    /// <summary>A set of permissions that is not empty carries the bit that says so.</summary>
    public static int AsCustom(int permissions) => permissions == 0 ? 0 : permissions | Custom;
}
