using TalkGateway.Talk.Upstream;

namespace TalkGateway.Talk;

/// <summary>The configured servers, as the host needs to know them.</summary>
public sealed class TalkUpstreams
{
    private readonly UpstreamRegistry _registry;

    internal TalkUpstreams(UpstreamRegistry registry)
    {
        _registry = registry;
    }

    /// <summary>Base address of an upstream; of the default one for an empty name.</summary>
    /// <exception cref="ArgumentException">There is no upstream of that name.</exception>
    public Uri AddressOf(string name)
    {
        try
        {
            return new Uri(_registry.Resolve(name).Options.Address!);
        }
        catch (UpstreamException unknown)
        {
            throw new ArgumentException($"'{name}' is no configured upstream.", nameof(name), unknown);
        }
    }
}
