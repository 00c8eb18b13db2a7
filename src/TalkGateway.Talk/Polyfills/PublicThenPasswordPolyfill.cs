using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>Opens a room with a password where both can't be done at once; the room goes back to private if the password is refused.</summary>
internal sealed class PublicThenPasswordPolyfill : Detour<MakeRoomPublicRequest, MakeRoomPublicResponse>
{
    public override string Name => "public-then-password";

    public override bool AppliesTo(ServerProfile server) => !server.HasCapability("conversation-creation-password");

    protected override async ValueTask<MakeRoomPublicResponse> InvokeAsync(PolyfillCall call, MakeRoomPublicRequest request, CancellationToken cancellationToken)
    {
        var password = request.Password;
        if (password.Length == 0)
        {
            return await call.NextAsync<MakeRoomPublicResponse>(request, cancellationToken);
        }

        var bare = request.Clone();
        bare.ClearPassword();
        var response = await call.NextAsync<MakeRoomPublicResponse>(bare, cancellationToken);
        try
        {
            var set = await call.CallAsync<SetRoomPasswordResponse>(new SetRoomPasswordRequest { Token = request.Token, Password = password }, cancellationToken);
            response.Room = set.Room ?? response.Room;
            return response;
        }
        catch (Exception failure) when (Rollback.IsFailedCall(failure))
        {
            await Rollback.TryAsync(stop => call.CallAsync<MakeRoomPrivateResponse>(new MakeRoomPrivateRequest { Token = request.Token }, stop), call.Time);
            throw;
        }
    }
}
