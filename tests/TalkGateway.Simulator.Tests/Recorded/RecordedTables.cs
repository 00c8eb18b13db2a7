using System.Text.RegularExpressions;

namespace TalkGateway.Simulator.Tests;

/// <summary>
/// What real servers answered, reduced to tables: <c>old-servers.tsv</c> is one run of requests with the status and the kind of data that each server gave,
/// and <c>talk25.tsv</c> is the same of Talk 25.
/// </summary>
internal static partial class RecordedTables
{
    public static IReadOnlyList<RecordedStep> OldServers { get; } = Steps("old-servers.tsv");

    public static IReadOnlyList<RecordedStep> Talk25 { get; } = Steps("talk25.tsv");

    public static IReadOnlyList<string[]> Rows(string name)
    {
        using var stream = typeof(RecordedTables).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t')).ToList();
    }

    private static List<RecordedStep> Steps(string name)
    {
        var rows = Rows(name);
        var profiles = rows[0][6..];
        return rows.Skip(1).Select(r => r[0] == "setup"
            ? new RecordedStep("setup", "", "", "", r[1], "", new Dictionary<string, string>())
            : new RecordedStep(r[0], r[1], r[2], r[3], r[4], Unfold(r[5]), profiles.Zip(r[6..]).ToDictionary(p => p.First, p => p.Second))).ToList();
    }

    /// <summary>Long runs of one character stand as <c>&lt;x*256&gt;</c>.</summary>
    private static string Unfold(string body) => Run().Replace(body, m => new string(m.Groups[1].Value[0], int.Parse(m.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture)));

    [GeneratedRegex("<(.)\\*(\\d+)>")]
    private static partial Regex Run();
}

/// <summary>One request of a recorded run, and what each server answered: "200 Room", "404X" (the XML page), "405E" (empty), "200F" (a file), "-" (not asked).</summary>
internal sealed record RecordedStep(string Operation, string Who, string Method, string Family, string Target, string Body, IReadOnlyDictionary<string, string> Expected);
