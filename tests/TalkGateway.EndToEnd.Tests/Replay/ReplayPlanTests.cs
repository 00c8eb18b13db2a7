using System.Globalization;
using System.Text;
using TalkGateway.Talk.V1;
using TalkGateway.Testing;
using Xunit;
using Xunit.Abstractions;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>Every recorded exchange is replayed, or a table says why not.</summary>
public sealed class ReplayPlanTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_exchange_of_every_server_is_accounted_for()
    {
        var planner = new ReplayPlanner(ContractRpc.In(CallReflection.Descriptor, CapabilitiesReflection.Descriptor, ChatReflection.Descriptor, GuestReflection.Descriptor, ParticipantReflection.Descriptor, RoomReflection.Descriptor, SignalingReflection.Descriptor));
        var cases = Recordings.Servers.SelectMany(planner.Plan).ToArray();
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
        var unexplained = cases.Where(c => c.Kind == ReplayKind.Unexplained).ToArray();
        Assert.True(unexplained.Length == 0, string.Join('\n', unexplained.Take(100).Select(c => c.ToString())));
    }
}
