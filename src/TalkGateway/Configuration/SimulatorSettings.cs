namespace TalkGateway.Configuration;

/// <summary>The embedded Talk simulator. Configuration section <c>Simulator</c>.</summary>
public sealed class SimulatorSettings
{
    /// <summary>The configuration section.</summary>
    internal const string Section = "Simulator";

    /// <summary>
    /// Talk version to play, from 3.0 to 25. Empty: no simulator, unless no upstream is configured in the Development environment.
    /// </summary>
    public string Profile { get; set; } = "";
}
