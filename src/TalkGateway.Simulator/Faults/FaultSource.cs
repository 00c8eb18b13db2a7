namespace TalkGateway.Simulator;

/// <summary>The faults a test has planned. Each request takes the oldest rule that fits it and is not used up. Safe for concurrent use.</summary>
public sealed class FaultSource
{
    private readonly Lock _gate = new();
    private readonly List<Rule> _rules = [];

    internal FaultSource()
    {
    }

    /// <summary>Plans a fault.</summary>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="matches">Which requests, by method and path (without query); null means all.</param>
    /// <param name="times">How often; null means until it is removed.</param>
    /// <param name="after">How many fitting requests are spared first.</param>
    /// <returns>Removes the fault when disposed, and knows how often it struck.</returns>
    public PlannedFault Plan(Fault fault, Func<string, string, bool>? matches = null, int? times = 1, int after = 0)
    {
        ArgumentNullException.ThrowIfNull(fault);
        var rule = new Rule(fault, matches ?? ((_, _) => true), times ?? int.MaxValue, after);
        lock (_gate)
        {
            _rules.Add(rule);
        }

        return new PlannedFault(this, rule);
    }

    /// <summary>Plans a fault for requests whose path ends with or contains a text.</summary>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="pathPart">A part of the path.</param>
    /// <param name="times">How often; null means until it is removed.</param>
    public PlannedFault Plan(Fault fault, string method, string pathPart, int? times = 1) =>
        Plan(fault, (m, p) => m.Equals(method, StringComparison.OrdinalIgnoreCase) && p.Contains(pathPart, StringComparison.Ordinal), times);

    /// <summary>Removes all planned faults.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _rules.Clear();
        }
    }

    internal Fault? Take(string method, string path)
    {
        lock (_gate)
        {
            foreach (var rule in _rules.Where(r => r.Left > 0 && r.Matches(method, path)))
            {
                if (rule.Spared > 0)
                {
                    rule.Spared--;
                    continue;
                }

                rule.Left--;
                rule.Struck++;
                rule.FirstStrike.TrySetResult();
                return rule.Fault;
            }

            return null;
        }
    }

    internal void Remove(Rule rule)
    {
        lock (_gate)
        {
            _rules.Remove(rule);
        }
    }

    internal int Struck(Rule rule)
    {
        lock (_gate)
        {
            return rule.Struck;
        }
    }

    internal sealed class Rule(Fault fault, Func<string, string, bool> matches, int times, int after)
    {
        public Fault Fault { get; } = fault;

        public Func<string, string, bool> Matches { get; } = matches;

        public int Left { get; set; } = times;

        public int Spared { get; set; } = after;

        public int Struck { get; set; }

        public TaskCompletionSource FirstStrike { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>A planned fault, to be removed by disposing it.</summary>
public sealed class PlannedFault : IDisposable
{
    private readonly FaultSource _source;
    private readonly FaultSource.Rule _rule;

    internal PlannedFault(FaultSource source, FaultSource.Rule rule)
    {
        _source = source;
        _rule = rule;
    }

    /// <summary>How many requests it struck so far.</summary>
    public int Struck => _source.Struck(_rule);

    /// <summary>Completes when it has struck a request, which may still wait for its delay or gate.</summary>
    public Task WaitForStrikeAsync(CancellationToken cancellationToken = default) => _rule.FirstStrike.Task.WaitAsync(cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _source.Remove(_rule);
}
