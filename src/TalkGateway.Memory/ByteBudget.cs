namespace TalkGateway.Memory;

/// <summary>
/// How many bytes all holders of one kind may hold at a time. Large holders leave a quarter to small ones, so that whoever holds
/// much can't keep the many from anything. Safe for use from any thread.
/// </summary>
/// <param name="limit">Most bytes that are held at a time.</param>
/// <param name="remedy">What a refused caller is told: what is full, and what an operator can do about it.</param>
public sealed class ByteBudget(long limit, string remedy)
{
    /// <summary>Up to this many bytes a holder is small.</summary>
    public const int SmallHolding = 64 * 1024;

    private long _used;
    private long _peak;

    /// <summary>A budget that refuses nothing.</summary>
    public static ByteBudget Unlimited { get; } = new(long.MaxValue, "");

    /// <summary>What a refused caller is told.</summary>
    public string Remedy { get; } = remedy;

    /// <summary>Bytes held now.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>The most that was held at a time since this was asked last, which begins anew.</summary>
    public long TakePeak() => Interlocked.Exchange(ref _peak, Used);

    /// <summary>Takes bytes for a holder.</summary>
    /// <param name="bytes">How many more.</param>
    /// <param name="held">How many the holder has already.</param>
    /// <returns>False when there is no room, and nothing was taken.</returns>
    internal bool TryTake(long bytes, long held)
    {
        var most = held + bytes <= SmallHolding ? limit : limit - (limit / 4);
        var used = Interlocked.Add(ref _used, bytes);
        if (used > most || used < 0)
        {
            Interlocked.Add(ref _used, -bytes);
            return false;
        }

        if (used > Volatile.Read(ref _peak))
        {
            // A race loses a peak that another one is close to.
            Volatile.Write(ref _peak, used);
        }

        return true;
    }

    internal void Return(long bytes) => Interlocked.Add(ref _used, -bytes);
}

/// <summary>What one holder holds of a budget. Not safe for use from several threads at once.</summary>
/// <param name="budget">The budget.</param>
public struct ByteHolding(ByteBudget budget)
{
    private long _held;

    /// <summary>Makes it this many bytes, more or fewer than before.</summary>
    /// <returns>False when there is no room for more; what was held is held on.</returns>
    public bool TryHold(long bytes)
    {
        if (bytes > _held && !budget.TryTake(bytes - _held, _held))
        {
            return false;
        }

        if (bytes < _held)
        {
            budget.Return(_held - bytes);
        }

        _held = bytes;
        return true;
    }

    /// <summary>Gives everything back.</summary>
    public void Release()
    {
        if (_held != 0)
        {
            budget.Return(_held);
            _held = 0;
        }
    }
}
