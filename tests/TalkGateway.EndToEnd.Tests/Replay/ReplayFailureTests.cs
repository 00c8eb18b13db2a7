using System.Buffers;
using System.Net;
using System.Text.RegularExpressions;
using Google.Rpc;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Transport;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>Every failure that a server answered, also to requests that the gateway would not send, becomes an honest status.</summary>
public sealed partial class ReplayFailureTests
{
    public static TheoryData<string> Servers => Replay.Servers;

    [Theory]
    [MemberData(nameof(Servers))]
    public void A_recorded_failure_becomes_the_expected_code_with_a_reason_and_where_it_came_from(string server)
    {
        var time = new ManualTimeProvider();
        var failures = new List<string>();
        var count = 0;
        foreach (var replayed in Replay.Cases.Where(c => c.Exchange.Server == server))
        {
            var expected = ExpectedStatus.Of(replayed);
            if (expected == Code.Ok)
            {
                continue;
            }

            count++;
            using var answer = AnswerOf(replayed.Exchange.Response);
            var status = AnswerErrors.From(Replay.Plans[replayed.Rpc!.Method], replayed.Server!.Profile, "recorded", answer, time);
            if ((Code)status.Code != expected)
            {
                failures.Add($"{replayed.Exchange}: {(Code)status.Code} instead of {expected}");
            }

            var info = status.Details.Single(detail => detail.Is(ErrorInfo.Descriptor)).Unpack<ErrorInfo>();
            if (!Reason().IsMatch(info.Reason)
                || info.Metadata["operation"] != replayed.Rpc.Operation.Id
                || info.Metadata["http_status"] != $"{replayed.Exchange.Response.Status}")
            {
                failures.Add($"{replayed.Exchange}: {info}");
            }
        }

        Assert.True(count > 50, $"only {count} failures were recorded");
        Expect.None(failures);
    }

    [Fact]
    public void What_users_read_is_as_approved()
    {
        var table = FailureTable.Of(Replay.Cases.Where(replayed => ExpectedStatus.Of(replayed) != Code.Ok).Select(Told));
        var received = Path.Combine(AppContext.BaseDirectory, "failures.received.md");
        File.WriteAllText(received, table);

        Assert.True(
            table == File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Replay", "failures.md")),
            $"What users read has changed. Read {received} as a user would, and if it is good, make it tests/TalkGateway.EndToEnd.Tests/Replay/failures.md.");
    }

    private static FailureTable.Row Told(ReplayCase replayed)
    {
        using var answer = AnswerOf(replayed.Exchange.Response);
        var caller = new CallIdentity(replayed.Exchange.IsGuest ? Credential.None : Credential.Parse("Bearer user"));
        var plan = Replay.Plans[replayed.Rpc!.Method];
        var status = AnswerErrors.From(plan, replayed.Server!.Profile, "recorded", answer, new ManualTimeProvider(), caller);
        return new FailureTable.Row(plan, FailureTable.Said(answer), replayed.Exchange.IsGuest, status);
    }

    private static OcsAnswer AnswerOf(RecordedResponse recorded)
    {
        var response = new HttpResponseMessage((HttpStatusCode)recorded.Status) { Content = new ByteArrayContent([]) };
        foreach (var (name, value) in recorded.Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(recorded.Bytes.Length, 1));
        recorded.Bytes.CopyTo(buffer);
        return new OcsAnswer(response, buffer, recorded.Bytes.Length, default);
    }

    // The form that google.rpc.ErrorInfo asks of a reason.
    [GeneratedRegex("^[A-Z][A-Z0-9_]+[A-Z0-9]$")]
    private static partial Regex Reason();
}
