using System.Collections.Concurrent;

namespace TalkGateway.Simulator;

/// <summary>A request the simulator has answered (or dropped), for tests to look at.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path.</param>
/// <param name="Query">The query string with its question mark, or empty.</param>
/// <param name="Headers">The headers, several values joined by comma.</param>
/// <param name="Body">The body as text.</param>
/// <param name="Status">The status of the answer; 0 when the connection was dropped or the client gave up.</param>
/// <param name="Operation">The operation's id ("conversation.list"), or empty where there is no such route.</param>
public sealed record LoggedRequest(
    string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, string Body, int Status, string Operation)
{
    /// <summary>Path and query.</summary>
    public string Target => Path + Query;
}

/// <summary>
/// What clients asked, in the order of the answers; the newest 10,000 are kept. It is a test's own and holds requests as they were, with
/// credentials. Switched off, it costs nothing. Safe for concurrent use.
/// </summary>
public sealed class RequestLog
{
    private const int Most = 10_000;

    private ConcurrentQueue<LoggedRequest> _requests = new();
    private TaskCompletionSource _added = NewSignal();

    internal RequestLog(bool isOn) => IsOn = isOn;

    /// <summary>Whether requests are kept.</summary>
    public bool IsOn { get; set; }

    /// <summary>The requests so far.</summary>
    public IReadOnlyList<LoggedRequest> All => _requests.ToArray();

    /// <summary>The requests of one operation so far.</summary>
    /// <param name="operation">The id, such as "conversation.list".</param>
    public IReadOnlyList<LoggedRequest> Of(string operation) => _requests.Where(r => r.Operation == operation).ToArray();

    /// <summary>Forgets the requests so far.</summary>
    public void Clear() => _requests = new ConcurrentQueue<LoggedRequest>();

    /// <summary>Completes when there is a request that fits, so that a test need not guess when the server is through with it.</summary>
    /// <param name="matches">Which request.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<LoggedRequest> WaitForAsync(Func<LoggedRequest, bool> matches, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var added = Volatile.Read(ref _added).Task;
            if (_requests.FirstOrDefault(matches) is { } found)
            {
                return found;
            }

            await added.WaitAsync(cancellationToken);
        }
    }

    internal void Add(LoggedRequest request)
    {
        var requests = _requests;
        requests.Enqueue(request);
        if (requests.Count > Most)
        {
            requests.TryDequeue(out _);
        }

        Interlocked.Exchange(ref _added, NewSignal()).SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
