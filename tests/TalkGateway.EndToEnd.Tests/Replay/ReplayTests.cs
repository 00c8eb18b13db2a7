using System.Buffers;
using Google.Protobuf;
using TalkGateway.Testing;
using TalkGateway.Transcoding;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>The rpc that means the same sends the same request, and hands on every value of the answer.</summary>
public sealed class ReplayTests
{
    public static TheoryData<string> Servers => Replay.Servers;

    [Theory]
    [MemberData(nameof(Servers))]
    public void The_rpc_that_means_the_same_sends_the_recorded_request(string server) => Expect.None(Differences(server));

    [Theory]
    [MemberData(nameof(Servers))]
    public void No_value_of_a_recorded_answer_is_lost(string server) => Expect.None(Losses(server));

    [Fact]
    public void Every_row_of_the_tables_is_needed()
    {
        foreach (var server in Recordings.Servers)
        {
            _ = Losses(server.Name);
            _ = Differences(server.Name);
        }

        foreach (var replayed in Replay.Cases.Where(c => c.Kind == ReplayKind.Whole))
        {
            _ = replayed.IsPolyfilled;
        }

        Expect.None([.. ReplayTables.Rows.Where(row => !ReplayTables.IsNeeded(row)).Select(row => row.ToString()!)]);
    }

    private static List<string> Differences(string server) =>
    [
        .. from replayed in CasesOf(server)
           where replayed.Kind == ReplayKind.Whole
           from difference in RequestComparison.Differences(replayed.Exchange, replayed.Sent!)
           select $"{replayed.Exchange}: {difference}",
    ];

    private static List<string> Losses(string server)
    {
        var failures = new List<string>();
        foreach (var replayed in CasesOf(server).Where(c => c.Kind is ReplayKind.Whole or ReplayKind.AnswerOnly && IsSuccess(c)))
        {
            IMessage decoded;
            try
            {
                decoded = Decode(replayed);
            }
            catch (MalformedAnswerException malformed)
            {
                if (replayed.Exchange.Response.IsJson || replayed.Kind == ReplayKind.Whole)
                {
                    failures.Add($"{replayed.Exchange}: {malformed.Message}");
                }

                continue;
            }

            failures.AddRange(LostValues.In(replayed, decoded).Select(lost => $"{replayed.Exchange}: {lost}"));
        }

        return failures;
    }

    private static IEnumerable<ReplayCase> CasesOf(string server) => Replay.Cases.Where(c => c.Exchange.Server == server);

    private static bool IsSuccess(ReplayCase replayed) =>
        replayed.Exchange.Response.Status is >= 200 and < 300 || replayed.Call!.Answer.EmptyOn.Contains((uint)replayed.Exchange.Response.Status);

    private static IMessage Decode(ReplayCase replayed)
    {
        var response = replayed.Exchange.Response;
        var target = new ArrayBufferWriter<byte>();
        Replay.Plans[replayed.Rpc!.Method].Resolve(replayed.Server!).ReadAnswer(response.Status, new RecordedHeaders(response), response.Bytes.Span, target);
        return replayed.Rpc.Method.OutputType.Parser.ParseFrom(target.WrittenSpan);
    }

    private sealed class RecordedHeaders(RecordedResponse response) : IHeaderLookup
    {
        public string? Find(string name) => response.Headers.GetValueOrDefault(name);
    }
}
