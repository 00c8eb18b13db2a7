using Google.Protobuf;
using Google.Rpc;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>
/// Creates a room with everything the request says where the server can't do so at once (before <c>conversation-creation-all</c>,
/// Talk 21.1): the room first, then one attribute after the other. If one fails, the room is deleted again.
/// </summary>
internal sealed class CreateThenSetPolyfill : Detour<CreateRoomRequest, CreateRoomResponse>
{
    public override string Name => "create-then-set";

    public override bool AppliesTo(ServerProfile server) => !server.HasCapability("conversation-creation-all");

    protected override async ValueTask<CreateRoomResponse> InvokeAsync(PolyfillCall call, CreateRoomRequest request, CancellationToken cancellationToken)
    {
        if (request.Source == "circles" && !call.Server.HasCapability("circles-support"))
        {
            throw call.Unsupported("circles-support", "source");
        }

        var steps = Steps(call, request).ToList();
        foreach (var step in steps)
        {
            if (call.MissingFor(step.Request) is { } missing)
            {
                throw call.Unsupported(missing, step.Field);
            }
        }

        var response = await call.NextAsync<CreateRoomResponse>(AtCreation(call, request), cancellationToken);
        if (response.Room is not { Token: { Length: > 0 } token })
        {
            throw call.Incomplete("the token of the new room");
        }

        try
        {
            if (NameWasIgnored(request, response.Room))
            {
                steps.Insert(0, new Step("name", new RenameRoomRequest { Name = request.Name }));
            }

            foreach (var step in steps)
            {
                SetToken(step.Request, token);
                await TakeAsync(call, step, cancellationToken);
            }

            // Talk 3 to 7 answer little more than the token.
            if (steps.Count != 0 || response.Room.ParticipantType == ParticipantType.Unspecified)
            {
                response.Room = (await call.CallAsync<GetRoomResponse>(new GetRoomRequest { Token = token }, cancellationToken)).Room;
            }

            return response;
        }
        catch (Exception failure) when (!response.ExistedBefore && Rollback.IsFailedCall(failure))
        {
            var undone = await Rollback.TryAsync(
                stop => call.CallAsync<DeleteRoomResponse>(new DeleteRoomRequest { Token = token }, stop), call.Time);
            var known = failure is UpstreamException lost ? new TalkException(UpstreamFailureTable.ToStatus(lost.Failure), lost) : failure as TalkException;
            if (!undone && known is not null)
            {
                throw known.LeavingBehind(token);
            }

            throw;
        }
    }

    /// <summary>A step that the server refuses blames the field of the client's request that asked for it.</summary>
    private static async ValueTask TakeAsync(PolyfillCall call, Step step, CancellationToken cancellationToken)
    {
        try
        {
            await call.CallAsync(step.Request, cancellationToken);
        }
        catch (TalkException refused) when (refused.Code is Code.InvalidArgument or Code.NotFound)
        {
            throw refused.BlamingInstead(step.Field);
        }
    }

    /// <summary>The part of the request that the server takes at creation.</summary>
    private static CreateRoomRequest AtCreation(PolyfillCall call, CreateRoomRequest request)
    {
        var create = new CreateRoomRequest { Type = NeedsDetour(call, request) ? RoomType.Public : request.Type };
        if (request.HasName)
        {
            create.Name = request.Name;
        }

        if (request.HasInvite)
        {
            create.Invite = request.Invite;
        }

        if (request.HasSource)
        {
            create.Source = request.Source;
        }

        if (request.HasObjectType)
        {
            create.ObjectType = request.ObjectType;
        }

        if (request.HasObjectId)
        {
            create.ObjectId = request.ObjectId;
        }

        if (request.HasPassword && TakesPassword(call))
        {
            create.Password = request.Password;
        }

        return create;
    }

    /// <summary>What is set afterwards, in an order in which no step locks out a later one.</summary>
    private static IEnumerable<Step> Steps(PolyfillCall call, CreateRoomRequest request)
    {
        if (NeedsDetour(call, request))
        {
            yield return new Step("type", new MakeRoomPrivateRequest());
        }

        if (request.HasPassword && request.Password.Length != 0 && !TakesPassword(call))
        {
            yield return new Step("password", new SetRoomPasswordRequest { Password = request.Password });
        }

        if (request.HasDescription && request.Description.Length != 0)
        {
            yield return new Step("description", new SetRoomDescriptionRequest { Description = request.Description });
        }

        if (request.HasListable && request.Listable != ListableScope.Unspecified)
        {
            yield return new Step("listable", new SetRoomListableRequest { Scope = request.Listable });
        }

        if (request.MessageExpiration is { Seconds: not 0 } expiration)
        {
            yield return new Step("message_expiration", new SetMessageExpirationRequest { Expiration = expiration });
        }

        if (request.LobbyEnabled)
        {
            yield return new Step("lobby_enabled", new SetRoomLobbyRequest { Enabled = true, Timer = request.LobbyTimer });
        }

        if (request.Permissions != 0)
        {
            yield return new Step("permissions", new SetRoomPermissionsRequest { Mode = RoomPermissionMode.Default, Permissions = request.Permissions });
        }

        if (request.RecordingConsent)
        {
            yield return new Step("recording_consent", new SetRecordingConsentRequest { Required = true });
        }

        if (request.MentionsForModeratorsOnly)
        {
            yield return new Step("mentions_for_moderators_only", new SetMentionPermissionsRequest { ModeratorsOnly = true });
        }

        foreach (var (source, id) in Invited(request.Participants ?? new Invitations()))
        {
            var add = new AddParticipantRequest { NewParticipant = id };
            if (source != "users")
            {
                add.Source = source;
            }

            yield return new Step("participants", add);
        }

        if (request.ReadOnly)
        {
            yield return new Step("read_only", new SetRoomReadOnlyRequest { ReadOnly = true });
        }
    }

    private static IEnumerable<(string Source, string Id)> Invited(Invitations invitations) =>
        invitations.Users.Select(id => ("users", id))
            .Concat(invitations.FederatedUsers.Select(id => ("federated_users", id)))
            .Concat(invitations.Groups.Select(id => ("groups", id)))
            .Concat(invitations.Emails.Select(id => ("emails", id)))
            .Concat(invitations.Phones.Select(id => ("phones", id)))
            .Concat(invitations.Teams.Select(id => ("circles", id)));

    /// <summary>
    /// Before <c>empty-group-room</c> (Talk 3.1) a group room begins with a group of people; one without is a public room made
    /// private.
    /// </summary>
    private static bool NeedsDetour(PolyfillCall call, CreateRoomRequest request) =>
        request.Type == RoomType.Group && request.Invite.Length == 0 && !call.Server.HasCapability("empty-group-room");

    private static bool TakesPassword(PolyfillCall call) => call.Server.HasCapability("conversation-creation-password");

    /// <summary>Talk 3.0 ignores names at creation, and later servers do so where a group is invited.</summary>
    private static bool NameWasIgnored(CreateRoomRequest request, Room room) =>
        request.Type != RoomType.OneToOne && request.Name.Length != 0 && room.Name != request.Name.Trim();

    private static void SetToken(IMessage request, string token) => request.Descriptor.FindFieldByName("token").Accessor.SetValue(request, token);

    /// <summary>One attribute.</summary>
    /// <param name="Field">Field of the client's request that asks for it.</param>
    /// <param name="Request">The call that sets it; its token follows.</param>
    private sealed record Step(string Field, IMessage Request);
}
