using System.Collections.Frozen;

using Google.Protobuf.Reflection;
using TalkGateway.Ocs.V1;
using TalkGateway.Transcoding.Answers;

namespace TalkGateway.Transcoding.Compilation;

/// <summary>Compiles response messages. Plans of messages are shared by all rpcs that answer them.</summary>
internal sealed class AnswerCompiler(TranscodingOptions options, Mistakes mistakes)
{
    private readonly Dictionary<MessageDescriptor, AnswerMessage> _messages = [];

    public AnswerPlan Compile(MessageDescriptor response, Answer answer)
    {
        var into = answer.Into.Length == 0 ? null : response.FindFieldByName(answer.Into);
        if (answer.Into.Length > 0 && into is null)
        {
            mistakes.Add($"the answer goes into the field {answer.Into}, which {response.FullName} does not have");
        }
        else if (into is not null && into.Annotation().Place is Place.Header or Place.Status or Place.Gateway)
        {
            mistakes.Add($"the answer goes into the field {answer.Into}, which has a place of its own");
        }

        if (!Enum.IsDefined(answer.Format))
        {
            mistakes.Add($"the answer's format {(int)answer.Format} is unknown");
        }

        var isBytes = answer.Format == AnswerFormat.Bytes;
        if (isBytes && (into is null || into.IsRepeated || into.FieldType is not (FieldType.Bytes or FieldType.String)))
        {
            mistakes.Add("an answer of bytes needs a bytes field to go into");
        }

        foreach (var status in answer.EmptyOn.Where(status => status is < 100 or > 599))
        {
            mistakes.Add($"empty_on has {status}, which is no HTTP status");
        }

        var headers = new List<HeaderField>();
        var statuses = new List<StatusField>();
        foreach (var field in response.Fields.InDeclarationOrder())
        {
            CompilePlaced(field, headers, statuses);
            if (field.Annotation().Place is Place.Unspecified or Place.Body or Place.Query && into is not null && field != into)
            {
                mistakes.Add($"{field.FullName} is never filled, since the answer goes into {into.Name}; is it PLACE_GATEWAY?");
            }
        }

        return new AnswerPlan
        {
            Format = answer.Format,
            Message = into is null && !isBytes ? Message(response) : null,
            Into = into is null || isBytes ? null : Field(into, 0),
            BytesTag = isBytes && into is not null ? Annotations.Tag(into.FieldNumber, 2) : null,
            EmptyOn = answer.EmptyOn.Select(status => (int)status).ToFrozenSet(),
            Headers = [.. headers],
            Statuses = [.. statuses],
        };
    }

    /// <summary>Whether a member of the data fills the field, or all of it.</summary>
    public static bool IsFromBody(FieldDescriptor field) =>
        field.Annotation().Place is not (Place.Header or Place.Status or Place.Gateway) && !field.Annotation().Rest;

    private void CompilePlaced(FieldDescriptor field, List<HeaderField> headers, List<StatusField> statuses)
    {
        var annotation = field.Annotation();
        if (annotation.Place == Place.Header)
        {
            if (field.IsRepeated || field.IsMap || (field.FieldType == FieldType.Message && !WellKnown.IsInstant(field.MessageType)))
            {
                mistakes.Add($"{field.FullName} cannot be read from a header: one value is needed, not a {Describe(field)}");
                return;
            }

            headers.Add(new HeaderField(Field(field, 0), field.UpstreamName()));
        }
        else if (annotation.Place == Place.Status)
        {
            var isBool = field.FieldType == FieldType.Bool;
            if (field.IsRepeated || !(isBool || field.FieldType == FieldType.Enum || Integers.TryGetValue(field.FieldType, out _)))
            {
                mistakes.Add($"{field.FullName} cannot hold an HTTP status: it has to be a bool, an integer or an enum");
            }
            else if (isBool != annotation.Statuses.Count > 0)
            {
                mistakes.Add($"{field.FullName}: `statuses` goes with a bool, and a bool with `statuses`");
            }
            else
            {
                statuses.Add(new StatusField(Field(field, 0), isBool ? annotation.Statuses.Select(status => (int)status).ToFrozenSet() : null));
            }
        }
        else if (annotation.Statuses.Count > 0)
        {
            mistakes.Add($"{field.FullName} has `statuses` without PLACE_STATUS");
        }
    }

