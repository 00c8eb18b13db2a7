using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Servers;

namespace TalkGateway.Talk;

/// <summary>The configured servers, as the host needs to know them.</summary>
public sealed class TalkUpstreams
{
    private readonly UpstreamRegistry _registry;

    internal TalkUpstreams(UpstreamRegistry registry)
    {
        _registry = registry;
    }

    /// <summary>
    /// Ends all calls that wait for news at a server, with UNAVAILABLE and the reason <c>GATEWAY_STOPPING</c>, and lets no more wait:
    /// for a gateway that stops.
    /// </summary>
    public void EndLongPolls() => _registry.EndLongPolls();

    /// <summary>The options of an upstream; of the default one for an empty name.</summary>
    /// <exception cref="ArgumentException">There is no upstream of that name.</exception>
    public UpstreamOptions OptionsOf(string name)
    {
        try
        {
            return _registry.Resolve(name).Options;
        }
        catch (UpstreamException unknown)
        {
            throw new ArgumentException($"'{name}' is no configured upstream.", nameof(name), unknown);
        }
    }
}
