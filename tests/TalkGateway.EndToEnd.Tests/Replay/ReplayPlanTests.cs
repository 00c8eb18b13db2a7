using System.Globalization;
using System.Text;
using Xunit;
using Xunit.Abstractions;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>Every recorded exchange is replayed, or a table says why not.</summary>
public sealed class ReplayPlanTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_exchange_of_every_server_is_accounted_for()
    {
        var cases = Replay.Cases;
        var summary = new StringBuilder();
        foreach (var server in cases.GroupBy(c => c.Exchange.Server))
        {
            summary.Append(CultureInfo.InvariantCulture, $"{server.Key}:");
            foreach (var kind in server.GroupBy(c => c.Kind).OrderBy(k => k.Key))
            {
                summary.Append(CultureInfo.InvariantCulture, $" {kind.Key} {kind.Count()}");
            }

            summary.AppendLine();
        }

        output.WriteLine(summary.ToString());
        var unexplained = cases.Where(c => c.Kind == ReplayKind.Unexplained);
        Expect.None([.. unexplained.Select(c => c.ToString())]);
    }

    [Fact]
    public void Every_rpc_of_the_contract_is_replayed_with_success()
    {
        var replayed = Replay.Cases
            .Where(c => c is { Kind: ReplayKind.Whole, Exchange.Response.Status: < 400 })
            .Select(c => c.Rpc!.Operation.Id)
            .ToHashSet();

        var known = ReplayTables.NeverRecorded.Select(row => row.Operation).ToHashSet();

        Expect.None([.. Replay.Contract.Select(rpc => rpc.Operation.Id).Where(id => replayed.Contains(id) == known.Contains(id)).Order()]);
    }
}
