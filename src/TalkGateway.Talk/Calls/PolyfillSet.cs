using System.Collections.Frozen;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Calls;

/// <summary>Every polyfill by its name.</summary>
internal sealed class PolyfillSet(IEnumerable<Polyfill> polyfills)
{
    private readonly FrozenDictionary<string, Polyfill> _byName = polyfills.ToFrozenDictionary(p => p.Name, StringComparer.Ordinal);

    /// <summary>The names that annotations may use.</summary>
    public IReadOnlySet<string> Names => _byName.Keys.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The polyfill of a name that the plans were compiled with.</summary>
    public Polyfill this[string name] => _byName[name];

    /// <summary>Checks that what rpcs name goes together.</summary>
    /// <exception cref="AnnotationException">An rpc names two polyfills that step in for a lost exchange.</exception>
    public PlanSet Check(PlanSet plans)
    {
        var mistakes = plans.Methods
            .Select(plan => (plan.Descriptor.FullName, Rescues: plan.Polyfills.Where(name => _byName[name] is Rescue).ToList()))
            .Where(plan => plan.Rescues.Count > 1)
            .Select(plan => $"{plan.FullName}: only one of the polyfills {string.Join(", ", plan.Rescues)} can step in for a lost exchange")
            .ToList();
        return mistakes.Count == 0 ? plans : throw new AnnotationException(mistakes);
    }
}
