namespace TalkGateway.Simulator;

/// <summary>How a <see cref="TalkSimulator"/> starts.</summary>
public sealed record SimulatorOptions
{
    /// <summary>The name of the profile, one of <see cref="TalkProfile.All"/>.</summary>
    public string Profile { get; init; } = "25";

    /// <summary>The clock of time stamps, long polls, session time-outs, delays and login costs.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Whether there are rooms and messages to look at from the start.</summary>
    public bool SeedDemoData { get; init; } = true;

    /// <summary>What logins cost; nothing unless a bench wants it.</summary>
    public LoginCosts LoginCosts { get; init; } = LoginCosts.None;

    /// <summary>Whether failed logins, passwords and tokens count against an address (X-Forwarded-For, else the connection's).</summary>
    public bool BruteForceProtection { get; init; }

    /// <summary>Whether <see cref="TalkSimulator.Requests"/> keeps what clients ask.</summary>
    public bool LogRequests { get; init; } = true;

    /// <summary>The port on 127.0.0.1; 0 picks a free one.</summary>
    public int Port { get; init; }
}
