using System.Diagnostics.CodeAnalysis;

namespace TalkGateway.Talk.Upstream;

/// <summary>A bounded map; the entry that was not asked for the longest goes first. Safe for concurrent use.</summary>
internal sealed class LruCache<TKey, TValue>(int capacity)
    where TKey : notnull
    where TValue : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byUse = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _nodes.Count;
            }
        }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(key, out var node))
            {
                Touch(node);
                value = node.Value.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    public TValue GetOrAdd<TState>(TKey key, TState state, Func<TState, TValue> create)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(key, out var node))
            {
                Touch(node);
                return node.Value.Value;
            }

            var value = create(state);
            Insert(key, value);
            return value;
        }
    }

    public void Set(TKey key, TValue value)
    {
        lock (_gate)
        {
            if (_nodes.TryGetValue(key, out var node))
            {
                node.Value = (key, value);
                Touch(node);
            }
            else
            {
                Insert(key, value);
            }
        }
    }

    public void Remove(TKey key)
    {
        lock (_gate)
        {
            if (_nodes.Remove(key, out var node))
            {
                _byUse.Remove(node);
            }
        }
    }

    private void Insert(TKey key, TValue value)
    {
        if (_nodes.Count >= capacity && _byUse.Last is { } oldest)
        {
            _byUse.RemoveLast();
            _nodes.Remove(oldest.Value.Key);
        }

        _nodes.Add(key, _byUse.AddFirst((key, value)));
    }

    private void Touch(LinkedListNode<(TKey Key, TValue Value)> node)
    {
        if (!ReferenceEquals(_byUse.First, node))
        {
            _byUse.Remove(node);
            _byUse.AddFirst(node);
        }
    }
}
