using TalkGateway.Testing;

namespace TalkGateway.Rpc.Tests;

/// <summary>A clock whose timers never fire, however late it gets.</summary>
internal sealed class LateTimers : TimeProvider
{
    public TimeSpan Now { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new ManualTimeProvider().CreateTimer(callback, state, dueTime, period);
}
