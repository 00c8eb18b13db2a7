using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using TalkGateway.Ocs.V1;
using TalkGateway.Transcoding.Requests;

namespace TalkGateway.Transcoding.Compilation;

/// <summary>Compiles request messages. Plans of messages inside are shared; that of the request itself is the rpc's own.</summary>
internal sealed class RequestCompiler(Vocabulary vocabulary, Mistakes mistakes)
{
    private readonly Dictionary<MessageDescriptor, RequestMessage> _inside = [];

    /// <summary>The request message, with the members of flattened messages in one frame with its own.</summary>
    /// <param name="request">The message.</param>
    /// <param name="leaves">Receives every field that is a parameter, in the order of declaration, flattened messages in front of their members.</param>
    public RequestMessage Compile(MessageDescriptor request, List<RequestLeaf> leaves)
    {
        var slots = 0;
        var plan = Group(request, "", [], [request], leaves, ref slots);
        plan.Complete(plan.Fields, slots);
        return plan;
    }

    private RequestMessage Group(
        MessageDescriptor descriptor, string prefix, int[] ancestors, MessageDescriptor[] around, List<RequestLeaf> leaves, ref int slots)
    {
        var plan = new RequestMessage { FullName = descriptor.FullName };
        var fields = new List<RequestField>();
        var ranges = new Dictionary<FieldDescriptor, (int First, int Count)>();
        foreach (var fieldDescriptor in descriptor.Fields.InDeclarationOrder())
        {
            var path = prefix + fieldDescriptor.Name;
            var slot = slots++;
            RequestField field;
            if (!fieldDescriptor.Annotation().Flatten)
            {
                field = Field(fieldDescriptor, slot, path);
                leaves.Add(new RequestLeaf(fieldDescriptor, field, ancestors));
            }
            else if (fieldDescriptor.IsRepeated || fieldDescriptor.FieldType != FieldType.Message || around.Contains(fieldDescriptor.MessageType)
                || WellKnown.Kinds.ContainsKey(fieldDescriptor.MessageType.FullName))
            {
                mistakes.Add($"{fieldDescriptor.FullName} is flattened, which only a message can be that does not repeat and does not hold itself");
                continue;
            }
            else
            {
                var inside = new List<RequestLeaf>();
                var members = Group(fieldDescriptor.MessageType, path + ".", [.. ancestors, slot], [.. around, fieldDescriptor.MessageType], inside, ref slots);
                field = Flattened(fieldDescriptor, slot, path, members);
                leaves.Add(new RequestLeaf(fieldDescriptor, field, ancestors));
                leaves.AddRange(inside);
            }

            fields.Add(field);
            ranges.Add(fieldDescriptor, (slot, slots - slot));
        }

        LinkOneofs(descriptor, fields, ranges);
        plan.Complete([.. fields], slots);
        return plan;
    }

    private static void LinkOneofs(MessageDescriptor descriptor, List<RequestField> fields, Dictionary<FieldDescriptor, (int First, int Count)> ranges)
    {
        foreach (var oneof in descriptor.Oneofs.Where(oneof => !oneof.IsSynthetic))
        {
            foreach (var member in oneof.Fields)
            {
                if (fields.Find(field => field.Number == member.FieldNumber) is { } field)
                {
                    field.Rivals = [.. oneof.Fields.Where(other => other != member && ranges.ContainsKey(other)).Select(other => ranges[other])];
                }
            }
        }
    }

