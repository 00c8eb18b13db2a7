using Google.Rpc;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>
/// Joins the room where a call is joined without it. Every released server wants the room joined first, in the same PHP session,
/// and answers 404 otherwise.
/// </summary>
internal sealed class JoinRoomFirstPolyfill : Detour<JoinCallRequest, JoinCallResponse>
{
    public override string Name => "join-room-first";

    public override bool AppliesTo(ServerProfile server) => true;

    protected override async ValueTask<JoinCallResponse> InvokeAsync(PolyfillCall call, JoinCallRequest request, CancellationToken cancellationToken)
    {
        if (call.HasSession)
        {
            try
            {
                return await call.NextAsync<JoinCallResponse>(request, cancellationToken);
            }
            catch (TalkException notJoined) when (notJoined.Code == Code.NotFound)
            {
                // The session is in another room, or in none any more.
            }
        }

        var join = new JoinRoomRequest { Token = request.Token };
        if (request.HasPassword)
        {
            join.Password = request.Password;
        }

        var room = (await call.CallDirectAsync<JoinRoomResponse>(join, cancellationToken)).Room;
        JoinCallResponse response;
        try
        {
            response = await call.NextAsync<JoinCallResponse>(request, cancellationToken);
        }
        catch (Exception failure) when (Rollback.IsFailedCall(failure))
        {
            // Or each try in front of a closed lobby would leave another session in the room.
            var hasLeft = await Rollback.TryAsync(stop => call.CallAsync<LeaveRoomResponse>(new LeaveRoomRequest { Token = request.Token }, stop), call.Time);
            var known = failure is UpstreamException lost ? UpstreamFailureTable.ToStatus(lost.Failure) : (failure as TalkException)?.Status;
            if (!hasLeft && known is not null)
            {
                throw new TalkException(known.LeavingSessionBehind(), failure);
            }

            throw;
        }

        if (!response.HasSessionId && room is { HasSessionId: true })
        {
            response.SessionId = room.SessionId;
        }

        return response;
    }
}
