using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>Completes the answer to a join: up to Talk 6 it is the session id alone, from Talk 7 on the whole room.</summary>
internal sealed class JoinAnswerPolyfill : Detour<JoinRoomRequest, JoinRoomResponse>
{
    public override string Name => "join-answer";

    public override bool AppliesTo(ServerProfile server) => true;

    protected override async ValueTask<JoinRoomResponse> InvokeAsync(PolyfillCall call, JoinRoomRequest request, CancellationToken cancellationToken)
    {
        var response = await call.NextAsync<JoinRoomResponse>(request, cancellationToken);
        if (response.Room is { Token.Length: > 0 })
        {
            return response;
        }

        try
        {
            if ((await call.CallAsync<GetRoomResponse>(new GetRoomRequest { Token = request.Token }, cancellationToken)).Room is { } room)
            {
                if (response.Room is { HasSessionId: true } joined)
                {
                    room.SessionId = joined.SessionId;
                }

                response.Room = room;
            }
        }
        catch (Exception failure) when (failure is TalkException or UpstreamException)
        {
            // The room is joined; a client that is told otherwise would join again and leave this session behind.
        }

        return response;
    }
}
