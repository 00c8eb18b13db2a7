using Microsoft.Extensions.Logging;
using TalkGateway.Talk.Upstream;

namespace TalkGateway.Talk.Capabilities;

/// <summary>Knows what a server can do for each credential, and asks it as rarely as possible.</summary>
internal sealed class CapabilityCache : IDisposable
{
    public CapabilityCache(OcsClient client, CapabilityOptions options, TimeProvider time, ILogger<CapabilityCache> logger) =>
        _ = (client, options, time, logger);

    /// <summary>The server's profile for this caller: the known one if there is one, however old.</summary>
    /// <exception cref="UpstreamException">Nothing is known and the server does not tell.</exception>
    public ValueTask<ServerProfile> GetAsync(CallIdentity identity, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>
    /// Asks the server again, unless it was asked less than a minute ago, and answers what is known then: for a path that a
    /// server refused although the profile promised it. The same instance comes back when nothing was learnt.
    /// </summary>
    /// <exception cref="UpstreamException">Nothing is known and the server does not tell.</exception>
    public ValueTask<ServerProfile> RefreshAsync(CallIdentity identity, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Notes the <c>X-Nextcloud-Talk-Hash</c> of an answer; another one than before makes the profile be renewed in the background.</summary>
    public void Observe(CallIdentity identity, string talkHash) => throw new NotImplementedException();

    public void Dispose()
    {
    }
}
