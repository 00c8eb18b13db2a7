using Google.Protobuf.Reflection;
using TalkGateway.Ocs.V1;

namespace TalkGateway.Transcoding.Compilation;

/// <summary>Checks what an operation says for itself, apart from messages.</summary>
internal sealed class OperationChecks(TranscodingOptions options, Vocabulary vocabulary, Mistakes mistakes)
{
    public void Check(MethodDescriptor method)
    {
        var operation = method.Operation()!;
        if (method.IsClientStreaming || method.IsServerStreaming)
        {
            mistakes.Add("a streaming rpc cannot be an operation");
        }

        if (operation.Id.Length == 0)
        {
            mistakes.Add("the operation has no id");
        }

        if (operation.Family is not ("" or Vocabulary.NoFamily) && !options.KnownFamilies.Contains(operation.Family))
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
            ErrorRuleChecks.Check(rule, mistakes);
            CheckField(method, rule);
        }

        foreach (var name in operation.CommonErrors)
        {
            if (vocabulary.FindErrors(name) is not { } rules)
            {
                mistakes.Add($"`common_errors` has \"{name}\", which no file defines");
                continue;
            }

            foreach (var rule in rules)
            {
                CheckField(method, rule);
            }
        }
    }

    private void CheckMethod(string method)
    {
        if (!MethodCompiler.HttpMethods.ContainsKey(method))
        {
            mistakes.Add($"the HTTP method \"{method}\" is none of GET, POST, PUT and DELETE");
        }
    }

    private void CheckField(MethodDescriptor method, ErrorRule rule)
    {
        if (rule.Field.Length > 0 && Annotations.FindByPath(method.InputType, rule.Field) is null)
        {
            mistakes.Add($"an error rule names the field \"{rule.Field}\", which the request does not have");
        }
    }
}
