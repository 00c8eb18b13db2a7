using System.Diagnostics;

namespace TalkGateway.LoadTest.Load;

/// <summary>How much is asked of a server.</summary>
/// <param name="Rounds">Measured phases of each kind.</param>
/// <param name="Calls">Calls in a phase.</param>
/// <param name="WarmUpCalls">Calls of each kind before the first round.</param>
/// <param name="Concurrency">Calls in flight, over all connections.</param>
/// <param name="Connections">HTTP/2 connections.</param>
internal sealed record LoadShape(int Rounds, int Calls, int WarmUpCalls, int Concurrency, int Connections);

/// <summary>What the client saw of one phase.</summary>
/// <param name="Elapsed">From the first request to the last answer.</param>
/// <param name="Latencies">Of every call, in ascending order.</param>
/// <param name="BytesSent">By the client, HTTP/2's own frames included, TCP's headers not.</param>
/// <param name="BytesReceived">As sent, the other way.</param>
internal sealed record PhaseOutcome(TimeSpan Elapsed, TimeSpan[] Latencies, long BytesSent, long BytesReceived)
{
    /// <summary>The latency that so many percent of the calls stay below or reach.</summary>
    public TimeSpan Percentile(double percent) => Latencies[(int)Math.Ceiling(Latencies.Length * percent / 100) - 1];
}

/// <summary>Makes equal calls on several connections, a constant number in flight.</summary>
internal sealed class LoadClient : IDisposable
{
    // So that connections, and the server's knowledge of the headers, are there before the clock starts.
    private const int OpeningCallsPerSlot = 4;

    private readonly Http2Connection[] _connections;

    private LoadClient(Http2Connection[] connections) => _connections = connections;

    public static async Task<LoadClient> OpenAsync(Uri server, RequestTemplate request, int expectedData, LoadShape shape, CancellationToken cancellationToken)
    {
        var perConnection = shape.Concurrency / shape.Connections;
        var client = new LoadClient(await Task.WhenAll(Enumerable.Range(0, shape.Connections)
            .Select(_ => Http2Connection.OpenAsync(server, request, expectedData, perConnection, cancellationToken))));
        try
        {
            await client.RunAsync(shape.Concurrency * OpeningCallsPerSlot, cancellationToken);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public async Task<PhaseOutcome> RunAsync(int calls, CancellationToken cancellationToken)
    {
        var latencies = new long[calls];
        var (sent, received) = (_connections.Sum(c => c.BytesSent), _connections.Sum(c => c.BytesReceived));
        var share = calls / _connections.Length;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(_connections.Select((connection, i) =>
        {
            var length = i == _connections.Length - 1 ? calls - (share * i) : share;
            return Task.Run(() => connection.RunAsync(latencies.AsMemory(share * i, length), cancellationToken), cancellationToken);
        }));
        var elapsed = Stopwatch.GetElapsedTime(start);
        Array.Sort(latencies);
        return new PhaseOutcome(
            elapsed,
            [.. latencies.Select(ticks => Stopwatch.GetElapsedTime(0, ticks))],
            _connections.Sum(c => c.BytesSent) - sent,
            _connections.Sum(c => c.BytesReceived) - received);
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }
}
