using TalkGateway.Talk;
using TalkGateway.Testing;
using TalkGateway.Transcoding;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>The recordings, planned once for all tests.</summary>
internal static class Replay
{
    private static readonly Lazy<IReadOnlyList<ReplayCase>> LazyCases = new(static () => Plan());

    /// <summary>The contract as its annotations tell it.</summary>
    public static IReadOnlyList<ContractRpc> Contract { get; } = ContractRpc.In(TalkContract.Files);

    /// <summary>The contract as the gateway compiles it.</summary>
    public static PlanSet Plans => TalkContract.Plans;

    /// <summary>Every recorded exchange, each with its fate.</summary>
    public static IReadOnlyList<ReplayCase> Cases => LazyCases.Value;

    /// <summary>Names of the recorded servers, for theories.</summary>
    public static TheoryData<string> Servers { get; } = [.. Recordings.Servers.Select(server => server.Name)];

    /// <summary>The version of Talk that answered.</summary>
    public static Version VersionOf(RecordedExchange exchange) => Version.Parse(Recordings.ForServer(exchange.Server).TalkVersion.Split('-')[0]);

    private static ReplayCase[] Plan()
    {
        var planner = new ReplayPlanner(Contract, Plans);
        return [.. Recordings.Servers.SelectMany(planner.Plan)];
    }
}
