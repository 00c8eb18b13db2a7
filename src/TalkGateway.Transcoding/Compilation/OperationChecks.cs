using Google.Protobuf.Reflection;
using TalkGateway.Ocs.V1;

namespace TalkGateway.Transcoding.Compilation;

/// <summary>Checks what an operation says for itself, apart from messages.</summary>
internal sealed class OperationChecks(TranscodingOptions options, Mistakes mistakes)
{
    // google.rpc.Code, but OK.
    private static readonly HashSet<string> Codes = new(StringComparer.Ordinal)
    {
        "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    };

    public void Check(MethodDescriptor method, Operation operation)
    {
        if (method.IsClientStreaming || method.IsServerStreaming)
        {
            mistakes.Add("a streaming rpc cannot be an operation");
        }

        if (operation.Id.Length == 0)
        {
            mistakes.Add("the operation has no id");
        }

        if (operation.Family.Length > 0 && !options.KnownFamilies.Contains(operation.Family))
        {
            mistakes.Add($"the family \"{operation.Family}\" is unknown");
        }

        CheckMethod(operation.Method);
        foreach (var variant in operation.Variants)
        {
            if (variant.Method.Length > 0)
            {
                CheckMethod(variant.Method);
            }
        }

        if (operation.Variants.Any(variant => variant.WithField.Length > 0) && operation.Variants.Any(variant => variant.Answer is not null))
        {
            mistakes.Add("where a variant depends on a field, no variant can change the answer: the answer is read by the server alone");
        }

        foreach (var polyfill in operation.Polyfills.Where(name => !options.KnownPolyfills.Contains(name)))
        {
            mistakes.Add($"the polyfill \"{polyfill}\" is unknown");
        }

        if (!Enum.IsDefined(operation.Session) || !Enum.IsDefined(operation.Body))
        {
            mistakes.Add("the session use or the body format has an unknown value");
        }

        foreach (var rule in operation.Errors)
        {
            CheckRule(method, rule);
        }
    }

    private void CheckMethod(string method)
    {
        if (!MethodCompiler.HttpMethods.ContainsKey(method))
        {
            mistakes.Add($"the HTTP method \"{method}\" is none of GET, POST, PUT and DELETE");
        }
    }

    private void CheckRule(MethodDescriptor method, ErrorRule rule)
    {
        if (rule.HttpStatus is < 100 or > 599)
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

        if (rule.Field.Length > 0 && Annotations.FindByPath(method.InputType, rule.Field) is null)
        {
            mistakes.Add($"an error rule names the field \"{rule.Field}\", which the request does not have");
        }

        if (rule.Metadata.Concat(rule.Member.Length > 0 ? [rule.Member] : []).FirstOrDefault(name => !Annotations.IsPlainName(name)) is { } odd)
        {
            mistakes.Add($"an error rule names the member \"{odd}\", which no answer can have");
        }
    }
}
