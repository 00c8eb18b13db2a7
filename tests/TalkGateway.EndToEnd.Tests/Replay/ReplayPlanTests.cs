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

        var never = Replay.Contract.Select(rpc => rpc.Operation.Id).Except(cases.Where(IsDone).Select(c => c.Rpc!.Operation.Id)).Order();
        summary.AppendLine(CultureInfo.InvariantCulture, $"No recorded server did: {string.Join(", ", never)}");
        output.WriteLine(summary.ToString());
        var unexplained = cases.Where(c => c.Kind == ReplayKind.Unexplained);
        Expect.None([.. unexplained.Select(c => c.ToString())]);
    }

    [Fact]
    public void Whatever_a_recorded_server_did_and_the_gateway_offers_is_replayed_whole_with_success()
    {
        var done = Replay.Cases.Where(c => IsDone(c) && c.Kind != ReplayKind.NotOffered).ToLookup(c => c.Rpc!.Operation.Id);

        Assert.NotEmpty(done);
        Expect.None([.. done.Where(cases => cases.All(c => c.Kind != ReplayKind.Whole)).Select(cases => cases.Key).Order()]);
    }

    private static bool IsDone(ReplayCase replayed) => replayed is { Rpc: not null, Exchange.Response.Status: < 400 };
}
