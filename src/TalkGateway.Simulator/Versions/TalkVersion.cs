using System.Globalization;

namespace TalkGateway.Simulator;

/// <summary>A version of the Talk app; the tables write it as a string ("10.1").</summary>
internal readonly record struct TalkVersion(int Major, int Minor, int Patch) : IComparable<TalkVersion>
{
    public static implicit operator TalkVersion(string text)
    {
        var parts = text.Split('.');
        return new TalkVersion(Part(0), Part(1), Part(2));

        int Part(int index) => index < parts.Length ? int.Parse(parts[index], CultureInfo.InvariantCulture) : 0;
    }

    public static bool operator <(TalkVersion left, TalkVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(TalkVersion left, TalkVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(TalkVersion left, TalkVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TalkVersion left, TalkVersion right) => left.CompareTo(right) >= 0;

    public int CompareTo(TalkVersion other) => (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}.{Patch}");
}
