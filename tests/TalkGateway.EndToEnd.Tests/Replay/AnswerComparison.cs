using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using TalkGateway.Ocs.V1;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>A recorded value that the decoded answer does not hold.</summary>
/// <param name="Path">Where it stood: <c>[]</c> for elements of lists, <c>{}</c> for keys of maps.</param>
/// <param name="Value">The recorded JSON.</param>
/// <param name="Reason">What was found instead.</param>
internal sealed record LostValue(string Path, string Value, string Reason);

/// <summary>
/// Looks for every value of a recorded JSON document in a decoded message. It reads the annotations with an eye of its own,
/// on generated messages, and shares no code with the transcoder.
/// </summary>
internal sealed class AnswerComparison
{
    private readonly List<LostValue> _lost = [];
    private readonly List<string> _unnamed = [];

    private AnswerComparison()
    {
    }

    /// <summary>The values that the message does not hold.</summary>
    public IReadOnlyList<LostValue> Lost => _lost;

    /// <summary>Paths of the members that have no field of their own, and arrive among the rest.</summary>
    public IReadOnlyList<string> Unnamed => _unnamed;

    /// <summary>Compares an object with a message.</summary>
    public static AnswerComparison Compare(JsonElement recorded, IMessage decoded)
    {
        var comparison = new AnswerComparison();
        comparison.CompareMessage(recorded, decoded, "");
        return comparison;
    }

    /// <summary>Compares a JSON element with one field of a message.</summary>
    public static AnswerComparison Compare(JsonElement recorded, IMessage decoded, FieldDescriptor field) =>
        new AnswerComparison().CompareField(recorded, decoded, field, "");

    private void CompareMessage(JsonElement recorded, IMessage message, string path)
    {
        if (recorded.ValueKind != JsonValueKind.Object)
        {
            if (!HoldsNothing(recorded))
            {
                _lost.Add(new LostValue(path, recorded.GetRawText(), $"not an object, as {message.Descriptor.Name} needs"));
            }

            return;
        }

        foreach (var member in recorded.EnumerateObject())
        {
            var memberPath = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            var best = Claimants(message.Descriptor, member.Name)
                .Select(field => new AnswerComparison().CompareField(member.Value, message, field, memberPath))
                .MinBy(comparison => comparison._lost.Count);
            if (best is null)
            {
                CompareRest(member.Value, message, member.Name, memberPath);
            }
            else
            {
                _lost.AddRange(best._lost);
                _unnamed.AddRange(best._unnamed);
            }
        }
    }

    private AnswerComparison CompareField(JsonElement recorded, IMessage message, FieldDescriptor field, string path)
    {
        if (field.IsMap)
        {
            CompareMap(recorded, (System.Collections.IDictionary)field.Accessor.GetValue(message), field, path);
        }
        else if (field.IsRepeated)
        {
            CompareList(recorded, (System.Collections.IList)field.Accessor.GetValue(message), field, path);
        }
        else if (HoldsNothing(recorded) && field.FieldType != FieldType.String)
        {
            return this;
        }
        else if (field.HasPresence && !field.Accessor.HasValue(message))
        {
            if (!MayBeAbsent(recorded, field))
            {
                _lost.Add(new LostValue(path, recorded.GetRawText(), $"{field.Name} is absent"));
            }
        }
        else
        {
            CompareValue(recorded, field.Accessor.GetValue(message), field, path);
        }

        return this;
    }

