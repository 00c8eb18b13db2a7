using Google.Protobuf.Reflection;
using TalkGateway.Ocs.V1;
using TalkGateway.Transcoding.Requests;

namespace TalkGateway.Transcoding.Compilation;

/// <summary>Compiles the operation of one rpc, with its variants.</summary>
internal sealed class MethodCompiler(TranscodingOptions options, Vocabulary vocabulary, Mistakes mistakes)
{
    private readonly AnswerCompiler _answers = new(options, mistakes);
    private readonly RequestCompiler _requests = new(vocabulary, mistakes);
    private readonly OperationChecks _checks = new(options, vocabulary, mistakes);

    /// <param name="method">The rpc.</param>
    /// <param name="operation">Its annotation in full.</param>
    /// <param name="index">Place of the plan in the set.</param>
    public MethodPlan Compile(MethodDescriptor method, Operation operation, int index)
    {
        _checks.Check(method);
        var leaves = new List<RequestLeaf>();
        var message = _requests.Compile(method.InputType, leaves);
        var baseline = new OperationVariant(
            null,
            Request(operation, null, message, leaves),
            _answers.Compile(method.OutputType, operation.Answer ?? new Answer()));
        var variants = new List<OperationVariant>();
        foreach (var variant in operation.Variants)
        {
            variants.Add(new OperationVariant(
                ServerCondition.Compile(variant.When, operation.Family, "a variant", mistakes),
                Request(operation, variant, message, leaves),
                variant.Answer is null ? baseline.Answer : _answers.Compile(method.OutputType, variant.Answer)));
        }

        variants.Add(baseline);
        return new MethodPlan(index, method, operation, ServerCondition.Compile(operation.Needs, operation.Family, "`needs`", mistakes), variants);
    }

    private RequestPlan Request(Operation operation, Variant? variant, RequestMessage message, List<RequestLeaf> leaves)
    {
        var method = HttpMethods.GetValueOrDefault(variant is { Method.Length: > 0 } ? variant.Method : operation.Method, HttpMethod.Get);
        var path = PathTemplate.Compile(variant is { Path.Length: > 0 } ? variant.Path : operation.Path, operation.Family.Length == 0, mistakes);
        var changes = Changes(variant, leaves);
        var parameters = leaves.ConvertAll(leaf => Parameter(operation, leaf, method, path, changes.GetValueOrDefault(leaf.Field.Path)));
        foreach (var name in path.Fields.Where(name => !parameters.Exists(parameter => parameter.Field.Path == name && !parameter.Field.IsFlattened)))
        {
            mistakes.Add($"the path \"{path.Text}\" has the field {name}, which {message.FullName} does not have as a parameter");
        }

        CheckNames(leaves, parameters);
        return new RequestPlan
        {
            Method = method,
            Path = path,
            Message = message,
            Parameters = [.. parameters],
            PathParameters = [.. path.Fields.Select(name => parameters.Find(parameter => parameter.Field.Path == name)).OfType<Parameter>()],
            IsMultipart = operation.Body == BodyFormat.Multipart,
            WithField = WithField(variant, parameters),
            Wait = Wait(operation, leaves),
        };
    }

    private WaitPlan? Wait(Operation operation, List<RequestLeaf> leaves)
    {
        var chosen = leaves.Find(leaf => leaf.Field.Path == operation.WaitsFor);
        if (operation.WaitsFor.Length > 0 && chosen?.Field is not { Kind: RequestKind.Duration, Shape: RequestShape.Single })
        {
            mistakes.Add($"`waits_for` names \"{operation.WaitsFor}\", which is no Duration of the request");
        }

        var values = from leaf in leaves
                     where leaf.Field is { Kind: RequestKind.Enum, Shape: RequestShape.Single }
                     from value in leaf.Descriptor.EnumType.Values
                     where value.Name == operation.WaitsOn
                     select (leaf.Field, value.Number);
        var (mode, number) = values.FirstOrDefault();
        if (operation.WaitsOn.Length > 0 && mode is null)
        {
            mistakes.Add($"`waits_on` names \"{operation.WaitsOn}\", which is no value of an enum in the request");
        }

        if (operation.WaitsSeconds == 0)
        {
            if (operation.WaitsFor.Length + operation.WaitsOn.Length > 0)
            {
                mistakes.Add("`waits_for` and `waits_on` say nothing without `waits_seconds`");
            }

            return null;
        }

        return new WaitPlan { Most = TimeSpan.FromSeconds(operation.WaitsSeconds), Chosen = chosen?.Field, Switch = mode, On = number };
    }

