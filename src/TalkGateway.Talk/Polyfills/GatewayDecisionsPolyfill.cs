using System.Collections.Frozen;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>Adds to the server's capabilities what the gateway makes of them: API versions, and which rpcs work.</summary>
internal sealed class GatewayDecisionsPolyfill : Detour<GetCapabilitiesRequest, GetCapabilitiesResponse>
{
    public override string Name => "gateway-decisions";

    public override bool AppliesTo(ServerProfile server) => true;

    protected override async ValueTask<GetCapabilitiesResponse> InvokeAsync(PolyfillCall call, GetCapabilitiesRequest request, CancellationToken cancellationToken)
    {
        var response = await call.NextAsync<GetCapabilitiesResponse>(request, cancellationToken);
        ServerProfile server;
        try
        {
            // Who asks gets what is true now, and so does everybody after; only a section that is missing has to be looked into.
            server = response.Capabilities?.Talk is null ? await call.DoubtedServerAsync(cancellationToken) : call.Learn(DocumentOf(response));
        }
        catch (UpstreamException noTalk) when (noTalk.Failure.Kind is UpstreamFailureKind.TalkMissing or UpstreamFailureKind.TalkForbidden)
        {
            return response;
        }

        response.TalkVersion = server.Version?.ToString() ?? "";
        foreach (var plan in call.Plans.Methods)
        {
            if (plan.Family.Length != 0)
            {
                response.ApiVersions[plan.Family] = (uint)server.ApiVersion(plan.Family);
            }

            var supported = plan.IsSupported(server, out var missing);
            response.Rpcs.Add(new RpcSupport
            {
                Rpc = $"{plan.Descriptor.Service.FullName}/{plan.Descriptor.Name}",
                Supported = supported,
                Missing = missing,
            });
        }

        return response;
    }

    private static CapabilityDocument DocumentOf(GetCapabilitiesResponse response)
    {
        var (talk, nextcloud) = (response.Capabilities.Talk, response.NextcloudVersion);
        return new CapabilityDocument(
            nextcloud is null ? null : new Version(Number(nextcloud.Major), Number(nextcloud.Minor), Number(nextcloud.Micro)),
            HasTalk: true,
            talk.Features.ToFrozenSet(StringComparer.Ordinal),
            CapabilityDocument.ParseVersion(talk.Version),
            HasExternalCallService: talk.Config?.Call?.ExternalCallService is { Length: not 0 });
    }

    private static int Number(uint part) => (int)Math.Min(part, int.MaxValue);
}
