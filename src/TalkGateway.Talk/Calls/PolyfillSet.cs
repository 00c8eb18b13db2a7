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

    /// <summary>Checks that what rpcs name goes together, and with their messages.</summary>
    /// <exception cref="AnnotationException">It does not; lists every mistake with the rpc's name.</exception>
    public PlanSet Check(PlanSet plans)
    {
        var mistakes = plans.Methods.SelectMany(plan => MistakesOf(plan).Select(mistake => $"{plan.FullName}: {mistake}")).ToList();
        return mistakes.Count == 0 ? plans : throw new AnnotationException(mistakes);
    }

    private IEnumerable<string> MistakesOf(MethodPlan plan)
    {
        var rescues = plan.Polyfills.Where(name => _byName[name] is Rescue).ToList();
        if (rescues.Count > 1)
        {
            yield return $"only one of the polyfills {string.Join(", ", rescues)} can step in for a lost exchange";
        }

        foreach (var name in plan.Polyfills.Where(name => !_byName[name].Fits(plan.Descriptor)))
        {
            yield return $"the polyfill {name} is not made for its messages";
        }

        foreach (var twice in plan.Polyfills.GroupBy(name => name).Where(group => group.Count() > 1))
        {
            yield return $"the polyfill {twice.Key} would have its turn twice";
        }
    }
}