    private void CompareMap(JsonElement recorded, System.Collections.IDictionary map, FieldDescriptor field, string path)
    {
        var valueField = field.MessageType.FindFieldByNumber(2);
        if (recorded.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in recorded.EnumerateObject())
            {
                object key = field.MessageType.FindFieldByNumber(1).FieldType == FieldType.String
                    ? member.Name
                    : long.Parse(member.Name, CultureInfo.InvariantCulture);
                if (!map.Contains(key))
                {
                    _lost.Add(new LostValue($"{path}.{{}}", member.Value.GetRawText(), $"no key {member.Name} in {field.Name}"));
                }
                else
                {
                    CompareValue(member.Value, map[key]!, valueField, $"{path}.{{}}");
                }
            }
        }
        else if (!HoldsNothing(recorded))
        {
            _lost.Add(new LostValue(path, recorded.GetRawText(), $"not a map, as {field.Name} is"));
        }
    }

    private void CompareList(JsonElement recorded, System.Collections.IList list, FieldDescriptor field, string path)
    {
        if (HoldsNothing(recorded))
        {
            return;
        }

        // A scalar may stand for a list of one, and PHP writes a list with holes as an object.
        JsonElement[] elements = recorded.ValueKind switch
        {
            JsonValueKind.Array => [.. recorded.EnumerateArray()],
            JsonValueKind.Object when field.FieldType != FieldType.Message => [.. recorded.EnumerateObject().Select(member => member.Value)],
            _ => [recorded],
        };
        if (elements.Length != list.Count)
        {
            _lost.Add(new LostValue($"{path}[]", recorded.GetRawText(), $"{list.Count} elements in {field.Name} instead of {elements.Length}"));
            return;
        }

        for (var i = 0; i < elements.Length; i++)
        {
            CompareValue(elements[i], list[i]!, field, $"{path}[]");
        }
    }

    private void CompareValue(JsonElement recorded, object value, FieldDescriptor field, string path)
    {
        if (field.FieldType == FieldType.Message && !IsWellKnown(field.MessageType))
        {
            var document = field.Mapping().Encoding == Encoding.JsonText && recorded.ValueKind == JsonValueKind.String
                ? ParseText(recorded.GetString()!)
                : recorded;
            CompareMessage(document, (IMessage)value, path);
        }
        else if (!ScalarComparison.Same(recorded, value, field, field.Mapping()))
        {
            _lost.Add(new LostValue(path, recorded.GetRawText(), $"{field.Name} is {value}"));
        }
    }

    private void CompareRest(JsonElement recorded, IMessage message, string name, string path)
    {
        var rest = message.Descriptor.Fields.InDeclarationOrder().FirstOrDefault(field => field.Mapping().Rest);
        if (rest is null)
        {
            if (!HoldsNothing(recorded))
            {
                _lost.Add(new LostValue(path, recorded.GetRawText(), $"{message.Descriptor.Name} has no such field, and none for the rest"));
            }
        }
        else if (rest.Accessor.GetValue(message) is not Struct others || !others.Fields.TryGetValue(name, out var value))
        {
            _lost.Add(new LostValue(path, recorded.GetRawText(), "not among the rest"));
        }
        else if (!ScalarComparison.SameJson(recorded, value))
        {
            _lost.Add(new LostValue(path, recorded.GetRawText(), $"{value} among the rest"));
        }
        else
        {
            _unnamed.Add(path);
        }
    }

    private static IEnumerable<FieldDescriptor> Claimants(MessageDescriptor message, string name) =>
        message.Fields.InDeclarationOrder().Where(field => Names(field).Contains(name));

    private static IEnumerable<string> Names(FieldDescriptor field)
    {
        var mapping = field.Mapping();
        if (mapping.Rest || mapping.Place is Place.Header or Place.Status or Place.Gateway)
        {
            return [];
        }

        return [field.UpstreamName(), .. mapping.Aliases];
    }

    private static bool MayBeAbsent(JsonElement recorded, FieldDescriptor field)
    {
        if (field.Mapping().AbsentAs.Contains(recorded.ValueKind == JsonValueKind.String ? recorded.GetString() : recorded.GetRawText()))
        {
            return true;
        }

        if (recorded.ValueKind is JsonValueKind.Null or JsonValueKind.Array && HoldsNothing(recorded))
        {
            return true;
        }

        // Instants of 0 stand for "never".
        return field.FieldType == FieldType.Message && field.MessageType.FullName == Timestamp.Descriptor.FullName
            && recorded.ValueKind is JsonValueKind.Number or JsonValueKind.String && ScalarComparison.Number(recorded) == 0;
    }

    private static bool HoldsNothing(JsonElement recorded) => recorded.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => true,
        JsonValueKind.Array => recorded.GetArrayLength() == 0,
        JsonValueKind.Object => !recorded.EnumerateObject().Any(),
        _ => false,
    };

    private static bool IsWellKnown(MessageDescriptor message) => message.File.Package == "google.protobuf";

    private static JsonElement ParseText(string text) => JsonDocument.Parse(text).RootElement;
}
