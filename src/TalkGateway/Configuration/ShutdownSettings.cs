namespace TalkGateway.Configuration;

/// <summary>How the gateway stops. Configuration section <c>Shutdown</c>.</summary>
public sealed class ShutdownSettings
{
    /// <summary>The configuration section.</summary>
    internal const string Section = "Shutdown";

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long connections are accepted after the health service began to answer NOT_SERVING, so that load balancers notice
    /// before callers are refused. 0 to 10 min.
    /// </summary>
    public TimeSpan Delay { get; set; } = TimeSpan.Zero;

    /// <summary>How long calls in flight may go on after that; those that last longer are cut. 0 to 10 min.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <exception cref="ConfigurationException">A value is out of range.</exception>
    internal void Check()
    {
        foreach (var (key, value) in new[] { (nameof(Delay), Delay), (nameof(Timeout), Timeout) })
        {
            if (value < TimeSpan.Zero || value > Longest)
            {
                throw new ConfigurationException($"{Section}:{key}", $"{value:c}", $"set it to a value from {TimeSpan.Zero:c} to {Longest:c}");
            }
        }
    }
}
