using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>Gives back the participants after their permissions changed, for servers that answer nothing (before Talk 21).</summary>
internal sealed class RereadParticipantsPolyfill : Detour<SetParticipantPermissionsRequest, SetParticipantPermissionsResponse>
{
    public override string Name => "reread-participants";

    public override bool AppliesTo(ServerProfile server) => true;

    protected override async ValueTask<SetParticipantPermissionsResponse> InvokeAsync(
        PolyfillCall call, SetParticipantPermissionsRequest request, CancellationToken cancellationToken)
    {
        var response = await call.NextAsync<SetParticipantPermissionsResponse>(request, cancellationToken);
        if (response.Participants.Count == 0)
        {
            try
            {
                var list = await call.CallAsync<ListParticipantsResponse>(new ListParticipantsRequest { Token = request.Token }, cancellationToken);
                response.Participants.Add(list.Participants);
            }
            catch (Exception failure) when (failure is TalkException or UpstreamException)
            {
                // The change is made; to report it as failed because it can't be read back would be wrong.
            }
        }

        return response;
    }
}
