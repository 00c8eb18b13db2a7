using System.Runtime;
using TalkGateway.Memory;

namespace TalkGateway.Hosting;

/// <summary>
/// Gives memory back to the system after a burst. An idle process collects no garbage, so the most that was ever needed would stay
/// with it; one collection when the load is gone costs nobody anything.
/// </summary>
internal sealed class MemoryReturn(IReadOnlyList<ByteBudget> budgets, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    // Less is the ordinary course of things.
    private const long Burst = 16 * 1024 * 1024;

    /// <summary>Looks whether a burst is over.</summary>
    /// <returns>Whether memory was given back.</returns>
    internal static bool GiveBack(IReadOnlyList<ByteBudget> budgets, ref long burst)
    {
        burst = Math.Max(burst, budgets.Sum(budget => budget.TakePeak()));
        if (burst < Burst || budgets.Sum(budget => budget.Used) > burst / 8)
        {
            return false;
        }

        burst = 0;
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        long burst = 0;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            GiveBack(budgets, ref burst);
        }
    }
}
