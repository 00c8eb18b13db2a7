using Microsoft.Extensions.Logging;
using TalkGateway.Talk.Sessions;

namespace TalkGateway.Talk.Upstream;

/// <summary>Sends requests to one server on behalf of callers: chooses cookies, logs in, repeats what may be repeated.</summary>
internal sealed class OcsClient : IDisposable
{
    public OcsClient(string upstream, UpstreamOptions options, TimeProvider time, ILogger<OcsClient> logger, HttpMessageHandler? handler = null)
    {
        Upstream = upstream;
        _ = (options, time, logger, handler);
    }

    public string Upstream { get; }

    /// <summary>
    /// Sends a request and reads its answer, whatever its status. The cookies of the answer are in the caller's session afterwards.
    /// </summary>
    /// <exception cref="UpstreamException">There is no answer.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public ValueTask<OcsAnswer> SendAsync(OcsRequest request, CallIdentity identity, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    /// <summary>
    /// Makes a session such that what is joined in it stays joined. Called by <see cref="SendAsync"/> itself for stateful requests.
    /// </summary>
    public ValueTask PrimeAsync(SessionJar session, CallIdentity identity, CancellationToken cancellationToken) =>
        throw new NotImplementedException();

    public void Dispose()
    {
    }
}
