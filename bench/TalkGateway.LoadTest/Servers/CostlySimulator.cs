using TalkGateway.Simulator;

namespace TalkGateway.LoadTest.Servers;

/// <summary>The Talk simulator with what logins cost a real server.</summary>
internal static class CostlySimulator
{
    private static readonly string[] Users = ["alice", "bob"];

    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var simulator = await TalkSimulator.StartAsync(
            new SimulatorOptions { LoginCosts = LoginCosts.Measured, LogRequests = false }, cancellationToken);
        var appPasswords = Users.ToDictionary(user => user, simulator.IssueAppPassword);
        await ControlPipe.ServeAsync(new ServerReady(simulator.BaseAddress, AppPasswords: appPasswords), cancellationToken);
    }
}