    private Dictionary<string, FieldChange> Changes(Variant? variant, List<RequestLeaf> leaves)
    {
        var changes = new Dictionary<string, FieldChange>(StringComparer.Ordinal);
        foreach (var change in variant?.Fields ?? [])
        {
            if (!leaves.Exists(leaf => leaf.Field.Path == change.Field && !leaf.Field.IsFlattened))
            {
                mistakes.Add($"a variant changes the field \"{change.Field}\", which the request does not have as a parameter");
            }
            else if (!changes.TryAdd(change.Field, change))
            {
                mistakes.Add($"a variant changes the field \"{change.Field}\" twice");
            }

            if (change.Place is Ocs.V1.Place.Status or Ocs.V1.Place.Gateway || (change.Name.Length > 0 && !Annotations.IsPlainName(change.Name)))
            {
                mistakes.Add($"a variant gives the field \"{change.Field}\" a place or name that no parameter can have");
            }
        }

        return changes;
    }

    private Parameter? WithField(Variant? variant, List<Parameter> parameters)
    {
        if (variant is not { WithField.Length: > 0 })
        {
            return null;
        }

        var parameter = parameters.Find(parameter => parameter.Field.Path == variant.WithField);
        if (parameter is null)
        {
            mistakes.Add($"a variant depends on the field \"{variant.WithField}\", which the request does not have");
        }

        return parameter;
    }

    private Parameter Parameter(Operation operation, RequestLeaf leaf, HttpMethod method, PathTemplate path, FieldChange? change)
    {
        var annotation = leaf.Descriptor.Annotation();
        var name = change is { Name.Length: > 0 } ? change.Name : leaf.Descriptor.UpstreamName();
        var place = Place(leaf, method, path, change);
        CheckPlace(operation, leaf, place, path);
        var knownWhen = ServerCondition.Compile(annotation.KnownWhen, operation.Family, $"{leaf.Field.Path} (known_when)", mistakes);
        if (knownWhen is not null && place == ParameterPlace.Path)
        {
            mistakes.Add($"{leaf.Field.Path} is in the path and has known_when, so that it could be left out");
        }

        return new Parameter
        {
            Field = leaf.Field,
            Ancestors = leaf.Ancestors,
            Place = place,
            Name = name,
            Prefix = place == ParameterPlace.Query ? QueryPrefix(leaf.Field, name) : System.Text.Encoding.ASCII.GetBytes($"\"{name}\":"),
            KnownWhen = knownWhen,
            Needs = ServerCondition.Compile(annotation.Needs, operation.Family, $"{leaf.Field.Path} (needs)", mistakes),
        };
    }

    private static byte[] QueryPrefix(RequestField field, string name)
    {
        var prefix = new ByteBuffer(64);
        PercentEncoding.Write(System.Text.Encoding.UTF8.GetBytes(name), prefix);
        prefix.Write(field.Shape == RequestShape.List && field.Encoding != RequestEncoding.JsonText ? "[]="u8 : "="u8);
        return prefix.Written.ToArray();
    }