    private AnswerMessage Message(MessageDescriptor descriptor)
    {
        if (_messages.TryGetValue(descriptor, out var known))
        {
            return known;
        }

        var plan = new AnswerMessage { FullName = descriptor.FullName };
        _messages.Add(descriptor, plan);
        var fields = new List<AnswerField>();
        var claims = new Dictionary<string, List<(FieldDescriptor Descriptor, AnswerField Field, byte Rank)>>(StringComparer.Ordinal);
        byte[]? rest = null;
        foreach (var descriptorField in descriptor.Fields.InDeclarationOrder())
        {
            var annotation = descriptorField.Annotation();
            if (annotation.Rest)
            {
                if (rest is not null)
                {
                    mistakes.Add($"{descriptor.FullName} has more than one field marked `rest`");
                }

                if (descriptorField.IsRepeated || descriptorField.FieldType != FieldType.Message || descriptorField.MessageType.FullName != WellKnown.Struct)
                {
                    mistakes.Add($"{descriptorField.FullName} is marked `rest` but is no google.protobuf.Struct");
                }

                rest = Annotations.Tag(descriptorField.FieldNumber, 2);
            }

            if (!IsFromBody(descriptorField))
            {
                continue;
            }

            var field = Field(descriptorField, fields.Count);
            fields.Add(field);
            var names = annotation.Aliases.Prepend(descriptorField.UpstreamName()).ToArray();
            if (names.Length > 200 || names.Distinct(StringComparer.Ordinal).Count() < names.Length || !names.All(Annotations.IsPlainName))
            {
                mistakes.Add($"{descriptorField.FullName} has a name or alias that is empty, repeated or not plain ASCII");
            }

            for (var i = 0; i < names.Length; i++)
            {
                if (!claims.TryGetValue(names[i], out var list))
                {
                    claims[names[i]] = list = [];
                }

                list.Add((descriptorField, field, (byte)(i + 1)));
            }
        }

        plan.Complete([.. fields], [.. claims.Select(claim => new AnswerMember(claim.Key, Share(claim.Key, claim.Value)))], rest);
        return plan;
    }

    /// <summary>
    /// Decides who gets a member that several fields want. By its name, each JSON kind can have one field; aliases and views of a
    /// text (the words of an enum, JSON inside) take what fits them beside it.
    /// </summary>
    private Claim[] Share(string name, List<(FieldDescriptor Descriptor, AnswerField Field, byte Rank)> claims)
    {
        static bool IsView(AnswerField field) => field.Words is not null || field.JsonText;

        var owners = claims.Where(claim => claim.Rank == 1 && !IsView(claim.Field)).ToArray();
        for (var i = 0; i < owners.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var (one, other) = (owners[j].Field.OwnKind, owners[i].Field.OwnKind);
                if (one == other || one == JsonKind.Any || other == JsonKind.Any)
                {
                    mistakes.Add($"{owners[j].Descriptor.FullName} and {owners[i].Descriptor.Name} both claim \"{name}\" for the same kind of JSON");
                }
            }
        }

