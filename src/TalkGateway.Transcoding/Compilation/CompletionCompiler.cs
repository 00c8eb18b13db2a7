using Google.Protobuf.Reflection;

namespace TalkGateway.Transcoding.Compilation;

/// <summary>Compiles what completes the answers of rpcs, once there are plans of all of them.</summary>
internal sealed class CompletionCompiler(IReadOnlyList<MethodPlan> plans, Vocabulary vocabulary, Mistakes mistakes)
{
    /// <summary>Null where it names what is not there.</summary>
    public CompletionPlan? Compile(MethodPlan plan)
    {
        var completion = plan.Operation.Complete;
        var (request, response) = (plan.Descriptor.InputType, plan.Descriptor.OutputType);
        if (Annotations.FindByPath(response, completion.Field) is null)
        {
            mistakes.Add($"`complete` names the field \"{completion.Field}\", which {response.FullName} does not have");
            return null;
        }

        if (plans.Where(other => other.Descriptor.Name == completion.Rpc).ToArray() is not [var other])
        {
            mistakes.Add($"`complete` names \"{completion.Rpc}\", which is not the name of one rpc");
            return null;
        }

        var names = completion.Field.Split('.');
        var field = response.FindFieldByName(names[0]);
        if (other.Descriptor.OutputType.FindFieldByName(names[0]) is not { } told || !IsSame(told, field))
        {
            mistakes.Add($"`complete` names {other.FullName}, whose response has no field {names[0]} as this one's");
            return null;
        }

        Check(other, request);
        return new CompletionPlan(
            other,
            [.. Enumerable.Range(1, names.Length).Select(count => Annotations.FindByPath(response, string.Join('.', names[..count]))!.FieldNumber)],
            [.. from parameter in other.Descriptor.InputType.Fields.InDeclarationOrder()
                let own = request.FindFieldByName(parameter.Name)
                where own is not null && IsSame(own, parameter)
                select (own.FieldNumber, parameter.FieldNumber)],
            told.FieldNumber);
    }

    private void Check(MethodPlan other, MessageDescriptor request)
    {
        if (!other.NoSideEffects)
        {
            mistakes.Add($"`complete` names {other.FullName}, which does more than read");
        }

        if (other.Operation.Complete is not null)
        {
            mistakes.Add($"`complete` names {other.FullName}, whose answers are completed themselves");
        }

        foreach (var parameter in other.Descriptor.InputType.Fields.InDeclarationOrder().Where(parameter => vocabulary.RulesOf(parameter)?.Required == true))
        {
            if (request.FindFieldByName(parameter.Name) is not { } own || !IsSame(own, parameter))
            {
                mistakes.Add($"`complete` names {other.FullName}, which needs a field {parameter.Name} that {request.FullName} does not have");
            }
        }
    }

    /// <summary>Whether the bytes of one field are right for the other.</summary>
    private static bool IsSame(FieldDescriptor one, FieldDescriptor other) =>
        one.FieldType == other.FieldType && one.IsRepeated == other.IsRepeated && one.IsMap == other.IsMap
        && (one.FieldType != FieldType.Message || one.MessageType == other.MessageType)
        && (one.FieldType != FieldType.Enum || one.EnumType == other.EnumType);
}
