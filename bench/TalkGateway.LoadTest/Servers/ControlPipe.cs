using System.Text.Json;

namespace TalkGateway.LoadTest.Servers;

/// <summary>A child's side of the pipe to the program: one line when it is ready, one line per question, and the end with the program's.</summary>
internal static class ControlPipe
{
    public const string UsageQuestion = "usage";

    /// <summary>Returns when the program closes the pipe or dies.</summary>
    public static async Task ServeAsync(ServerReady ready, CancellationToken cancellationToken)
    {
        await using var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        using var input = new StreamReader(Console.OpenStandardInput());
        await output.WriteLineAsync(JsonSerializer.Serialize(ready));
        while (await input.ReadLineAsync(cancellationToken) is { } question)
        {
            if (question == UsageQuestion)
            {
                await output.WriteLineAsync(JsonSerializer.Serialize(Usage.OfThisProcess()));
            }
        }
    }
}

/// <summary>What a child says when it listens.</summary>
/// <param name="Address">Where.</param>
/// <param name="Room">Token of a room to ask for, from a server that has rooms.</param>
/// <param name="AppPasswords">App passwords by account, from a server that issues them.</param>
internal sealed record ServerReady(Uri Address, string? Room = null, IReadOnlyDictionary<string, string>? AppPasswords = null);

/// <summary>What a process has used since its start.</summary>
/// <param name="Cpu">CPU time in user and kernel mode, all threads.</param>
/// <param name="AllocatedBytes">Managed memory handed out.</param>
internal sealed record Usage(TimeSpan Cpu, long AllocatedBytes)
{
    public static Usage OfThisProcess() => new(Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));

    public Usage Since(Usage before) => new(Cpu - before.Cpu, AllocatedBytes - before.AllocatedBytes);
}