    private static ParameterPlace Place(RequestLeaf leaf, HttpMethod method, PathTemplate path, FieldChange? change)
    {
        if (path.Fields.Contains(leaf.Field.Path))
        {
            return ParameterPlace.Path;
        }

        if (leaf.Field.IsFlattened || change is { Omit: true })
        {
            return ParameterPlace.None;
        }

        var place = change is not null && change.Place != Ocs.V1.Place.Unspecified ? change.Place : leaf.Descriptor.Annotation().Place;
        return place switch
        {
            Ocs.V1.Place.Query => ParameterPlace.Query,
            Ocs.V1.Place.Body => ParameterPlace.Body,
            Ocs.V1.Place.Header => ParameterPlace.Header,
            Ocs.V1.Place.Gateway or Ocs.V1.Place.Status => ParameterPlace.None,
            _ => method == HttpMethod.Get || method == HttpMethod.Delete ? ParameterPlace.Query : ParameterPlace.Body,
        };
    }

    private void CheckPlace(Operation operation, RequestLeaf leaf, ParameterPlace place, PathTemplate path)
    {
        var field = leaf.Field;
        var isPlain = field.Kind != RequestKind.Bytes && (field.Kind < RequestKind.Message || field.Kind is RequestKind.Timestamp or RequestKind.Duration);
        var isText = field.Encoding == RequestEncoding.JsonText;
        var isMultipart = operation.Body == BodyFormat.Multipart;
        var problem = place switch
        {
            ParameterPlace.Path when !isPlain || field.Shape != RequestShape.Single => "cannot go into a path",
            ParameterPlace.Query when !isText && (!isPlain || field.Shape == RequestShape.Map) => "cannot go into a query",
            ParameterPlace.Header when !isPlain || field.Shape != RequestShape.Single => "cannot go into a header",
            ParameterPlace.Body when field.Kind == RequestKind.Bytes && !isMultipart => "is bytes, which JSON cannot carry",
            ParameterPlace.Body when isMultipart && !isText && (field.Kind == RequestKind.Message || field.Shape == RequestShape.Map) =>
                "cannot go into a form but as JSON text",
            _ => null,
        };
        if (problem is not null)
        {
            mistakes.Add($"{field.Path} {problem}");
        }

        // A number cannot bend a path; and of the members of flattened messages the caller or a polyfill sets those it needs.
        var rules = field.Rules;
        var isGuarded = field.Kind != RequestKind.String || rules.Required || rules.Pattern is not null || rules.MinLength > 0 || leaf.Ancestors.Length > 0;
        if (place == ParameterPlace.Path && !isGuarded)
        {
            mistakes.Add($"{field.Path} is in the path \"{path.Text}\", but neither required nor limited by a pattern");
        }
    }

    /// <summary>Two parameters that can be sent at once must not have one name.</summary>
    private void CheckNames(List<RequestLeaf> leaves, List<Parameter> parameters)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (parameters[i].Place == parameters[j].Place && parameters[i].Place is not (ParameterPlace.None or ParameterPlace.Path)
                    && parameters[i].Name == parameters[j].Name && !Exclude(leaves[i], leaves[j], leaves))
                {
                    mistakes.Add($"{parameters[j].Field.Path} and {parameters[i].Field.Path} are both sent as \"{parameters[i].Name}\"");
                }
            }
        }
    }

    /// <summary>Whether members of one oneof are, or are around, the two.</summary>
    private static bool Exclude(RequestLeaf one, RequestLeaf other, List<RequestLeaf> leaves)
    {
        IEnumerable<FieldDescriptor> Chain(RequestLeaf leaf) =>
            leaf.Ancestors.Select(slot => leaves.Find(around => around.Field.Slot == slot)!.Descriptor).Append(leaf.Descriptor);

        return Chain(one).Any(a => Chain(other).Any(b => a != b && a.RealContainingOneof is { } oneof && oneof == b.RealContainingOneof));
    }

    internal static readonly Dictionary<string, HttpMethod> HttpMethods = new(StringComparer.Ordinal)
    {
        ["GET"] = HttpMethod.Get,
        ["POST"] = HttpMethod.Post,
        ["PUT"] = HttpMethod.Put,
        ["DELETE"] = HttpMethod.Delete,
    };
}