    private RequestMessage Inside(MessageDescriptor descriptor)
    {
        if (_inside.TryGetValue(descriptor, out var known))
        {
            return known;
        }

        var plan = new RequestMessage { FullName = descriptor.FullName };
        _inside.Add(descriptor, plan);
        var fields = new List<RequestField>();
        var ranges = new Dictionary<FieldDescriptor, (int First, int Count)>();
        foreach (var fieldDescriptor in descriptor.Fields.InDeclarationOrder())
        {
            var annotation = fieldDescriptor.Annotation();
            if (annotation.Flatten || annotation.KnownWhen is not null || annotation.Needs is not null
                || annotation.Place is Place.Query or Place.Header)
            {
                mistakes.Add($"{fieldDescriptor.FullName} has an option of parameters, but its message is a part of another");
            }

            if (fieldDescriptor.FieldType == FieldType.Bytes)
            {
                mistakes.Add($"{fieldDescriptor.FullName}: bytes cannot be carried in JSON");
            }

            ranges.Add(fieldDescriptor, (fields.Count, 1));
            fields.Add(Field(fieldDescriptor, fields.Count, fieldDescriptor.Name));
        }

        LinkOneofs(descriptor, fields, ranges);
        plan.Complete([.. fields], fields.Count);
        return plan;
    }

    private RequestField Field(FieldDescriptor descriptor, int slot, string path)
    {
        var annotation = descriptor.Annotation();
        var encoding = Encoding(descriptor, annotation.Encoding);
        var words = descriptor.FieldType == FieldType.Enum ? descriptor.EnumType.Words() : [];
        if (words.Count > 0 && descriptor.EnumType.Values.FirstOrDefault(value => value.Number != 0 && words.All(word => word.Number != value.Number)) is { } wordless)
        {
            mistakes.Add($"{descriptor.FullName}: {wordless.FullName} has no text, but other values of the enum have");
        }

        var name = descriptor.UpstreamName();
        if (!Annotations.IsPlainName(name))
        {
            mistakes.Add($"{descriptor.FullName} has an upstream name that is empty or not plain ASCII");
        }

        return new RequestField
        {
            Slot = slot,
            Number = descriptor.FieldNumber,
            Name = descriptor.Name,
            Path = path,
            Kind = Kind(descriptor),
            Shape = descriptor.IsMap ? RequestShape.Map : descriptor.IsRepeated ? RequestShape.List : RequestShape.Single,
            WireType = Annotations.WireType(descriptor.FieldType),
            HasPresence = descriptor.HasPresence,
            JsonName = System.Text.Encoding.ASCII.GetBytes($"\"{name}\":"),
            Encoding = encoding,
            Rules = Rules(descriptor),
            EnumValues = descriptor.FieldType == FieldType.Enum
                ? descriptor.EnumType.Values.DistinctBy(value => value.Number).ToDictionary(
                    value => value.Number,
                    value => words.FirstOrDefault(word => word.Number == value.Number).Word is { } word ? System.Text.Encoding.UTF8.GetBytes(word) : null)
                : null,
            IsZeroWordless = words.Count > 0 && encoding != RequestEncoding.DecimalText && words.All(word => word.Number != 0),
            IsGatewayOnly = annotation.Place == Place.Gateway,
            Message = descriptor.FieldType == FieldType.Message ? Inside(descriptor.MessageType) : null,
        };
    }

    private RequestField Flattened(FieldDescriptor descriptor, int slot, string path, RequestMessage members) => new()
    {
        Slot = slot,
        Number = descriptor.FieldNumber,
        Name = descriptor.Name,
        Path = path,
        Kind = RequestKind.Message,
        Shape = RequestShape.Single,
        WireType = 2,
        HasPresence = true,
        JsonName = [],
        Encoding = RequestEncoding.Natural,
        Rules = Rules(descriptor),
        Message = members,
        IsFlattened = true,
    };

    private RequestKind Kind(FieldDescriptor descriptor)
    {
        switch (descriptor.FieldType)
        {
            case FieldType.Message:
                if (WellKnown.IsUnmappable(descriptor.MessageType))
                {
                    mistakes.Add($"{descriptor.FullName}: a {descriptor.MessageType.FullName} cannot be carried upstream");
                }

                return descriptor.MessageType.FullName switch
                {
                    WellKnown.Timestamp => RequestKind.Timestamp,
                    WellKnown.Duration => RequestKind.Duration,
                    WellKnown.Struct => RequestKind.Struct,
                    WellKnown.Value => RequestKind.Value,
                    WellKnown.ListValue => RequestKind.ListValue,
                    _ => RequestKind.Message,
                };
            case FieldType.Group:
                mistakes.Add($"{descriptor.FullName}: a group cannot be carried upstream");
                return RequestKind.Bytes;
            default:
                return Enum.Parse<RequestKind>(descriptor.FieldType.ToString());
        }
    }

