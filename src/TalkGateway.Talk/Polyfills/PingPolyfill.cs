using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>Answers pings. Servers since Talk 4 (<c>no-ping</c>) have no such route: reading signaling or chat is their sign of life.</summary>
internal sealed class PingPolyfill : Detour<PingCallRequest, PingCallResponse>
{
    public override string Name => "ping";

    public override bool AppliesTo(ServerProfile server) => true;

    protected override async ValueTask<PingCallResponse> InvokeAsync(PolyfillCall call, PingCallRequest request, CancellationToken cancellationToken)
    {
        if (call.Server.HasCapability("no-ping"))
        {
            return new PingCallResponse { Needed = false };
        }

        var response = await call.NextAsync<PingCallResponse>(request, cancellationToken);
        response.Needed = true;
        return response;
    }
}
