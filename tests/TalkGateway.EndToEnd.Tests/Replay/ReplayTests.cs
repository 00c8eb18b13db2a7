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

    [Theory]
    [MemberData(nameof(Servers))]
    public void Every_recorded_member_has_a_field_of_its_own(string server) => Expect.None(Unnamed(server));

    [Fact]
    public void Every_row_of_the_tables_is_needed()
    {
        foreach (var server in Recordings.Servers)
        {
            _ = Losses(server.Name);
            _ = Differences(server.Name);
            _ = Unnamed(server.Name);
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

    private static List<string> Losses(string server) =>
    [
        .. from answered in Answered(server)
           from lost in answered.Decoded is null ? [answered.Problem] : LostValues.In(answered.Case, answered.Decoded).Select(lost => lost.ToString())
           select $"{answered.Case.Exchange}: {lost}",
    ];

    private static List<string> Unnamed(string server) =>
    [
        .. from answered in Answered(server)
           where answered.Decoded is not null
           from path in LostValues.UnnamedIn(answered.Case, answered.Decoded)
           select $"{answered.Case.Exchange}: {path}",
    ];

    private static IEnumerable<(ReplayCase Case, IMessage? Decoded, string Problem)> Answered(string server)
    {
        foreach (var replayed in CasesOf(server).Where(c => c.Kind is ReplayKind.Whole or ReplayKind.AnswerOnly && IsSuccess(c)))
        {
            var (decoded, problem) = Decode(replayed);

            // What was asked for as XML is none of the gateway's.
            if (decoded is not null || replayed.Kind == ReplayKind.Whole || replayed.Exchange.Response.IsJson)
            {
                yield return (replayed, decoded, problem);
            }
        }
    }

    private static IEnumerable<ReplayCase> CasesOf(string server) => Replay.Cases.Where(c => c.Exchange.Server == server);

    private static bool IsSuccess(ReplayCase replayed) =>
        replayed.Exchange.Response.Status is >= 200 and < 300 || replayed.Call!.Answer.EmptyOn.Contains((uint)replayed.Exchange.Response.Status);

    private static (IMessage? Decoded, string Problem) Decode(ReplayCase replayed)
    {
        var response = replayed.Exchange.Response;
        var target = new ArrayBufferWriter<byte>();
        try
        {
            Replay.Plans[replayed.Rpc!.Method].Resolve(replayed.Server!).ReadAnswer(response.Status, new RecordedHeaders(response), response.Bytes.Span, target);
            return (replayed.Rpc.Method.OutputType.Parser.ParseFrom(target.WrittenSpan), "");
        }
        catch (MalformedAnswerException malformed)
        {
            return (null, malformed.Message);
        }
    }

    private sealed class RecordedHeaders(RecordedResponse response) : IHeaderLookup
    {
        public string? Find(string name) => response.Headers.GetValueOrDefault(name);
    }
}
