using TalkGateway.Ocs.V1;

namespace TalkGateway.Transcoding.Compilation;

/// <summary>Checks what an error rule says for itself, whichever rpc it is for.</summary>
internal static class ErrorRuleChecks
{
    // google.rpc.Code, but OK.
    private static readonly HashSet<string> Codes = new(StringComparer.Ordinal)
    {
        "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    };

    public static void Check(ErrorRule rule, Mistakes mistakes)
    {
        if (rule.HttpStatus is not 0 and (< 100 or > 599))
        {
            mistakes.Add($"an error rule has {rule.HttpStatus}, which is no HTTP status");
        }

        if (rule.Code.Length > 0 && !Codes.Contains(rule.Code))
        {
            mistakes.Add($"an error rule has the code \"{rule.Code}\", which is no gRPC error");
        }

        if (!rule.Reason.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_'))
        {
            mistakes.Add($"an error rule has the reason \"{rule.Reason}\", which is not in UPPER_SNAKE_CASE");
        }

        if (rule.Metadata.Concat(rule.Member.Length > 0 ? [rule.Member] : []).FirstOrDefault(name => !Annotations.IsPlainName(name)) is { } odd)
        {
            mistakes.Add($"an error rule names the member \"{odd}\", which no answer can have");
        }
    }
}
