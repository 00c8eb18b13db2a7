namespace TalkGateway.Simulator;

/// <summary>The versions something holds for: from <paramref name="Since"/> on, and before <paramref name="Until"/>.</summary>
internal readonly record struct VersionRange(TalkVersion Since, TalkVersion? Until = null)
{
    /// <summary>The tables write the version that brought something, "10.1".</summary>
    public static implicit operator VersionRange(string since) => From(since);

    public static VersionRange Always => new("0");

    public static VersionRange From(TalkVersion since) => new(since);

    public static VersionRange Before(TalkVersion until) => new("0", until);

    public static VersionRange Between(TalkVersion since, TalkVersion until) => new(since, until);

    public bool Contains(TalkVersion version) => version >= Since && (Until is not { } until || version < until);
}

/// <summary>A value that changed over the versions: the last row that is not newer than the asked version wins.</summary>
internal sealed class ByVersion<T>(params (TalkVersion Since, T Value)[] rows)
{
    public T At(TalkVersion version)
    {
        var found = rows[0].Value;
        foreach (var (since, value) in rows)
        {
            if (version >= since)
            {
                found = value;
            }
        }

        return found;
    }
}
