using TalkGateway.Simulator;

namespace TalkGateway.EndToEnd.Tests.Fixtures;

/// <summary>
/// Real Talk servers that stories can be told to, besides the simulator: named by <c>TALK_SERVERS</c> as
/// <c>12=http://127.0.0.1:9012 25=http://127.0.0.1:9025</c>, with the accounts alice, bob and carol, whose passwords follow the pattern in
/// <c>TALK_SERVERS_PASSWORD</c> (<c>{user}</c> unless it is set). None are named where nobody looks: the tests need no server then.
/// </summary>
internal static class RealServers
{
    /// <summary>The addresses by the name that stands for them in tests, such as <c>real 12</c>.</summary>
    public static IReadOnlyDictionary<string, Uri> Addresses { get; } =
        (Environment.GetEnvironmentVariable("TALK_SERVERS") ?? "")
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(entry => entry.Split('=', 2))
        .ToDictionary(parts => $"real {parts[0]}", parts => new Uri(parts[1]), StringComparer.Ordinal);

    /// <summary>The password of an account there.</summary>
    public static string PasswordOf(string user) =>
        (Environment.GetEnvironmentVariable("TALK_SERVERS_PASSWORD") ?? "{user}").Replace("{user}", user, StringComparison.Ordinal);

    /// <summary>A gateway in front of one of them.</summary>
    public static Task<TestGateway> StartInFrontOfAsync(string name) =>
        TestGateway.StartAsync(new TestGatewayOptions
        {
            Simulator = new SimulatorOptions { SeedDemoData = false },
            Upstream = Addresses[name],
            PasswordOf = PasswordOf,
        });
}
