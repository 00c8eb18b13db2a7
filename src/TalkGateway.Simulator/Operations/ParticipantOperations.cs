using System.Text.Json.Nodes;
using static TalkGateway.Simulator.Guard;
using static TalkGateway.Simulator.Handlers;
using static TalkGateway.Simulator.Input;
using static TalkGateway.Simulator.Refusals;

namespace TalkGateway.Simulator;

/// <summary>The list of participants, and who is added or removed.</summary>
internal static class ParticipantOperations
{
    private static readonly Refusal TakesNobody = When(
        c => c.Room.Type is not (RoomType.Group or RoomType.Public) && (!c.Room.IsOneToOne || c.Has(Rules.OneToOneIsLocked)), 400, "room-type");

    public static readonly OcsOperation[] Table =
    [
        new("participant.list", "GET room/{token}/participants", "3.0", Member | AccountAtFirst | NotInLobby, Do(ListParticipants, When(c => c.Attendee is { IsGuest: true, IsModerator: false }, 403))),
        new("participant.add", "POST room/{token}/participants", "3.0", RankOfAccount, Take(Named("newParticipant"), Add, TakesNobody)),
        new("participant.import_emails", "POST room/{token}/import-emails", "20.1", RankOfAccount, ImportEmails),
        new("participant.resend_invitations", "POST room/{token}/participants/resend-invitations", "11.0", RankOfAccount, ResendInvitations) { MinApi = 3 },
        new("participant.remove_self", "DELETE room/{token}/participants/self", "3.0", Own, RemoveSelf),
        new("participant.remove_user", "DELETE room/{token}/participants", "3.0", Member | AccountAtFirst, Take(Named("participant"), RemoveUser)) { MaxApi = 3 },
        new("participant.remove_guest", "DELETE room/{token}/participants/guests", "3.0", Rank, Take(Named("participant"), RemoveGuest)) { MaxApi = 3 },
        new("participant.remove", "DELETE room/{token}/attendees", "10.1", Rank, Take(Participant("attendeeId"), Remove)) { MinApi = 3 },
    ];

    /// <summary>Somebody by user id, session id, address or group.</summary>
    private static Input<string> Named(string parameter) => new(c => c.Argument(parameter));

    private static OcsResult ListParticipants(OcsCall call) =>
        ParticipantView.List(call, call.Room.Attendees, call.Parameters.Bool("includeStatus", false) && call.Has(Rules.StatusOnDemand));

    private static OcsResult Add(OcsCall call, string id)
    {
        var room = call.Room;
        var source = call.Has(Rules.InvitesHaveSource) ? call.Parameters.Text("source", "users") : "users";
        switch (source)
        {
            case "users" when call.World.Accounts.Find(id) is { } account:
                var becomesGroup = room.IsOneToOne && room.Find(account) is null;
                Invitations.AddUser(call.World, room, account, call.Attendee);
                if (becomesGroup)
                {
                    (room.Type, room.Name) = (RoomType.Group, "");
                }

                return TypeAnswer(call, becomesGroup);
            case "groups" when call.World.Accounts.MembersOf(id) is not null:
                Invitations.AddGroup(call.World, room, id, call.Attendee);
                return TypeAnswer(call, hasChanged: false);
            case "users" or "groups" or "teams":
                return OcsResult.Error(404, "new-participant");
            case "circles":
                return OcsResult.Error(call.Has(Rules.ErrorsHaveReasons) ? 404 : 400, "new-participant");
            case "emails":
                return Email(call, id);
            case "federated_users" when call.Has(Rules.FederatedInvitations):
                return OcsResult.Error(501, "federation");
            case "phones" when call.Has(Rules.PhoneInvitations):
                return OcsResult.Error(501, "sip");
            default:
                return OcsResult.Error(400, "source");
        }
    }

    private static OcsResult ImportEmails(OcsCall call)
    {
        if (!call.Http.Request.HasFormContentType || call.Http.Request.Form.Files["file"] is not { } file)
        {
            return OcsResult.ErrorWith(400, new JsonObject { ["error"] = "file", ["message"] = "Uploading the file failed" });
        }

        using var reader = new StreamReader(file.OpenReadStream());
        var lines = reader.ReadToEnd().Split('\n').Select(l => l.Trim().Split(',').Select(c => c.Trim('"', ' ', '\r')).ToArray()).ToList();
        var column = Array.FindIndex(lines[0], h => h.Equals("email", StringComparison.OrdinalIgnoreCase));
        if (column < 0)
        {
            // A sentence in the place of a reason, in the caller's language.
            const string lacking = "Missing \"email\" field in header line";
            return OcsResult.ErrorWith(400, new JsonObject { ["error"] = lacking, ["message"] = lacking });
        }

        var rows = lines.Select((cells, i) => (Line: i + 1, Cells: cells)).Skip(1).Where(l => l.Cells.Any(c => c.Length > 0)).ToList();
        var addresses = rows.Where(r => r.Cells.Length > column && Invitations.IsAddress(r.Cells[column])).Select(r => r.Cells[column]).ToList();
        var invalid = rows.Where(r => r.Cells.Length <= column || !Invitations.IsAddress(r.Cells[column])).Select(r => r.Line).ToList();
        var fresh = addresses.Distinct().Where(a => call.Room.Find(ActorType.Emails, a) is null).ToList();
        var answer = new JsonObject { ["invites"] = fresh.Count, ["duplicates"] = addresses.Count - fresh.Count };
        if (invalid.Count > 0)
        {
            answer["invalid"] = invalid.Count;
            answer["invalidLines"] = PhpJson.List(invalid.Select(l => (JsonNode?)l));
        }

        var isTest = call.Parameters.Bool("testRun", false);
        if (isTest && invalid.Count > 0)
        {
            var message = $"Following lines are invalid: {string.Join(", ", invalid)}";
            (answer["error"], answer["message"]) = (message, message);
            return OcsResult.ErrorWith(400, answer);
        }

        if (!isTest)
        {
            var opens = false;
            foreach (var address in fresh)
            {
                opens |= Invitations.AddEmail(call.World, call.Room, address);
            }

            if (opens)
            {
                answer["type"] = call.Room.Type;
            }
        }

        return OcsResult.Ok(answer);
    }

