using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TalkGateway.EndToEnd.Tests.Fixtures;

/// <summary>Everything that is logged, at every level.</summary>
internal sealed class CollectingLogs : ILoggerProvider
{
    /// <summary>One entry each: level, category, text and exception.</summary>
    public ConcurrentQueue<(LogLevel Level, string Line)> Entries { get; } = new();

    public IEnumerable<string> Lines => Entries.Select(entry => entry.Line);

    /// <summary>What an operator is meant to look at.</summary>
    public IEnumerable<string> Complaints => Entries.Where(entry => entry.Level >= LogLevel.Warning).Select(entry => entry.Line);

    public ILogger CreateLogger(string categoryName) => new Collector(categoryName, Entries);

    public void Dispose()
    {
    }

    private sealed class Collector(string category, ConcurrentQueue<(LogLevel Level, string Line)> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            entries.Enqueue((logLevel, $"{category}: {formatter(state, exception)} {exception}"));
    }
}
