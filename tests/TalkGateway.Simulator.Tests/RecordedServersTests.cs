using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Simulator.Tests;

/// <summary>The simulator answers a recorded run of requests as the real servers did, in status, kind and members of the answer, and does everything that they did.</summary>
public sealed class RecordedServersTests
{
    /// <summary>What a recorded server did with the help of another that the simulator lacks.</summary>
    private static readonly Dictionary<string, string> Lacking = new()
    {
        ["conversation.set_recording_consent"] = "There is no recording server.",
        ["signaling.get_server_welcome"] = "There is no signaling server.",
    };

    /// <summary>The profiles whose real server was recorded.</summary>
    public static TheoryData<string> Profiles => [.. TalkProfile.All.Select(p => p.Name).Where(name => Recordings.Servers.Any(s => s.Name == $"talk{name}"))];

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task Answers_are_those_of_the_recorded_server(string profile)
    {
        await using var run = await RecordedRun.StartAsync(profile);
        var differences = new List<string>();
        var done = new HashSet<string>();
        foreach (var step in profile == "25" ? RecordedTables.Talk25 : RecordedTables.OldServers)
        {
            if (step.Operation == "setup")
            {
                await run.SetUpAsync(step.Target);
                continue;
            }

            if (!step.Expected.TryGetValue(profile, out var expected) || expected == "-")
            {
                continue;
            }

            var answer = await run.SendAsync(step);
            if (answer.Status < 400)
            {
                done.Add(run.LastOperation);
            }

            differences.AddRange(Compare(step, expected, run.LastOperation, answer, profile).Select(d => $"{step.Operation}: {d}"));
        }

        differences.AddRange(Shapes.OperationsOf(profile)
            .Where(operation => done.Contains(operation) == Lacking.ContainsKey(operation))
            .Select(operation => $"{operation}: done in the run {(Lacking.TryGetValue(operation, out var reason) ? $"although: {reason}" : "by the recorded server only")}"));
        Assert.True(differences.Count == 0, $"{differences.Count} differences:\n{string.Join('\n', differences)}");
    }

    private static IEnumerable<string> Compare(RecordedStep step, string expected, string operation, OcsAnswer answer, string profile)
    {
        var parts = expected.Split(' ', 2);
        if ($"{answer.Status}" != parts[0].TrimEnd('X', 'E', 'T', 'F'))
        {
            yield return $"{answer.Status} where {expected} was recorded";
            yield break;
        }

        var look = parts[0][^1] switch
        {
            'E' => answer.Text.Length == 0,
            'F' => answer is { Json: null, Text.Length: > 0 },
            'X' or 'T' => answer.Text.StartsWith("<?xml", StringComparison.Ordinal),
            _ => answer.Json is not null,
        };
        if (!look)
        {
            yield return $"the body does not look like {expected}: {answer.Text}";
        }

        if (parts.Length == 2 && Shapes.KindOf(answer.Data) != parts[1])
        {
            yield return $"data is {Shapes.KindOf(answer.Data)}, not {parts[1]}";
        }

        if (step.Operation.StartsWith("route-", StringComparison.Ordinal))
        {
            // Asks every API version; the members are those of the one a client chooses.
            yield break;
        }

        foreach (var difference in Shapes.Differences(profile, operation, answer.Status, answer.Data))
        {
            yield return difference;
        }
    }
}
