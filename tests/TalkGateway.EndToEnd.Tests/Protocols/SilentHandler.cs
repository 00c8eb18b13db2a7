namespace TalkGateway.EndToEnd.Tests.Protocols;

/// <summary>A server that never answers, but for what it can do: it holds requests until the caller gives up.</summary>
internal sealed class SilentHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private static readonly Task Never = new TaskCompletionSource().Task;

    private readonly Lock _gate = new();
    private TaskCompletionSource _holds = NewSignal();
    private TaskCompletionSource _tellsCapabilities = NewSignal();
    private int _held;

    /// <summary>Whether questions for capabilities are answered, also those that are being asked.</summary>
    public bool TellsCapabilities
    {
        set
        {
            if (value)
            {
                _tellsCapabilities.TrySetResult();
            }
            else
            {
                _tellsCapabilities = NewSignal();
            }
        }
    }

    /// <summary>Completes when a request is held.</summary>
    public Task HoldsRequestAsync()
    {
        lock (_gate)
        {
            return _holds.Task;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var silence = ListeningHandler.IsForCapabilities(request) ? _tellsCapabilities.Task : Never;
        if (!silence.IsCompleted)
        {
            Count(1);
            try
            {
                await silence.WaitAsync(cancellationToken);
            }
            finally
            {
                Count(-1);
            }
        }

        return await base.SendAsync(request, cancellationToken);
    }

    private void Count(int change)
    {
        lock (_gate)
        {
            _held += change;
            if (_held == 0)
            {
                _holds = NewSignal();
            }
            else
            {
                _holds.TrySetResult();
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
