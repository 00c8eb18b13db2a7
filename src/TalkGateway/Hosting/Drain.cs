using TalkGateway.Configuration;
using TalkGateway.Talk;

namespace TalkGateway.Hosting;

/// <summary>
/// What comes between the order to stop and the end of the listener: the health service answers NOT_SERVING from the first moment
/// on, load balancers get time to notice, and calls that wait for news end, since nothing else would end them soon.
/// </summary>
internal sealed class Drain(ShutdownSettings settings, TalkUpstreams upstreams, TimeProvider time) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs before anything is stopped, the listener included.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(settings.Delay, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        upstreams.EndLongPolls();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
