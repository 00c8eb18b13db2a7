using Google.Protobuf;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>Gives back the room after a change, for servers that answer nothing: all below Talk 21, some operations above.</summary>
internal sealed class RereadRoomPolyfill : Detour
{
    public override string Name => "reread-room";

    public override bool AppliesTo(ServerProfile server) => true;

    public override async ValueTask<IMessage> InvokeAsync(PolyfillCall call, IMessage request, CancellationToken cancellationToken)
    {
        var response = await call.NextAsync(request, cancellationToken);
        var room = response.Descriptor.FindFieldByName("room").Accessor;
        if (room.GetValue(response) is null)
        {
            try
            {
                var token = (string)request.Descriptor.FindFieldByName("token").Accessor.GetValue(request);
                room.SetValue(response, (await call.CallAsync<GetRoomResponse>(new GetRoomRequest { Token = token }, cancellationToken)).Room);
            }
            catch (Exception failure) when (failure is TalkException or UpstreamException)
            {
                // The change is made; to report it as failed because the room can't be read (any more) would be wrong.
            }
        }

        return response;
    }
}
