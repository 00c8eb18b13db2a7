using Google.Rpc;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>The same through the whole upstream side, with polyfills, sessions, capabilities and error mapping in between.</summary>
public sealed class ReplayThroughGatewayTests
{
    public static TheoryData<string> Servers => Replay.Servers;

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_call_sends_the_recorded_request_and_ends_with_the_status_and_values_of_its_answer(string server)
    {
        var cases = Replay.Cases.Where(c => c.Exchange.Server == server).ToArray();
        using var gateway = new ReplayGateway(Recordings.ForServer(server), cases);
        var failures = new List<string>();
        foreach (var replayed in cases.Where(c => c is { Kind: ReplayKind.Whole, IsPolyfilled: false }))
        {
            var result = await gateway.InvokeAsync(replayed, CancellationToken.None);
            if (!gateway.Upstream.Seen.Any(sent => RequestComparison.Differences(replayed.Exchange, sent).Count == 0))
            {
                failures.Add($"{replayed.Exchange}: sent {string.Join(", ", gateway.Upstream.Seen.Select(sent => $"{sent.Method} {sent.PathAndQuery}"))}");
            }

            var expected = ExpectedStatus.Of(replayed);
            if (result.Code != expected)
            {
                failures.Add($"{replayed.Exchange}: {result.Code} ({result.Message}) instead of {expected}");
            }
            else if (result.Code == Code.Ok)
            {
                failures.AddRange(LostValues.In(replayed, result.Response!).Select(lost => $"{replayed.Exchange}: {lost}"));
            }
        }

        Expect.None(failures);
    }
}
