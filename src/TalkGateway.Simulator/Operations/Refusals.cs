namespace TalkGateway.Simulator;

/// <summary>What an operation refuses although the caller may call it; null lets it go on.</summary>
internal delegate OcsResult? Refusal(OcsCall call);

/// <summary>The refusals that more than one operation makes.</summary>
internal static class Refusals
{
    public static readonly Refusal Preserved = When(c => c.Room.IsPreserved, 403, "preserved");

    /// <summary>Rooms of one or two people have none of the settings that moderators make.</summary>
    public static readonly Refusal NotShared = When(c => c.Room.Type is not (RoomType.Group or RoomType.Public), 400, "type");

    public static readonly Refusal TypeIsLocked = When(
        c => c.Room.Type is RoomType.OneToOne or RoomType.Changelog or RoomType.NoteToSelf && c.Has(Rules.OneToOneIsLocked), 400, "type");

    /// <summary>A room whose name and description are not its own.</summary>
    public static readonly Refusal Unnamed = c =>
        c.Room.Type is RoomType.OneToOne or RoomType.Changelog ? OcsResult.Error(Rules.RenameOneToOneStatus.At(c.Version), "type") : null;

    public static readonly Refusal NoRecordingServer = When(_ => true, 412, "config");

    public static readonly Refusal NoSession = When(c => c.Session is null, 404);

    public static readonly Refusal NoMessage = When(c => c.FoundMessage is null, 404, "message");

    public static readonly Refusal OthersMessage = When(
        c => !c.Message.IsBy(c.Attendee) && (!c.Attendee.IsModerator || c.Room.IsOneToOne), 403, "permission");

    public static Refusal When(Func<OcsCall, bool> holds, int status, string? reason = null) => c => holds(c) ? OcsResult.Error(status, reason) : null;
}
