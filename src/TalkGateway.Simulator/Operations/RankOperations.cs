using static TalkGateway.Simulator.Guard;
using static TalkGateway.Simulator.Handlers;
using static TalkGateway.Simulator.Input;
using static TalkGateway.Simulator.Refusals;

namespace TalkGateway.Simulator;

/// <summary>Promoting and demoting, and what single attendees may do.</summary>
internal static class RankOperations
{
    /// <summary>Whose permissions change, and how.</summary>
    private sealed record Change(Attendee? Target, string Method, int Bits);

    private static readonly Input<Change> ChangeOfOne = new(c => new Change(
        c.Room.Find(c.Parameters.RequiredInt("attendeeId")), c.Parameters.RequiredText("method"), Permissions("permissions").Read(c)))
    {
        Check = (c, change) => change.Target switch
        {
            null => OcsResult.Error(404, "participant"),
            { ActorType: ActorType.Groups } => OcsResult.Error(400, "type"),
            { IsModerator: true } => OcsResult.Error(c.Has(Rules.ErrorsHaveReasons) ? 403 : 400, "moderator"),
            _ when c.Room.IsOneToOne => OcsResult.Error(400, "room-type"),
            _ => change.Method is "set" or "add" or "remove" ? null : OcsResult.Error(400, "method"),
        },
    };

    /// <summary>Whom the parameters of promote and demote mean: an attendee, a user, or a guest's session.</summary>
    private static readonly Input<Attendee?> Target = new(FindTarget);

    private static readonly Input<Change> ChangeOfAll = new(c => new Change(Target: null, c.Parameters.RequiredText("method"), c.Parameters.RequiredInt("permissions")));

    /// <summary>1 audio, 2 video, 4 screen, 7 all.</summary>
    private static readonly Input<Change> Publishing = new(c => new Change(
        c.Room.Find(c.Parameters.RequiredInt("attendeeId")), "set", c.Parameters.RequiredInt("state")))
    {
        Check = (_, change) => change.Target is null ? OcsResult.Error(404) : change.Bits is < 0 or > 7 || change.Target.IsModerator ? OcsResult.Error(400) : null,
    };

    public static readonly OcsOperation[] Table =
    [
        new("participant.promote", "POST room/{token}/moderators", "3.0", Rank, Take(Target, (c, target) => ChangeRank(c, target, up: true))),
        new("participant.demote", "DELETE room/{token}/moderators", "3.0", Rank, Take(Target, (c, target) => ChangeRank(c, target, up: false))),
        new("participant.set_permissions", "PUT room/{token}/attendees/permissions", "13.0", Rank, Take(ChangeOfOne, SetPermissions)),

        // Removed from Talk, the route stayed.
        new("participant.set_all_permissions", "PUT room/{token}/attendees/permissions/all", "13.0", Rank, Take(ChangeOfAll, SetAllPermissions, When(c => c.Has(Rules.ErrorsHaveReasons), 400))),
        new("participant.set_publishing_permissions", "PUT room/{token}/attendees/publishing-permissions", VersionRange.Between("12.0", "13.0"), Rank,
            Set(Publishing, (_, change) => change.Target!.PublishingPermissions = change.Bits)),
    ];

    private static OcsResult SetPermissions(OcsCall call, Change change)
    {
        var target = change.Target!;
        var current = RoomRules.Permissions(call.World, call.Room, target);
        target.Permissions = change.Method switch
        {
            "set" => Permission.AsCustom(change.Bits),
            "add" => Permission.AsCustom(current | change.Bits),
            _ => Permission.Custom | (current & ~change.Bits),
        };
        return call.Has(Rules.SettersAnswerRoom) ? ParticipantView.List(call, [target], withStatus: true) : OcsResult.Empty();
    }

    private static OcsResult SetAllPermissions(OcsCall call, Change change)
    {
        foreach (var attendee in call.Room.Attendees.Where(a => !a.IsModerator))
        {
            attendee.Permissions = Permission.AsCustom(change.Bits);
        }

        return call.RoomAnswer();
    }

    private static Attendee? FindTarget(OcsCall call)
    {
        var p = call.Parameters;
        if (call.Api >= 4)
        {
            return call.Room.Find(p.RequiredInt("attendeeId"));
        }

        if (call.Has(Rules.AttendeesHaveIds) && p.OptionalInt("attendeeId") is { } id)
        {
            return call.Room.Find(id);
        }

        if (p.OptionalText("participant") is { Length: > 0 } user)
        {
            return call.Room.Find(ActorType.Users, user);
        }

        if (call.Has(Rules.GuestsCanBePromoted) && p.OptionalText("sessionId") is { Length: > 0 } sessionId)
        {
            return call.Room.FindSession(sessionId)?.Attendee;
        }

        return call.Has(Rules.MissingArgumentsMatter) && !call.Has(Rules.AttendeesHaveIds) && !p.Has("participant")
            ? throw new BadParameterException("participant")
            : null;
    }

    private static OcsResult ChangeRank(OcsCall call, Attendee? target, bool up)
    {
        var toOwner = call.Has(Rules.OwnersCanBePromoted) && call.Parameters.Int("participantType", 0) == ParticipantType.Owner;
        if (RankRefusal(call, target, up, toOwner) is { } refusal)
        {
            return refusal;
        }

        (target!.ParticipantType, var kind) = (up, target.IsUser, toOwner) switch
        {
            (true, true, true) => (ParticipantType.Owner, "owner_promoted"),
            (true, true, false) => (ParticipantType.Moderator, "moderator_promoted"),
            (true, false, _) => (ParticipantType.GuestModerator, "guest_moderator_promoted"),
            (false, true, _) => (ParticipantType.User, "moderator_demoted"),
            (false, false, _) => (ParticipantType.Guest, "guest_moderator_demoted"),
        };
        call.World.Announce(call.Room, call.Attendee, kind, target);
        return OcsResult.Empty();
    }

    private static OcsResult? RankRefusal(OcsCall call, Attendee? target, bool up, bool toOwner)
    {
        var wrong = Rules.WrongPromotionStatus.At(call.Version);
        return target switch
        {
            null => OcsResult.Error(404, "participant"),
            _ when target == call.Attendee && (!up || call.Has(Rules.PromotingSelfIsForbidden)) => OcsResult.Error(403, "self"),
            _ when call.Room.IsOneToOne => OcsResult.Error(wrong, "room-type"),
            { ActorType: ActorType.Groups } => OcsResult.Error(wrong, "actor-type"),
            { ParticipantType: ParticipantType.Moderator } => up && !toOwner ? OcsResult.Error(wrong, "type") : null,
            { ParticipantType: ParticipantType.GuestModerator } => up ? OcsResult.Error(wrong, "type") : null,
            _ => up && !target.IsModerator ? null : OcsResult.Error(wrong, "type"),
        };
    }
}
