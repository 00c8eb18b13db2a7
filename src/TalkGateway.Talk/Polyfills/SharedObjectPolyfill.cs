using Google.Protobuf.WellKnownTypes;
using TalkGateway.Talk.Capabilities;
using TalkGateway.Talk.Invocation;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>Repeats an object's type and id among its members, without which Talk 11 and 12 refuse it.</summary>
internal sealed class SharedObjectPolyfill : Detour<ShareObjectRequest, ShareObjectResponse>
{
    public override string Name => "shared-object";

    // A capability of Talk 13.0.
    public override bool AppliesTo(ServerProfile server) => !server.HasCapability("direct-mention-flag");

    protected override ValueTask<ShareObjectResponse> InvokeAsync(PolyfillCall call, ShareObjectRequest request, CancellationToken cancellationToken)
    {
        var complete = request.Clone();
        complete.MetaData ??= new Struct();
        complete.MetaData.Fields["type"] = Value.ForString(request.ObjectType);
        complete.MetaData.Fields["id"] = Value.ForString(request.ObjectId);
        return call.NextAsync<ShareObjectResponse>(complete, cancellationToken);
    }
}
