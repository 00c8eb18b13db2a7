using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>
/// Lets an attendee be addressed by id, by actor or by session on every server: from API v3 on servers want the attendee id, before
/// that the user id of users and the session id of guests. Another form than that is looked up in the list of participants.
/// </summary>
internal sealed class AttendeeAddressPolyfill : Detour
{
    private const string Users = "users";
    private const int FirstVersionWithAttendeeIds = 3;

    private static readonly Version FirstWithSessionAddresses = new(5, 0);

    public override string Name => "attendee-address";

    public override IReadOnlyList<string> Fills { get; } = ["attendee.attendee_id", "attendee.actor.id", "attendee.session_id"];

    public override bool AppliesTo(ServerProfile server) => true;

    public override bool Fits(MethodDescriptor rpc) =>
        rpc.InputType.FindFieldByName("token") is { FieldType: FieldType.String }
        && rpc.InputType.FindFieldByName("attendee") is { FieldType: FieldType.Message } attendee && attendee.MessageType == AttendeeRef.Descriptor;

    public override async ValueTask<IMessage> InvokeAsync(PolyfillCall call, IMessage request, CancellationToken cancellationToken)
    {
        var field = request.Descriptor.FindFieldByName("attendee").Accessor;
        if (field.GetValue(request) is not AttendeeRef address)
        {
            return await call.NextAsync(request, cancellationToken);
        }

        if (IsEmpty(address))
        {
            throw call.Invalid("attendee", "needs the id, the actor or a session of an attendee");
        }

        if (!IsNative(call, address))
        {
            var token = (string)request.Descriptor.FindFieldByName("token").Accessor.GetValue(request);
            var native = NativeAddress(call, await FindAsync(call, token, address, cancellationToken));
            var copy = request.Descriptor.Parser.ParseFrom(request.ToByteArray());
            field.SetValue(copy, native);
            return await call.NextAsync(copy, cancellationToken);
        }

        return await call.NextAsync(request, cancellationToken);
    }

    private static bool IsEmpty(AttendeeRef address) => address.AddressCase switch
    {
        AttendeeRef.AddressOneofCase.None => true,
        AttendeeRef.AddressOneofCase.Actor => address.Actor.Type.Length == 0 || address.Actor.Id.Length == 0,
        AttendeeRef.AddressOneofCase.SessionId => address.SessionId.Length == 0,
        _ => false,
    };

    private static bool WantsAttendeeId(PolyfillCall call) => call.Server.ApiVersion(call.Plan.Family) >= FirstVersionWithAttendeeIds;

    private static bool IsNative(PolyfillCall call, AttendeeRef address) => address.AddressCase switch
    {
        // Ids below zero are the gateway's own (LegacyConversions): a client may keep one over an upgrade of its server.
        AttendeeRef.AddressOneofCase.AttendeeId => WantsAttendeeId(call) && address.AttendeeId >= 0,
        AttendeeRef.AddressOneofCase.Actor => !WantsAttendeeId(call) && address.Actor.Type == Users,
        _ => false,
    };

    private static async ValueTask<Participant> FindAsync(PolyfillCall call, string token, AttendeeRef address, CancellationToken cancellationToken)
    {
        var list = await call.CallAsync<ListParticipantsResponse>(new ListParticipantsRequest { Token = token }, cancellationToken);
        return list.Participants.FirstOrDefault(participant => Matches(participant, address)) ?? throw new TalkException(Statuses.Gateway(
            Code.NotFound,
            ErrorReasons.AttendeeNotFound,
            "attendee: no participant of the room has this address",
            ("operation", call.Plan.OperationId)));
    }

    private static bool Matches(Participant participant, AttendeeRef address) => address.AddressCase switch
    {
        AttendeeRef.AddressOneofCase.AttendeeId => participant.AttendeeId == address.AttendeeId
            || (address.AttendeeId < 0 && DerivedId(participant) == address.AttendeeId),
        AttendeeRef.AddressOneofCase.Actor => participant.ActorType == address.Actor.Type && participant.ActorId == address.Actor.Id,
        _ => participant.SessionIds.Contains(address.SessionId),
    };

    private static long DerivedId(Participant participant) => LegacyConversions.DerivedAttendeeId(
        System.Text.Encoding.UTF8.GetBytes(participant.ActorType), System.Text.Encoding.UTF8.GetBytes(participant.ActorId));

    private static AttendeeRef NativeAddress(PolyfillCall call, Participant participant)
    {
        if (WantsAttendeeId(call))
        {
            return new AttendeeRef { AttendeeId = participant.AttendeeId };
        }

        if (participant.ActorType == Users)
        {
            return new AttendeeRef { Actor = new Actor { Type = Users, Id = participant.ActorId } };
        }

        if (call.Plan.OperationId != "participant.remove" && call.Server.Version < FirstWithSessionAddresses)
        {
            throw call.Unsupported($"Talk {FirstWithSessionAddresses} to address guests", "attendee");
        }

        return new AttendeeRef { SessionId = participant.SessionIds.FirstOrDefault() ?? "" };
    }
}
