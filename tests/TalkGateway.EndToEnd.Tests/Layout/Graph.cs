namespace TalkGateway.EndToEnd.Tests.Layout;

/// <summary>Who uses whom.</summary>
internal sealed class Graph
{
    private readonly SortedDictionary<string, SortedSet<string>> _uses = new(StringComparer.Ordinal);

    /// <summary>Everybody who uses anybody.</summary>
    public IReadOnlyDictionary<string, SortedSet<string>> Uses => _uses;

    /// <summary>Notes that one uses another; nobody uses himself.</summary>
    public void Add(string user, string used)
    {
        if (user != used)
        {
            (_uses.TryGetValue(user, out var all) ? all : _uses[user] = new(StringComparer.Ordinal)).Add(used);
        }
    }

    /// <summary>One way to go round for everybody who can be reached from himself, such as <c>A → B → A</c>.</summary>
    public IReadOnlyList<string> Cycles() => [.. _uses.Keys.Select(WayBackTo).OfType<string>()];

    private string? WayBackTo(string start)
    {
        var cameFrom = new Dictionary<string, string>();
        var open = new Queue<string>([start]);
        while (open.TryDequeue(out var at))
        {
            foreach (var next in _uses.GetValueOrDefault(at) ?? [])
            {
                if (next == start)
                {
                    return Path(cameFrom, start, at);
                }

                if (cameFrom.TryAdd(next, at))
                {
                    open.Enqueue(next);
                }
            }
        }

        return null;
    }

    private static string Path(Dictionary<string, string> cameFrom, string start, string end)
    {
        var path = new Stack<string>([start, end]);
        while (path.Peek() != start)
        {
            path.Push(cameFrom[path.Peek()]);
        }

        return string.Join(" → ", path);
    }
}
