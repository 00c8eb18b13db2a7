using Google.Rpc;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>
/// Says that a room is preserved where the server only says no: of a refused clearing it does not tell whether the caller may not,
/// or the room does not let anybody.
/// </summary>
internal sealed class PreservedReasonPolyfill : Detour<ClearHistoryRequest, ClearHistoryResponse>
{
    public override string Name => "preserved-reason";

    public override bool AppliesTo(ServerProfile server) => server.HasCapability("preserve-conversation");

    protected override async ValueTask<ClearHistoryResponse> InvokeAsync(PolyfillCall call, ClearHistoryRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await call.NextAsync<ClearHistoryResponse>(request, cancellationToken);
        }
        catch (TalkException refused) when (refused.Code == Code.PermissionDenied)
        {
            if (await RoomAsync(call, request.Token, cancellationToken) is { } room && IsPreserved(room) && IsModerator(room))
            {
                throw refused.AsReason(Code.FailedPrecondition, "PRESERVED", $"{call.Plan.OperationId}: {UpstreamWords.TextOf("preserved")}");
            }

            throw;
        }
    }

    private static async ValueTask<Room?> RoomAsync(PolyfillCall call, string token, CancellationToken cancellationToken)
    {
        try
        {
            return (await call.CallAsync<GetRoomResponse>(new GetRoomRequest { Token = token }, cancellationToken)).Room;
        }
        catch (Exception failure) when (failure is TalkException or UpstreamException)
        {
            // The refusal stands, less well explained.
            return null;
        }
    }

    private static bool IsPreserved(Room room) => (room.Attributes & (uint)RoomAttribute.Preserved) != 0;

    private static bool IsModerator(Room room) => room.ParticipantType is ParticipantType.Owner or ParticipantType.Moderator;
}
