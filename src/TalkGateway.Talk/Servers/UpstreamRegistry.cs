using System.Collections.Frozen;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Failures;

namespace TalkGateway.Talk.Servers;

/// <summary>The configured upstreams by name and by authority. A client never gives an address, only one of these names.</summary>
internal sealed class UpstreamRegistry : IDisposable
{
    private readonly FrozenDictionary<string, UpstreamServer> _byName;
    private readonly FrozenDictionary<string, UpstreamServer> _byAuthority;

    /// <param name="options">Validated options.</param>
    /// <param name="create">Makes the server of a name.</param>
    public UpstreamRegistry(UpstreamsOptions options, Func<string, UpstreamOptions, UpstreamServer> create)
    {
        _byName = options.Servers.ToFrozenDictionary(s => s.Key, s => create(s.Key, s.Value), StringComparer.Ordinal);
        _byAuthority = options.Servers
            .SelectMany(s => s.Value.Authorities.Select(authority => (authority, server: _byName[s.Key])))
            .ToFrozenDictionary(p => p.authority, p => p.server, StringComparer.OrdinalIgnoreCase);
        Default = _byName[options.Default ?? options.Servers.Keys.Single()];
    }

    /// <summary>The upstream of calls that name none.</summary>
    public UpstreamServer Default { get; }

    /// <summary>The upstream a call means: by its <c>talk-upstream</c> metadata, else by its authority, else the default.</summary>
    /// <exception cref="UpstreamException">The name is not configured (<see cref="UpstreamFailureKind.UnknownUpstream"/>).</exception>
    public UpstreamServer Resolve(string? name, string? authority = null)
    {
        if (!string.IsNullOrEmpty(name))
        {
            return _byName.TryGetValue(name, out var named)
                ? named
                : throw new UpstreamException(
                    UpstreamFailureKind.UnknownUpstream,
                    "",
                    "The talk-upstream metadata names an upstream that is not configured.");
        }

        return authority is not null && _byAuthority.TryGetValue(authority, out var server) ? server : Default;
    }

    /// <summary>Ends all calls that wait for news, and lets no more wait.</summary>
    public void EndLongPolls()
    {
        foreach (var server in _byName.Values)
        {
            server.Client.EndLongPolls();
        }
    }

    public void Dispose()
    {
        foreach (var server in _byName.Values)
        {
            server.Dispose();
        }
    }
}
