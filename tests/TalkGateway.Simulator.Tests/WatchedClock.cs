using System.Threading.Channels;
using TalkGateway.Testing;

namespace TalkGateway.Simulator.Tests;

/// <summary>A manual clock that tells when somebody has begun to wait on it.</summary>
internal sealed class WatchedClock : TimeProvider
{
    private readonly ManualTimeProvider _clock = new();
    private readonly Channel<ITimer> _created = Channel.CreateUnbounded<ITimer>();

    public override long TimestampFrequency => _clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _clock.GetUtcNow();

    public override long GetTimestamp() => _clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = _clock.CreateTimer(callback, state, dueTime, period);
        _created.Writer.TryWrite(timer);
        return timer;
    }

    /// <summary>Completes when one more timer has been started.</summary>
    public async Task NextTimerAsync() => await _created.Reader.ReadAsync();

    public void Advance(TimeSpan by) => _clock.Advance(by);
}
