using System.Collections.Immutable;
using System.Threading.Channels;

namespace TalkGateway.Rpc;

/// <summary>Whether a service can take calls; numbers are wire facts (gRPC health checking protocol).</summary>
public enum RpcServingStatus
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>The service takes calls.</summary>
    Serving = 1,

    /// <summary>The service takes no calls now.</summary>
    NotServing = 2,
}

/// <summary>
/// The health the host publishes per service name; the empty name stands for the server as a whole and is serving unless set.
/// A singleton of <see cref="RpcServiceCollectionExtensions.AddRpc"/>. Safe for use from any thread.
/// </summary>
public sealed class RpcHealth
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, RpcServingStatus> _statuses = new(StringComparer.Ordinal) { [""] = RpcServingStatus.Serving };
    private ImmutableList<Watcher> _watchers = [];
    private bool _shutDown;

    /// <summary>Publishes the status of a service to callers of Check and Watch. Without effect once the host stops.</summary>
    /// <param name="service">A full service name, or the empty name for the server as a whole.</param>
    /// <param name="status">Its status from now on.</param>
    public void SetStatus(string service, RpcServingStatus status)
    {
        ArgumentNullException.ThrowIfNull(service);
        if (!Enum.IsDefined(status))
        {
            throw new ArgumentOutOfRangeException(nameof(status), status, "Not a serving status.");
        }

        lock (_gate)
        {
            if (_shutDown)
            {
                return;
            }

            _statuses[service] = status;
            Publish(service, status);
        }
    }

    /// <summary>The status of a service; null when none was set.</summary>
    public RpcServingStatus? GetStatus(string service)
    {
        lock (_gate)
        {
            return _statuses.TryGetValue(service, out var status) ? status : null;
        }
    }

    /// <summary>Tells all watchers that nothing is serving any more, and ends their watches.</summary>
    internal void ShutDown()
    {
        lock (_gate)
        {
            _shutDown = true;
            foreach (var service in _statuses.Keys.ToArray())
            {
                _statuses[service] = RpcServingStatus.NotServing;
                Publish(service, RpcServingStatus.NotServing);
            }

            foreach (var watcher in _watchers)
            {
                watcher.Changes.Writer.TryComplete();
            }
        }
    }

    /// <summary>The status now, null for none, and then its changes; a slow reader misses all but the latest. Ends when the host stops.</summary>
    internal IAsyncEnumerable<RpcServingStatus?> WatchAsync(string service, CancellationToken cancellationToken)
    {
        var watcher = new Watcher(service);
        lock (_gate)
        {
            watcher.Changes.Writer.TryWrite(_statuses.TryGetValue(service, out var status) ? status : null);
            if (_shutDown)
            {
                watcher.Changes.Writer.TryComplete();
            }
            else
            {
                _watchers = _watchers.Add(watcher);
            }
        }

        return ReadAsync(watcher, cancellationToken);
    }

    private async IAsyncEnumerable<RpcServingStatus?> ReadAsync(
        Watcher watcher, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var status in watcher.Changes.Reader.ReadAllAsync(cancellationToken))
            {
                yield return status;
            }
        }
        finally
        {
            lock (_gate)
            {
                _watchers = _watchers.Remove(watcher);
            }
        }
    }

    private void Publish(string service, RpcServingStatus status)
    {
        foreach (var watcher in _watchers)
        {
            if (watcher.Service == service)
            {
                watcher.Changes.Writer.TryWrite(status);
            }
        }
    }

    private sealed class Watcher(string service)
    {
        public string Service { get; } = service;

        public Channel<RpcServingStatus?> Changes { get; } =
            Channel.CreateBounded<RpcServingStatus?>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    }
}
