namespace TalkGateway.Simulator;

/// <summary>Waiting for something to happen in a room: until it does, the time is up, or the client is gone.</summary>
internal static class LongPoll
{
    /// <param name="call">The request that waits.</param>
    /// <param name="timeout">How long at most.</param>
    /// <param name="attempt">The answer if there is one already; called under the gate after every change of the room.</param>
    /// <param name="timedOut">The answer when the time is up; called under the gate.</param>
    public static async ValueTask<OcsResult> WaitAsync(OcsCall call, TimeSpan timeout, Func<OcsResult?> attempt, Func<OcsResult> timedOut)
    {
        var world = call.World;
        using var timer = new CancellationTokenSource(timeout, world.Clock);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, call.Http.RequestAborted);
        using var waiting = new Lazily(call.Polls.Enter);
        while (true)
        {
            Task changed;
            lock (world.Gate)
            {
                if (attempt() is { } answer)
                {
                    return answer;
                }

                if (timer.IsCancellationRequested || timeout == TimeSpan.Zero)
                {
                    return timedOut();
                }

                changed = call.Room.Changed;
            }

            // Whoever sees the poll counted can rely on it: the timer runs, and the next change wakes it.
            waiting.Begin();

            try
            {
                await changed.WaitAsync(done.Token);
            }
            catch (OperationCanceledException) when (timer.IsCancellationRequested && !call.Http.RequestAborted.IsCancellationRequested)
            {
                // The next round finds the time to be up and gives the answer for that.
            }
        }
    }

    private sealed class Lazily(Func<IDisposable> begin) : IDisposable
    {
        private IDisposable? _begun;

        public void Begin() => _begun ??= begin();

        public void Dispose() => _begun?.Dispose();
    }
}
