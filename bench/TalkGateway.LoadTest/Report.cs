using System.Globalization;
using System.Runtime.InteropServices;
using TalkGateway.LoadTest.Load;
using TalkGateway.LoadTest.Story;

namespace TalkGateway.LoadTest;

/// <summary>The outcome as tables in Markdown.</summary>
internal static class Report
{
    public static void Machine(TextWriter output)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        output.WriteLine(Invariant($"{Environment.ProcessorCount} cores, {memory:0} GB of memory, {RuntimeInformation.FrameworkDescription}"));
        Load(output);
    }

    /// <summary>How busy the machine is, this program included: a number far above its cores makes all times doubtful.</summary>
    public static void Load(TextWriter output)
    {
        const string LoadAverage = "/proc/loadavg";
        if (File.Exists(LoadAverage))
        {
            output.WriteLine($"load average of the last minute: {File.ReadAllText(LoadAverage).Split(' ')[0]}");
        }
    }

    public static void Calls(TextWriter output, LoadShape shape, IReadOnlyList<Comparison> comparisons)
    {
        output.WriteLine();
        output.WriteLine(Invariant($"{shape.Concurrency} calls in flight on {shape.Connections} HTTP/2 connections; medians of {shape.Rounds} rounds of {shape.Calls} calls (smallest and largest in brackets)"));
        output.WriteLine();
        output.WriteLine("| operation | upstream's answer | kind | CPU µs/call | allocated B/call | p50 ms | p99 ms | B up/call | B down/call | calls/s |");
        output.WriteLine("|---|---:|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach (var comparison in comparisons)
        {
            Row(comparison, "gRPC", comparison.Grpc);
            Row(comparison, "pass-through", comparison.PassThrough);
            Row(comparison, "two bare hops", comparison.BareHops);
        }

        output.WriteLine();
        output.WriteLine("| operation | gRPC : pass-through, CPU | allocation | bytes down | gRPC : two bare hops, CPU |");
        output.WriteLine("|---|---:|---:|---:|---:|");
        foreach (var comparison in comparisons)
        {
            var (grpc, passThrough) = (comparison.Grpc, comparison.PassThrough);
            output.WriteLine(Invariant(
                $"| {comparison.Name} | {Ratio(grpc, passThrough, p => p.Cpu.TotalMicroseconds)} | {Ratio(grpc, passThrough, p => p.AllocatedBytes)} | {Ratio(grpc, passThrough, p => p.BytesDown)} | {Ratio(grpc, comparison.BareHops, p => p.Cpu.TotalMicroseconds)} |"));
        }

        void Row(Comparison comparison, string kind, IReadOnlyList<Phase> phases) => output.WriteLine(Invariant(
            $"| {comparison.Name} | {comparison.AnswerBytes} B | {kind} | {Spread(phases, p => p.Cpu.TotalMicroseconds)} | {Median(phases, p => p.AllocatedBytes):0} | {Median(phases, p => p.P50.TotalMilliseconds):0.00} | {Median(phases, p => p.P99.TotalMilliseconds):0.00} | {Median(phases, p => p.BytesUp):0} | {Median(phases, p => p.BytesDown):0} | {Median(phases, p => p.CallsPerSecond):0} |"));
    }

    public static void Logins(TextWriter output, IReadOnlyList<LoginOutcome> outcomes)
    {
        output.WriteLine();
        output.WriteLine("| login | way | calls | whole story ms | first call ms | median call ms | slowest call after the first round ms |");
        output.WriteLine("|---|---|---:|---:|---:|---:|---:|");
        foreach (var outcome in outcomes)
        {
            Row(outcome.Login, "REST, directly", outcome.Direct);
            Row(outcome.Login, "gRPC, through the gateway", outcome.Gateway);
        }

        output.WriteLine();

        void Row(string login, string way, Telling telling) => output.WriteLine(Invariant(
            $"| {login} | {way} | {telling.Calls.Count} | {telling.Total.TotalMilliseconds:0} | {telling.First.TotalMilliseconds:0} | {telling.Median.TotalMilliseconds:0.0} | {telling.SlowestLater.TotalMilliseconds:0.0} |"));
    }

    private static string Spread(IReadOnlyList<Phase> phases, Func<Phase, double> value) =>
        Invariant($"{Median(phases, value):0.0} ({phases.Min(value):0.0}–{phases.Max(value):0.0})");

    // Of each round by itself: the two phases of a round saw the same machine.
    private static string Ratio(IReadOnlyList<Phase> first, IReadOnlyList<Phase> second, Func<Phase, double> value) =>
        Invariant($"{Median([.. first.Zip(second, (a, b) => value(a) / value(b))], r => r):0.00}");

    private static double Median<T>(IReadOnlyList<T> items, Func<T, double> value)
    {
        var values = items.Select(value).Order().ToArray();
        return (values[values.Length / 2] + values[(values.Length - 1) / 2]) / 2;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
