using System.Collections.Frozen;

namespace TalkGateway.Talk.Polyfills;

/// <summary>Every polyfill by its name.</summary>
internal sealed class PolyfillSet(IEnumerable<Polyfill> polyfills)
{
    private readonly FrozenDictionary<string, Polyfill> _byName = polyfills.ToFrozenDictionary(p => p.Name, StringComparer.Ordinal);

    /// <summary>The names that annotations may use.</summary>
    public IReadOnlySet<string> Names => _byName.Keys.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The polyfill of a name that the plans were compiled with.</summary>
    public Polyfill this[string name] => _byName[name];
}
