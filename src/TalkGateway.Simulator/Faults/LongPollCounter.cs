namespace TalkGateway.Simulator;

/// <summary>Counts long polls that wait, and lets tests await a number of them.</summary>
internal sealed class LongPollCounter
{
    private readonly Lock _gate = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiting = [];
    private int _count;
    private int _total;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    public int Total
    {
        get
        {
            lock (_gate)
            {
                return _total;
            }
        }
    }

    public Task WaitForAsync(int count, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_count == count)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((count, reached));
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    public IDisposable Enter()
    {
        Change(+1);
        return new Exit(this);
    }

    private void Change(int by)
    {
        lock (_gate)
        {
            _count += by;
            _total += Math.Max(by, 0);
            foreach (var (_, reached) in _waiting.Where(w => w.Count == _count))
            {
                reached.TrySetResult();
            }

            _waiting.RemoveAll(w => w.Count == _count);
        }
    }

    private sealed class Exit(LongPollCounter owner) : IDisposable
    {
        public void Dispose() => owner.Change(-1);
    }
}
