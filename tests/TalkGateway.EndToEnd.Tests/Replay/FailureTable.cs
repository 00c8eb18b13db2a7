using System.Text;
using Google.Rpc;
using TalkGateway.Talk.Transport;
using TalkGateway.Transcoding;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>Failures as their users read them, as a document.</summary>
internal static class FailureTable
{
    private const string Head = """
        # What users read of failures

        Every failure that a real Talk server was recorded with, and what the gateway makes of it. A test keeps this table as it
        is: whoever changes an error reads it again, as somebody would who knows the rpc's comment and nothing of Talk.

        The first column is the HTTP status with the server's typed reason, or with its `data` where it gives none; `G` marks
        callers without an account. Messages begin with the operation, which is left out here, and the fields that a BadRequest
        names stand behind them in brackets.

        """;

    /// <summary>What is the same for so many rpcs stands once.</summary>
    private const int Many = 8;

    /// <summary>One failure.</summary>
    /// <param name="Plan">The rpc.</param>
    /// <param name="Said">What the server said.</param>
    /// <param name="IsGuest">Whether the caller has no account.</param>
    /// <param name="Status">What the caller is told.</param>
    internal sealed record Row(MethodPlan Plan, string Said, bool IsGuest, Status Status)
    {
        public string Rpc => $"{Plan.Descriptor.Service.Name}/{Plan.Descriptor.Name}";

        public string Line
        {
            get
            {
                var reason = Status.Details.Single(detail => detail.Is(ErrorInfo.Descriptor)).Unpack<ErrorInfo>().Reason;
                var fields = Status.Details.Where(detail => detail.Is(BadRequest.Descriptor))
                    .SelectMany(detail => detail.Unpack<BadRequest>().FieldViolations).Select(violation => violation.Field);
                var text = Status.Message[(Plan.OperationId.Length + 2)..].Replace('\n', ' ');
                return $"| {Said}{(IsGuest ? " G" : "")} | {(Code)Status.Code} | {reason} | {text}{(fields.Any() ? $" [{string.Join(", ", fields)}]" : "")} |";
            }
        }
    }

    /// <summary>What a server said, in few words.</summary>
    public static string Said(OcsAnswer answer)
    {
        if (!OcsEnvelope.TryRead(answer.Body.Span, out var failure))
        {
            return $"{answer.Status} (no envelope)";
        }

        return $"{answer.Status} {failure.Reason ?? (failure.Data.Count == 0 ? "" : "(" + string.Join(", ", failure.Data.Select(member => member.Key)) + ")")}".TrimEnd();
    }

    /// <summary>The whole document.</summary>
    public static string Of(IEnumerable<Row> rows)
    {
        var all = rows.Select(row => (row.Rpc, row.Line)).Distinct().ToList();
        var common = all.GroupBy(row => row.Line).Where(group => group.Count() >= Many).ToDictionary(group => group.Key, group => group.Count());
        var text = new StringBuilder(Head.ReplaceLineEndings("\n"));
        Section(text, "The same for many rpcs", common.Select(pair => pair.Key));
        foreach (var rpc in all.Where(row => !common.ContainsKey(row.Line)).GroupBy(row => row.Rpc).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            Section(text, rpc.Key, rpc.Select(row => row.Line));
        }

        return text.ToString();
    }

    private static void Section(StringBuilder text, string title, IEnumerable<string> lines)
    {
        text.Append("\n## ").Append(title).Append("\n\n| Server | Code | Reason | Message |\n| --- | --- | --- | --- |\n");
        foreach (var line in lines.Order(StringComparer.Ordinal))
        {
            text.Append(line).Append('\n');
        }
    }
}
