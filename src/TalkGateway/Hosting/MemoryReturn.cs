using System.Runtime;
using TalkGateway.Memory;

namespace TalkGateway.Hosting;

/// <summary>
/// Gives memory back to the system after a burst. An idle process collects no garbage, so the most that was ever needed would stay
/// with it; one collection when the load is gone costs nobody anything.
/// </summary>
internal sealed class MemoryReturn(IReadOnlyList<ByteBudget> budgets, ConnectionMemory connections, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>Collects, if a burst is over.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var bursts = new Bursts(Environment.WorkingSet);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var held = budgets.Sum(budget => budget.Used);
            if (bursts.IsOver(Environment.WorkingSet, GC.GetTotalAllocatedBytes(), held))
            {
                connections.LetGo();
                GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                bursts.Collected(Environment.WorkingSet);
            }
        }
    }

    /// <summary>Tells from one look to the next whether a burst is over whose memory is still there.</summary>
    /// <param name="usual">Bytes of memory that the process has before there is any load.</param>
    internal sealed class Bursts(long usual)
    {
        // Less is the ordinary course of things, in bytes.
        private const long Worthwhile = 32 * 1024 * 1024;
        private const long Busy = 64 * 1024 * 1024;

        private long _usual = usual;
        private long _allocated;

        /// <param name="resident">Bytes of memory that the process has.</param>
        /// <param name="allocated">Bytes that were ever allocated.</param>
        /// <param name="held">Bytes that requests and answers hold.</param>
        public bool IsOver(long resident, long allocated, long held)
        {
            var isBusy = allocated - _allocated > Busy || held > Worthwhile;
            _allocated = allocated;
            _usual = Math.Min(_usual, resident);
            return !isBusy && resident - _usual > Worthwhile;
        }

        /// <param name="resident">What is left: what the process needs now is no burst.</param>
        public void Collected(long resident) => _usual = resident;
    }
}