    private static OcsResult ResendInvitations(OcsCall call)
    {
        var id = call.Parameters.OptionalInt("attendeeId");
        if (id is not null && call.Room.Find(id.Value) is null)
        {
            return OcsResult.Error(404);
        }

        var fails = call.Has(Rules.InvalidAddressFails) && call.Room.Attendees.Exists(a => a.ActorType == ActorType.Emails && !Invitations.IsAddress(a.ActorId));
        return fails ? throw new BadParameterException("attendeeId") : OcsResult.Empty();
    }

    private static OcsResult RemoveSelf(OcsCall call) => MustStay(call, call.Attendee) ? OcsResult.Error(400, "last-moderator") : RemoveAttendee(call, call.Attendee);

    /// <summary>v3 and v4: by attendee id.</summary>
    private static OcsResult Remove(OcsCall call, Attendee target)
    {
        if (target == call.Attendee)
        {
            return call.Api >= 4 && !call.Has(Rules.ErrorsHaveReasons) && !MustStay(call, target) ? OcsResult.Error(403) : RemoveSelf(call);
        }

        return target.ParticipantType == ParticipantType.Owner ? OcsResult.Error(403, "owner") : RemoveAttendee(call, target);
    }

    /// <summary>v1 to v3: by user id.</summary>
    private static OcsResult RemoveUser(OcsCall call, string id)
    {
        var isSelf = call.Attendee.IsUser && call.Attendee.ActorId == id;
        return isSelf && !call.Has(Rules.RemovingSelfIsForbidden) ? RemoveSelf(call)
            : !call.Attendee.IsModerator ? OcsResult.Error(403)
            : call.Room.IsOneToOne && call.Has(Rules.OneToOneIsLocked) ? OcsResult.Error(400)
            : call.Room.Find(ActorType.Users, id) is not { } target ? OcsResult.Error(404)
            : isSelf || target.ParticipantType == ParticipantType.Owner ? OcsResult.Error(403)
            : RemoveAttendee(call, target);
    }

    /// <summary>v1 to v3: a guest by session id.</summary>
    private static OcsResult RemoveGuest(OcsCall call, string sessionId)
    {
        if (call.Room.FindSession(sessionId)?.Attendee is not { IsGuest: true } target)
        {
            return OcsResult.Error(call.Room.FindSession(sessionId) is null ? 404 : Rules.RemoveGuestWhoIsNoneStatus.At(call.Version));
        }

        call.Room.Remove(target);
        return OcsResult.Empty();
    }

    private static OcsResult Email(OcsCall call, string address)
    {
        if (call.Room.Find(ActorType.Emails, address) is not null)
        {
            return call.Has(Rules.SecondInvitationFails) ? throw new BadParameterException("newParticipant") : TypeAnswer(call, call.Has(Rules.SecondInvitationTellsType));
        }

        // The attendee is stored before the mail fails.
        var opens = Invitations.AddEmail(call.World, call.Room, address);
        return call.Has(Rules.InvalidAddressFails) && !Invitations.IsAddress(address)
            ? throw new BadParameterException("newParticipant")
            : TypeAnswer(call, opens);
    }

    private static OcsResult TypeAnswer(OcsCall call, bool hasChanged) =>
        OcsResult.Ok(hasChanged && call.Has(Rules.AddTellsType) ? new JsonObject { ["type"] = call.Room.Type } : new JsonArray());

    private static bool MustStay(OcsCall call, Attendee attendee) =>
        call.Has(Rules.SoleModeratorMustStay)
        && !call.Room.IsOneToOne
        && attendee is { IsModerator: true, IsUser: true }
        && call.Room.Users.Any(a => a != attendee)
        && !call.Room.Users.Any(a => a != attendee && a.IsModerator);

    private static OcsResult RemoveAttendee(OcsCall call, Attendee target)
    {
        var room = call.Room;
        foreach (var session in target.Sessions.ToList())
        {
            call.World.Close(room, session);
        }

        if (target.IsUser)
        {
            call.World.Announce(room, call.Attendee, "user_removed", target);
        }
        else if (target.ActorType == ActorType.Groups)
        {
            call.World.Announce(room, call.Attendee, "group_removed", target);
        }

        room.Remove(target);
        if (!room.Users.Any())
        {
            call.World.Delete(room);
        }
        else if (room.IsOneToOne && call.Has(Rules.LeftOneToOneBecomesGroup))
        {
            (room.Type, room.Name) = (RoomType.Group, "");
        }

        return OcsResult.Empty();
    }
}
