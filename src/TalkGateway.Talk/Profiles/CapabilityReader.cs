using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Logins;
using TalkGateway.Talk.Transport;

namespace TalkGateway.Talk.Profiles;

/// <summary>Asks a server what it can do.</summary>
internal sealed class CapabilityReader(OcsClient client, TimeProvider time)
{
    private const int FirstMajorWithV4 = 22;

    // The cache limits how often it is asked.
    private static readonly OcsRequest Capabilities = new()
    {
        Method = HttpMethod.Get,
        PathAndQuery = "/ocs/v2.php/cloud/capabilities",
        Repeatability = Repeatability.Safe,
        SingleAttempt = true,
    };

    /// <exception cref="UpstreamException">The server does not tell, or has no Talk for this caller.</exception>
    public async Task<ServerProfile> ReadAsync(CallIdentity identity, CancellationToken cancellationToken)
    {
        using var answer = (await client.SendAsync(Capabilities, identity, cancellationToken)).OrThrow();
        if (answer.Status != 200)
        {
            throw UpstreamFailures.QuestionRefused(client.Upstream, "for its capabilities", answer, time);
        }

        var document = CapabilityDocument.Parse(answer.Body)
            ?? throw new UpstreamException(new UpstreamFailure(
                UpstreamFailureKind.BadAnswer,
                client.Upstream,
                $"The server \"{client.Upstream}\" sent something that is no capabilities document.")
            {
                MayHaveArrived = true,
                IsOfRead = true,
            });
        if (!document.HasTalk)
        {
            await ProbeAsync(document, identity, cancellationToken);
        }

        return document.ToProfile();
    }

    /// <summary>
    /// No section of Talk's: it is not there, or not for this user, or it is 3.0.0, which published none. Returns for the last.
    /// </summary>
    private async Task ProbeAsync(CapabilityDocument document, CallIdentity identity, CancellationToken cancellationToken)
    {
        var hasV1 = document.NextcloudVersion is null || document.NextcloudVersion.Major < FirstMajorWithV4;
        var rooms = new OcsRequest
        {
            Method = HttpMethod.Get,
            PathAndQuery = VersionRouter.BasePath(hasV1 ? 1 : 4, "conversation") + "/room",
            Repeatability = Repeatability.Safe,
            SingleAttempt = true,
        };
        using var answer = (await client.SendAsync(rooms, identity, cancellationToken)).OrThrow();
        switch (answer.Status)
        {
            case 200 or 401 when hasV1 && answer.Envelope is not null:
                return;
            case 403:
                throw new UpstreamException(new UpstreamFailure(
                    UpstreamFailureKind.TalkForbidden, client.Upstream, $"Talk on the server \"{client.Upstream}\" is not enabled for this user.")
                {
                    MayHaveArrived = true,
                    IsOfRead = true,
                });
            default:
                throw new UpstreamException(new UpstreamFailure(
                    UpstreamFailureKind.TalkMissing, client.Upstream, $"Talk is not installed or not enabled on the server \"{client.Upstream}\".")
                {
                    MayHaveArrived = true,
                    IsOfRead = true,
                });
        }
    }
}
