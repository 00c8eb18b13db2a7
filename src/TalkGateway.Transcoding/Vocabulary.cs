using Google.Protobuf.Reflection;
using TalkGateway.Ocs.V1;
using TalkGateway.Transcoding.Compilation;

namespace TalkGateway.Transcoding;

/// <summary>
/// Annotations in full: as they would stand if there were neither defaults of files nor names for what many share
/// (<c>ocs.v1.Defaults</c>), nor rules about what is left unsaid.
/// </summary>
public sealed class Vocabulary
{
    /// <summary>What operations say whose path is absolute though their file has a default family.</summary>
    internal const string NoFamily = "/";

    /// <summary>What answers say whose data fills the response message itself, though one field could take it.</summary>
    private const string ResponseItself = ".";

    private const uint UsualStatus = 400;

    private readonly Dictionary<string, Defaults> _byFile = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Rules?> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<ErrorRule>> _errors = new(StringComparer.Ordinal);

    /// <param name="files">The files of a contract. What they import belongs to it.</param>
    public Vocabulary(IEnumerable<FileDescriptor> files)
    {
        var defaults = new List<(FileDescriptor, Defaults)>();
        foreach (var file in WithImports(files, []))
        {
            if (file.GetOptions()?.GetExtension(AnnotationsExtensions.Defaults) is not { } given)
            {
                continue;
            }

            defaults.Add((file, given));
            _byFile[file.Name] = given;
            foreach (var named in given.Rules)
            {
                _rules.TryAdd(named.Name, named.Rules);
            }

            foreach (var named in given.Errors)
            {
                _errors.TryAdd(named.Name, named.Errors);
            }
        }

        Defaults = defaults;
    }

    /// <summary>The files that have some, and what they say.</summary>
    internal IReadOnlyList<(FileDescriptor File, Defaults Defaults)> Defaults { get; }

    /// <summary>The annotation of an rpc; null where it has none.</summary>
    public Operation? OperationOf(MethodDescriptor method)
    {
        if (method.Operation() is not { } operation)
        {
            return null;
        }

        operation.Family = operation.Family switch
        {
            "" => _byFile.GetValueOrDefault(method.File.Name)?.Family ?? "",
            NoFamily => "",
            var own => own,
        };
        operation.Answer = AnswerOf(method.OutputType, operation.Answer);
        foreach (var variant in operation.Variants.Where(variant => variant.Answer is not null))
        {
            variant.Answer = AnswerOf(method.OutputType, variant.Answer);
        }

        var errors = operation.Errors.Concat(operation.CommonErrors.SelectMany(name => FindErrors(name) ?? [])).Select(InFull)
            .OrderBy(rule => rule.UpstreamReason.Length == 0).ThenBy(rule => rule.Member.Length == 0).ToArray();
        operation.Errors.Clear();
        operation.Errors.Add(errors);
        operation.CommonErrors.Clear();
        return operation;
    }

    /// <summary>The annotation of a field; null where it has none.</summary>
    public Field? FieldOf(FieldDescriptor field)
    {
        if (field.GetOptions()?.GetExtension(AnnotationsExtensions.Field) is not { } annotation)
        {
            return null;
        }

        annotation.Rules = RulesOf(annotation);
        annotation.Rule = "";
        return annotation;
    }

    /// <summary>The limits on a field; null where it has none.</summary>
    internal Rules? RulesOf(FieldDescriptor field) => RulesOf(field.Annotation());

    /// <summary>Error rules by their name; null where there are none of it.</summary>
    internal IReadOnlyList<ErrorRule>? FindErrors(string name) => _errors.GetValueOrDefault(name);

    private Rules? RulesOf(Field annotation) => annotation.Rule.Length == 0 ? annotation.Rules : _rules.GetValueOrDefault(annotation.Rule);

    private static Answer? AnswerOf(MessageDescriptor response, Answer? given)
    {
        var into = given?.Into switch
        {
            null or "" => OnlyTaker(response)?.Name ?? "",
            ResponseItself => "",
            var own => own,
        };
        if (given is null && into.Length == 0)
        {
            return null;
        }

        var answer = given ?? new Answer();
        answer.Into = into;
        return answer;
    }

    /// <summary>The message or list that is the only field to come from the body.</summary>
    private static FieldDescriptor? OnlyTaker(MessageDescriptor response) =>
        response.Fields.InDeclarationOrder().Where(AnswerCompiler.IsFromBody).ToArray() is [var only]
            && (only.IsRepeated || (only.FieldType == FieldType.Message && !WellKnown.IsInstant(only.MessageType)))
            ? only
            : null;

    private static ErrorRule InFull(ErrorRule rule)
    {
        var full = rule.Clone();
        full.HttpStatus = rule.HttpStatus == 0 ? UsualStatus : rule.HttpStatus;
        return full;
    }

    private static HashSet<FileDescriptor> WithImports(IEnumerable<FileDescriptor> files, HashSet<FileDescriptor> seen)
    {
        foreach (var file in files.Where(seen.Add))
        {
            WithImports(file.Dependencies, seen);
        }

        return seen;
    }
}
