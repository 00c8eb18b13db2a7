namespace TalkGateway.Simulator;

/// <summary>Promoting and demoting, and what single attendees may do.</summary>
internal static class RankHandlers
{
    public static OcsResult Promote(OcsCall call) => Rank(call, Target(call), up: true);

    public static OcsResult Demote(OcsCall call) => Rank(call, Target(call), up: false);

    public static OcsResult SetPermissions(OcsCall call)
    {
        var method = call.Parameters.RequiredText("method");
        var bits = call.Parameters.RequiredInt("permissions");
        var target = call.Room.Find(call.Parameters.RequiredInt("attendeeId"));
        if (bits < 0 || bits > Rules.MostPermissions.At(call.Version))
        {
            throw new BadParameterException("permissions");
        }

        if (target is null)
        {
            return OcsResult.Error(404, "participant");
        }

        if (target.ActorType is ActorType.Groups)
        {
            return OcsResult.Error(400, "type");
        }

        if (target.IsModerator)
        {
            return OcsResult.Error(call.Has(Rules.ErrorsHaveReasons) ? 403 : 400, "moderator");
        }

        if (call.Room.IsOneToOne)
        {
            return OcsResult.Error(400, "room-type");
        }

        var current = RoomRules.Permissions(call.World, call.Room, target);
        switch (method)
        {
            case "set":
                target.Permissions = ConversationSettings.Custom(bits);
                break;
            case "add":
                target.Permissions = ConversationSettings.Custom(current | bits);
                break;
            case "remove":
                target.Permissions = Permission.Custom | (current & ~bits);
                break;
            default:
                return OcsResult.Error(400, "method");
        }

        return call.Has(Rules.SettersAnswerRoom)
            ? OcsResult.Ok(PhpJson.List([ParticipantView.Render(call.World, call.Room, target, call.Api, withStatus: true)])).With("X-Nextcloud-Has-User-Statuses", "1")
            : OcsResult.Empty();
    }

    /// <summary>Removed from Talk, the route stayed; before, it changed everybody's permissions.</summary>
    public static OcsResult SetAllPermissions(OcsCall call)
    {
        _ = call.Parameters.RequiredText("method");
        var bits = call.Parameters.RequiredInt("permissions");
        if (call.Has(Rules.ErrorsHaveReasons))
        {
            return OcsResult.Error(400);
        }

        foreach (var attendee in call.Room.Attendees.Where(a => !a.IsModerator))
        {
            attendee.Permissions = ConversationSettings.Custom(bits);
        }

        return OcsResult.Ok(RoomView.Render(call.RoomContext(call.Room)));
    }

    /// <summary>Talk 12 only: 1 audio, 2 video, 4 screen, 7 all.</summary>
    public static OcsResult SetPublishingPermissions(OcsCall call)
    {
        var target = call.Room.Find(call.Parameters.RequiredInt("attendeeId"));
        var state = call.Parameters.RequiredInt("state");
        if (target is null)
        {
            return OcsResult.Error(404);
        }

        if (state is < 0 or > 7 || target.IsModerator)
        {
            return OcsResult.Error(400);
        }

        target.PublishingPermissions = state;
        return OcsResult.Empty();
    }

    /// <summary>Whom the parameters of promote and demote mean: an attendee, a user, or a guest's session.</summary>
    private static Attendee? Target(OcsCall call)
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

    private static OcsResult Rank(OcsCall call, Attendee? target, bool up)
    {
        var wrong = Rules.WrongPromotionStatus.At(call.Version);
        if (target is null)
        {
            return OcsResult.Error(404, "participant");
        }

        var toOwner = call.Has(Rules.OwnersCanBePromoted) && call.Parameters.Int("participantType", 0) == ParticipantType.Owner;
        if (target == call.Attendee && (!up || call.Has(Rules.PromotingSelfIsForbidden)))
        {
            return OcsResult.Error(403, "self");
        }

        if (call.Room.IsOneToOne)
        {
            return OcsResult.Error(wrong, "room-type");
        }

        if (target.ActorType is ActorType.Groups)
        {
            return OcsResult.Error(wrong, "actor-type");
        }

        if (up ? target.IsModerator && !(toOwner && target.ParticipantType == ParticipantType.Moderator) : !IsDemotable(target))
        {
            return OcsResult.Error(wrong, "type");
        }

        target.ParticipantType = (up, target.IsUser, toOwner) switch
        {
            (true, true, true) => ParticipantType.Owner,
            (true, true, false) => ParticipantType.Moderator,
            (true, false, _) => ParticipantType.GuestModerator,
            (false, true, _) => ParticipantType.User,
            (false, false, _) => ParticipantType.Guest,
        };
        var kind = (up, target.IsUser, toOwner) switch
        {
            (true, true, true) => "owner_promoted",
            (true, true, false) => "moderator_promoted",
            (true, false, _) => "guest_moderator_promoted",
            (false, true, _) => "moderator_demoted",
            (false, false, _) => "guest_moderator_demoted",
        };
        call.World.Announce(call.Room, call.Attendee, kind, target);
        return OcsResult.Empty();
    }

    private static bool IsDemotable(Attendee target) => target.ParticipantType is ParticipantType.Moderator or ParticipantType.GuestModerator;
}