    private RequestEncoding Encoding(FieldDescriptor descriptor, Encoding encoding)
    {
        var isBool = descriptor.FieldType == FieldType.Bool;
        var isInteger = descriptor.FieldType is not (FieldType.Bool or FieldType.String or FieldType.Bytes or FieldType.Message or FieldType.Group
            or FieldType.Float or FieldType.Double);
        var fits = encoding switch
        {
            Ocs.V1.Encoding.Unspecified => true,
            Ocs.V1.Encoding.JsonText => descriptor.IsRepeated || descriptor.FieldType == FieldType.Message,
            Ocs.V1.Encoding.ZeroOne or Ocs.V1.Encoding.OneZero => isBool,
            Ocs.V1.Encoding.DecimalText => isInteger,
            _ => false,
        };
        if (!fits)
        {
            mistakes.Add($"{descriptor.FullName} has the encoding {encoding}, which does not go with its type");
        }

        return (RequestEncoding)encoding;
    }

    private FieldRules Rules(FieldDescriptor descriptor)
    {
        var annotation = descriptor.Annotation();
        if (annotation.Rule.Length > 0 && annotation.Rules is not null)
        {
            mistakes.Add($"{descriptor.FullName} has rules of its own beside those named \"{annotation.Rule}\"");
        }

        if (vocabulary.RulesOf(descriptor) is not { } rules)
        {
            if (annotation.Rule.Length > 0)
            {
                mistakes.Add($"{descriptor.FullName} names the rules \"{annotation.Rule}\", which no file defines");
            }

            return FieldRules.None;
        }

        var isText = descriptor.FieldType == FieldType.String;
        var isNumber = descriptor.FieldType is not (FieldType.Bool or FieldType.String or FieldType.Bytes or FieldType.Group or FieldType.Message)
            || (descriptor.FieldType == FieldType.Message && WellKnown.IsInstant(descriptor.MessageType));
        if (!isText && (rules.MinLength > 0 || rules.MaxLength > 0 || rules.Pattern.Length > 0))
        {
            mistakes.Add($"{descriptor.FullName} has rules about text, but is none");
        }

        if (!isNumber && (rules.HasMin || rules.HasMax))
        {
            mistakes.Add($"{descriptor.FullName} has rules about numbers, but is none");
        }

        if (!descriptor.IsRepeated && rules.MaxItems > 0)
        {
            mistakes.Add($"{descriptor.FullName} has max_items, but does not repeat");
        }

        if ((rules.HasMin && rules.HasMax && rules.Min > rules.Max) || (rules.MaxLength > 0 && rules.MinLength > rules.MaxLength))
        {
            mistakes.Add($"{descriptor.FullName} has rules that nothing can keep");
        }

        return new FieldRules
        {
            Required = rules.Required,
            MinLength = rules.MinLength,
            MaxLength = rules.MaxLength == 0 ? uint.MaxValue : rules.MaxLength,
            Pattern = Pattern(descriptor, rules.Pattern),
            PatternText = rules.Pattern,
            Min = rules.HasMin ? rules.Min : long.MinValue,
            Max = rules.HasMax ? rules.Max : long.MaxValue,
            MaxItems = rules.MaxItems == 0 ? uint.MaxValue : rules.MaxItems,
        };
    }

    private Regex? Pattern(FieldDescriptor descriptor, string pattern)
    {
        if (pattern.Length == 0)
        {
            return null;
        }

        if (!Annotations.TryParsePattern(pattern, out var regex, out var problem))
        {
            mistakes.Add($"{descriptor.FullName} has the pattern \"{pattern}\", {problem}");
        }

        return regex;
    }
}

/// <summary>A field that is a parameter of the call, or a flattened message around some.</summary>
internal sealed record RequestLeaf(FieldDescriptor Descriptor, RequestField Field, int[] Ancestors);
