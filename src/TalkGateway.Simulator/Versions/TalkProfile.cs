namespace TalkGateway.Simulator;

/// <summary>One generation of Talk that the simulator can be: which routes, fields and capabilities there are.</summary>
public sealed class TalkProfile
{
    private TalkProfile(string name, string talkVersion, string nextcloudVersion)
    {
        Name = name;
        TalkVersion = talkVersion;
        NextcloudVersion = nextcloudVersion;
        Version = talkVersion.Split('-')[0];
    }

    /// <summary>The profiles by age, the oldest first.</summary>
    public static IReadOnlyList<TalkProfile> All { get; } =
    [
        new("3.0", "3.0.1", "13.0.0"),
        new("3.2", "3.2.8", "13.0.12"),
        new("4", "4.0.4", "14.0.14"),
        new("5", "5.0.4", "15.0.14"),
        new("7", "7.0.4", "17.0.10"),
        new("9", "9.0.10", "19.0.13"),
        new("10.0", "10.0.10", "20.0.14"),
        new("10.1", "10.1.7", "20.0.14"),
        new("11", "11.3.6", "21.0.9"),
        new("12", "12.2.8", "22.2.10"),
        new("16", "16.0.10", "26.0.13"),
        new("20", "20.1.0", "30.0.5"),
        new("21", "21.0.3", "31.0.4"),
        new("25", "25.0.0-alpha.1", "35.0.0"),
    ];

    /// <summary>
    /// Exact versions a version router must get right although no profile stands for them: 3.0.0 publishes no capabilities at all,
    /// 10.1.0 has the v3 routes and forgot the <c>conversation-v3</c> flag.
    /// </summary>
    public static IReadOnlyList<TalkProfile> Exact { get; } =
    [
        new("3.0.0", "3.0.0", "13.0.0"),
        new("10.1.0", "10.1.0", "20.0.8"),
    ];

    /// <summary>The short name, "10.1".</summary>
    public string Name { get; }

    /// <summary>The version of the Talk app the profile stands for, as capabilities say it from Talk 15 on.</summary>
    public string TalkVersion { get; }

    /// <summary>The version of the Nextcloud around it, as capabilities and status.php say it.</summary>
    public string NextcloudVersion { get; }

    internal TalkVersion Version { get; }

    /// <summary>Finds a profile by its name; "5.0" finds "5".</summary>
    /// <exception cref="ArgumentException">There is no such profile; the message names those there are.</exception>
    public static TalkProfile Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var known = All.Concat(Exact).ToList();
        return known.Find(p => p.Name == name) ?? known.Find(p => $"{p.Name}.0" == name) ?? throw new ArgumentException(
            $"There is no Talk profile \"{name}\". Known profiles: {string.Join(", ", known.Select(p => p.Name))}.", nameof(name));
    }

    /// <inheritdoc />
    public override string ToString() => $"Talk {TalkVersion} on Nextcloud {NextcloudVersion}";
}