        return [.. claims.Select(claim => new Claim(
            claim.Field,
            claim.Rank,
            owners.Length > 1 && claim.Rank == 1 && !IsView(claim.Field) ? ClaimCondition.ByKind : ClaimCondition.Always))];
    }

    private AnswerField Field(FieldDescriptor descriptor, int slot)
    {
        var annotation = descriptor.Annotation();
        var fallback = Fallback(descriptor, annotation.Fallback);
        var jsonText = annotation.Encoding == Encoding.JsonText;
        if (jsonText && !descriptor.IsRepeated && descriptor.FieldType != FieldType.Message)
        {
            mistakes.Add($"{descriptor.FullName} has ENCODING_JSON_TEXT but is neither a message, nor a map, nor repeated");
        }

        if (descriptor.IsMap)
        {
            var entry = descriptor.MessageType;
            return new AnswerField
            {
                Slot = slot,
                Name = descriptor.Name,
                Kind = AnswerKind.Message,
                Shape = FieldShape.Map,
                Tag = Annotations.Tag(descriptor.FieldNumber, 2),
                WritesZero = true,
                JsonText = jsonText,
                Fallback = fallback,
                Key = Value(entry.FindFieldByNumber(1), 0, null, writesZero: true, inList: true),
                Element = Value(entry.FindFieldByNumber(2), 0, annotation, writesZero: true, inList: true),
            };
        }

        if (!descriptor.IsRepeated)
        {
            return Value(descriptor, slot, annotation, descriptor.HasPresence, inList: false, jsonText, fallback);
        }

        // Packed numbers have one tag for all; a field can opt out, but reading takes either.
        var element = Value(descriptor, 0, annotation, writesZero: true, inList: true);
        var packed = element.Kind < AnswerKind.FirstDelimited;
        return new AnswerField
        {
            Slot = slot,
            Name = descriptor.Name,
            Kind = element.Kind,
            Shape = FieldShape.List,
            Tag = Annotations.Tag(descriptor.FieldNumber, 2),
            WritesZero = true,
            Form = element.Form,
            MaxPositive = element.MaxPositive,
            MaxNegative = element.MaxNegative,
            JsonText = jsonText,
            Fallback = fallback,
            Element = packed ? element with { Tag = [] } : element,
        };
    }

    /// <summary>A single value: a field of its own, an element, or a key or value of a map.</summary>
    private AnswerField Value(
        FieldDescriptor descriptor, int slot, Field? annotation, bool writesZero, bool inList, bool jsonText = false, FallbackConversion? fallback = null)
    {
        var (kind, message) = Kind(descriptor);
        var (form, maxPositive, maxNegative) = Integers.GetValueOrDefault(
            descriptor.FieldType, (IntegerForm.Varint, (ulong)int.MaxValue, (ulong)int.MaxValue + 1));
        var encoding = annotation?.Encoding ?? Encoding.Unspecified;
        if (encoding is Encoding.ZeroOne or Encoding.OneZero && kind != AnswerKind.Bool)
        {
            mistakes.Add($"{descriptor.FullName} is encoded as a bool but is none");
        }
        else if (encoding == Encoding.DecimalText && kind is not (AnswerKind.Integer or AnswerKind.Enum))
        {
            mistakes.Add($"{descriptor.FullName} is encoded as a decimal number but is neither an integer nor an enum");
        }

        return new AnswerField
        {
            Slot = slot,
            Name = descriptor.Name,
            Kind = kind,
            Shape = FieldShape.Single,
            Tag = Annotations.Tag(descriptor.FieldNumber, Annotations.WireType(descriptor.FieldType)),
            WritesZero = writesZero,
            Form = form,
            MaxPositive = maxPositive,
            MaxNegative = maxNegative,
            Inverted = encoding == Encoding.OneZero,
            JsonText = jsonText,
            Words = kind == AnswerKind.Enum ? Words(descriptor.EnumType) : null,
            AbsentAs = annotation is { AbsentAs.Count: > 0 } ? [.. annotation.AbsentAs.Select(System.Text.Encoding.UTF8.GetBytes)] : null,
            Fallback = inList ? null : fallback,
            Message = message,
        };
    }

    private (AnswerKind Kind, AnswerMessage? Message) Kind(FieldDescriptor descriptor)
    {
        switch (descriptor.FieldType)
        {
            case FieldType.Bool:
                return (AnswerKind.Bool, null);
            case FieldType.String:
                return (AnswerKind.String, null);
            case FieldType.Enum:
                return (AnswerKind.Enum, null);
            case FieldType.Float:
                return (AnswerKind.Float, null);
            case FieldType.Double:
                return (AnswerKind.Double, null);
            case FieldType.Message when WellKnown.Kinds.TryGetValue(descriptor.MessageType.FullName, out var known):
                return (known, null);
            case FieldType.Message when !WellKnown.IsUnmappable(descriptor.MessageType):
                return (AnswerKind.Message, NestedMessage(descriptor.MessageType));
            case var type when Integers.ContainsKey(type):
                return (AnswerKind.Integer, null);
            default:
                mistakes.Add($"{descriptor.FullName}: a {Describe(descriptor)} cannot be read from JSON");
                return (AnswerKind.String, null);
        }
    }

    private AnswerMessage NestedMessage(MessageDescriptor descriptor)
    {
        foreach (var field in descriptor.Fields.InDeclarationOrder())
        {
            if (field.Annotation().Place is Place.Header or Place.Status)
            {
                mistakes.Add($"{field.FullName} has a place in headers or status, but its message is a part of another");
            }
        }

        return Message(descriptor);
    }

    private WordTable? Words(EnumDescriptor type)
    {
        var words = type.Words();
        if (words.Count == 0)
        {
            return null;
        }

        // The unspecified value may share its word with the one it stands for.
        var table = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (number, word) in words.OrderBy(word => word.Number == 0))
        {
            if (!table.TryAdd(word, number) && number != 0)
            {
                mistakes.Add($"{type.FullName} has two values with the text \"{word}\"");
            }
        }

        return new WordTable(table);
    }

    private FallbackConversion? Fallback(FieldDescriptor descriptor, string name)
    {
        if (name.Length == 0)
        {
            return null;
        }

        if (descriptor.IsMap || (descriptor.FieldType == FieldType.Message && !WellKnown.IsInstant(descriptor.MessageType)) || descriptor.FieldType == FieldType.Bytes)
        {
            mistakes.Add($"{descriptor.FullName} has a fallback, which cannot fill a {Describe(descriptor)}");
        }

        if (!options.Fallbacks.TryGetValue(name, out var conversion))
        {
            mistakes.Add($"{descriptor.FullName} names the fallback \"{name}\", which is unknown");
        }

        return conversion;
    }

    private static string Describe(FieldDescriptor field) =>
        field.IsMap ? "map" : field.FieldType == FieldType.Message ? field.MessageType.FullName : field.FieldType.ToString().ToLowerInvariant();

    private static readonly FrozenDictionary<FieldType, (IntegerForm Form, ulong MaxPositive, ulong MaxNegative)> Integers =
        new Dictionary<FieldType, (IntegerForm, ulong, ulong)>
        {
            [FieldType.Int32] = (IntegerForm.Varint, int.MaxValue, (ulong)int.MaxValue + 1),
            [FieldType.Int64] = (IntegerForm.Varint, long.MaxValue, (ulong)long.MaxValue + 1),
            [FieldType.UInt32] = (IntegerForm.Varint, uint.MaxValue, 0),
            [FieldType.UInt64] = (IntegerForm.Varint, ulong.MaxValue, 0),
            [FieldType.SInt32] = (IntegerForm.ZigZag, int.MaxValue, (ulong)int.MaxValue + 1),
            [FieldType.SInt64] = (IntegerForm.ZigZag, long.MaxValue, (ulong)long.MaxValue + 1),
            [FieldType.Fixed32] = (IntegerForm.Fixed32, uint.MaxValue, 0),
            [FieldType.Fixed64] = (IntegerForm.Fixed64, ulong.MaxValue, 0),
            [FieldType.SFixed32] = (IntegerForm.Fixed32, int.MaxValue, (ulong)int.MaxValue + 1),
            [FieldType.SFixed64] = (IntegerForm.Fixed64, long.MaxValue, (ulong)long.MaxValue + 1),
        }.ToFrozenDictionary();
}
