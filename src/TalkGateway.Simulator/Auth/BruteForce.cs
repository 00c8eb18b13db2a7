namespace TalkGateway.Simulator;

/// <summary>
/// Nextcloud's brute-force protection: failed attempts (logins, room passwords, unknown tokens) count per address, and after ten of them
/// everything from that address is refused for 30 minutes, right credentials too. The waiting itself is not simulated.
/// </summary>
internal sealed class BruteForce
{
    private const int MostAttempts = 10;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    private readonly Dictionary<string, List<DateTimeOffset>> _attempts = [];

    public bool IsOn { get; set; }

    public bool IsBlocked(string address, DateTimeOffset now) => IsOn && Recent(address, now).Count > MostAttempts;

    /// <summary>Counts a failed attempt and returns the delay that the server says it put on the answer.</summary>
    public string? Count(string address, DateTimeOffset now)
    {
        if (!IsOn)
        {
            return null;
        }

        var attempts = Recent(address, now);
        attempts.Add(now);
        var milliseconds = attempts.Count == 1 ? 200 : Math.Min(25_000, 600 << Math.Min(attempts.Count - 2, 6));
        return $"{milliseconds}ms";
    }

    public void Reset() => _attempts.Clear();

    private List<DateTimeOffset> Recent(string address, DateTimeOffset now)
    {
        if (!_attempts.TryGetValue(address, out var attempts))
        {
            _attempts.Add(address, attempts = []);
        }

        attempts.RemoveAll(a => now - a > Window);
        return attempts;
    }
}
