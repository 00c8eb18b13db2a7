using System.Globalization;
using Xunit;

namespace TalkGateway.Simulator.Tests;

/// <summary>Each profile routes exactly what the released versions of Talk route (<c>routes.tsv</c>: every operation with its versions).</summary>
public sealed class RouteTests
{
    public static TheoryData<string> Profiles => [.. TalkProfile.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task Every_operation_is_routed_in_its_versions_and_in_no_other(string profile)
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = profile });
        using var anonymous = new OcsClient(simulator);
        var version = Number(simulator.Profile.TalkVersion);
        var rows = RecordedTables.Rows("routes.tsv").Skip(1).ToList();
        var differences = new List<string>();
        foreach (var asked in rows.GroupBy(r => (Method: r[1], Path: r[2], Api: r[3])))
        {
            var (method, path, api) = asked.Key;
            var expected = asked.FirstOrDefault(r => version >= Number(r[4]) && (r[5].Length == 0 || version <= Number(r[5])))?[0] ?? "";
            var concrete = path.Replace("{token}", "nosuchtok", StringComparison.Ordinal).Replace("{mode}", "default", StringComparison.Ordinal);
            concrete = string.Join('/', concrete.Split('/').Select(s => s.StartsWith('{') ? "1" : s));
            simulator.Requests.Clear();

            await anonymous.SendAsync(method, $"/ocs/v2.php/apps/spreed/api/{api}/{concrete}");

            var operation = Assert.Single(simulator.Requests.All).Operation;
            if (operation != expected)
            {
                differences.Add($"{method} {api}/{path}: \"{operation}\", not \"{expected}\"");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    /// <summary>10.1.7 as 100107; what follows a dash does not count.</summary>
    private static int Number(string version)
    {
        var parts = version.Split('-')[0].Split('.').Select(p => int.Parse(p, CultureInfo.InvariantCulture)).Append(0).Append(0).ToArray();
        return (parts[0] * 10_000) + (parts[1] * 100) + parts[2];
    }
}
