using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using TalkGateway.Ocs.V1;
using TalkGateway.Testing;
using Enum = System.Enum;
using Field = TalkGateway.Ocs.V1.Field;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>A recorded parameter that no field of the request message can say.</summary>
/// <param name="Parameter">Its upstream name.</param>
/// <param name="Value">Its JSON.</param>
/// <param name="Unknown">No field has that name; otherwise the value does not fit the field.</param>
internal sealed record Unsayable(string Parameter, string Value, bool Unknown);

/// <summary>Turns a recorded HTTP request into the request message that means the same.</summary>
internal static class RequestBuilder
{
    /// <summary>The request message, and what it could not say.</summary>
    public static (IMessage Request, IReadOnlyList<Unsayable> Unsayable) Build(
        ContractRpc rpc, EffectiveCall call, IReadOnlyDictionary<string, string> path, RecordedRequest recorded)
    {
        var request = Empty(rpc.Method.InputType);
        var unsayable = new List<Unsayable>();
        foreach (var parameter in call.Parameters.Where(p => p.InPath))
        {
            Set(parameter, JsonSerializer.SerializeToElement(path[parameter.FieldPath]));
        }

        var sent = ParametersOf(recorded);
        foreach (var (name, value) in sent)
        {
            if (call.Parameters.FirstOrDefault(p => p.Name == name && !p.InPath && !p.Omitted && p.Place is Place.Query or Place.Body) is { } parameter)
            {
                Set(parameter, value);
            }
            else
            {
                unsayable.Add(new Unsayable(name, value.GetRawText(), Unknown: true));
            }
        }

        // Fields without presence are always sent, so they have to say what the server takes when the parameter is missing.
        foreach (var parameter in call.Parameters.Where(p => !p.InPath && !p.Omitted && !p.Field.HasPresence && !sent.ContainsKey(p.Name)))
        {
            if (ReplayTables.Find(ReplayTables.Defaults, d => d.Operation == rpc.Operation.Id && d.Parameter == parameter.Name) is { } missing)
            {
                Set(parameter, JsonSerializer.SerializeToElement(missing.Value));
            }
        }

        foreach (var parameter in call.Parameters.Where(p => p.Omitted))
        {
            if (ReplayTables.Find(ReplayTables.Implied, row => IsImplied(row, parameter)) is { } implied)
            {
                Set(parameter, JsonSerializer.SerializeToElement(implied.Value));
            }
        }

        return (request, unsayable);

        bool IsImplied(ImpliedValue row, RequestParameter parameter) =>
            row.Field == parameter.FieldPath && Patterns.Matches(row.Operation, rpc.Operation.Id)
            && (row.With.Length == 0 || call.Parameters.Any(p => p.FieldPath == row.With && sent.ContainsKey(p.Name)));

        void Set(RequestParameter parameter, JsonElement value)
        {
            if (!TrySet(request, parameter, value))
            {
                unsayable.Add(new Unsayable(parameter.Name, value.GetRawText(), Unknown: false));
            }
        }
    }

    /// <summary>Query and body of a recorded request as one set of parameters; PHP does not care where they stand, and the body wins.</summary>
    public static IReadOnlyDictionary<string, JsonElement> ParametersOf(RecordedRequest recorded)
    {
        var parameters = new Dictionary<string, JsonElement>();
        foreach (var (name, value) in recorded.Query)
        {
            parameters[name.Replace("[]", "", StringComparison.Ordinal)] = JsonSerializer.SerializeToElement(value);
        }

        foreach (var (name, value) in recorded.Body)
        {
            parameters[name] = value;
        }

        return parameters;
    }

    /// <summary>A message of that type without anything in it.</summary>
    public static IMessage Empty(MessageDescriptor type) => type.Parser.ParseFrom(ByteString.Empty);

    private static bool TrySet(IMessage request, RequestParameter parameter, JsonElement value)
    {
        var target = request;
        foreach (var parent in parameter.Chain.SkipLast(1))
        {
            if (parent.Accessor.GetValue(target) is not IMessage child)
            {
                child = Empty(parent.MessageType);
                parent.Accessor.SetValue(target, child);
            }

            target = child;
        }

        return TrySetField(target, parameter.Field, parameter.Mapping, value);
    }

    private static bool TrySetField(IMessage target, FieldDescriptor field, Field mapping, JsonElement value)
    {
        if (mapping.Encoding == Encoding.JsonText && !TryParseText(value, out value))
        {
            return false;
        }

        if (field.IsMap)
        {
            return TrySetMap((System.Collections.IDictionary)field.Accessor.GetValue(target), field, mapping, value);
        }

        if (field.IsRepeated)
        {
            var list = (System.Collections.IList)field.Accessor.GetValue(target);
            foreach (var element in value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().ToArray() : [value])
            {
                if (!TryConvert(field, mapping, element, out var item))
                {
                    return false;
                }

                list.Add(item);
            }

            return true;
        }

        if (!TryConvert(field, mapping, value, out var single))
        {
            return false;
        }

        field.Accessor.SetValue(target, single);
        return true;
    }

    private static bool TrySetMap(System.Collections.IDictionary map, FieldDescriptor field, Field mapping, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (var member in value.EnumerateObject())
        {
            if (!TryConvert(field.MessageType.FindFieldByNumber(2), mapping, member.Value, out var item))
            {
                return false;
            }

            map.Add(member.Name, item);
        }

        return true;
    }

    private static bool TryConvert(FieldDescriptor field, Field mapping, JsonElement value, out object? converted)
    {
        converted = field.FieldType switch
        {
            FieldType.String => AsText(value),
            FieldType.Bytes => AsBytes(value),
            FieldType.Bool => AsFlag(value, mapping),
            FieldType.Enum => AsEnum(field.EnumType, value),
            FieldType.Message => AsMessage(field.MessageType, value),
            FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => AsInteger(value, int.MinValue, int.MaxValue) is { } number ? (int)number : null,
            FieldType.UInt32 or FieldType.Fixed32 => AsInteger(value, 0, uint.MaxValue) is { } number ? (uint)number : null,
            FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => AsInteger(value, long.MinValue, long.MaxValue) is { } number ? (long)number : null,
            FieldType.UInt64 or FieldType.Fixed64 => AsInteger(value, 0, ulong.MaxValue) is { } number ? (ulong)number : null,
            _ => null,
        };
        return converted is not null;
    }

    private static string? AsText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    private static ByteString? AsBytes(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => ByteString.CopyFromUtf8(value.GetString()!),

        // Of uploaded files the recorder kept the length.
        JsonValueKind.Object when value.TryGetProperty("bytes", out var length) => ByteString.CopyFrom(new byte[length.GetInt32()]),
        _ => null,
    };

    private static bool? AsFlag(JsonElement value, Field mapping)
    {
        bool? flag = value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number or JsonValueKind.String => AsText(value) switch { "1" or "true" => true, "0" or "false" => false, _ => null },
            _ => null,
        };
        return mapping.Encoding == Encoding.OneZero ? !flag : flag;
    }

    private static decimal? AsInteger(JsonElement value, decimal min, decimal max) =>
        decimal.TryParse(AsText(value), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : null;

    private static object? AsEnum(EnumDescriptor type, JsonElement value)
    {
        var text = AsText(value);
        var worded = type.Values.FirstOrDefault(v => v.Text() is { Length: > 0 } word && word == text);
        if (worded is not null)
        {
            return Enum.ToObject(type.ClrType, worded.Number);
        }

        var hasWords = type.Values.Any(v => v.Text().Length > 0);
        return !hasWords && AsInteger(value, int.MinValue, int.MaxValue) is { } number ? Enum.ToObject(type.ClrType, (int)number) : null;
    }

    private static IMessage? AsMessage(MessageDescriptor type, JsonElement value)
    {
        if (type.FullName == Timestamp.Descriptor.FullName)
        {
            return AsInteger(value, long.MinValue, long.MaxValue) is { } seconds ? new Timestamp { Seconds = (long)seconds } : null;
        }

        if (type.FullName == Duration.Descriptor.FullName)
        {
            return AsInteger(value, long.MinValue, long.MaxValue) is { } seconds ? new Duration { Seconds = (long)seconds } : null;
        }

        if (type.File.Package == "google.protobuf")
        {
            return value.ValueKind == JsonValueKind.Object || type.FullName != Struct.Descriptor.FullName
                ? JsonParser.Default.Parse(value.GetRawText(), type)
                : null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var message = Empty(type);
        foreach (var member in value.EnumerateObject())
        {
            var field = type.Fields.InDeclarationOrder().FirstOrDefault(f => f.UpstreamName() == member.Name);
            if (field is null || !TrySetField(message, field, field.Mapping(), member.Value))
            {
                return null;
            }
        }

        return message;
    }

    private static bool TryParseText(JsonElement value, out JsonElement parsed)
    {
        parsed = default;
        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            parsed = JsonDocument.Parse(value.GetString()!).RootElement;
            return true;
        }
        catch (JsonException)
        {
            // A request that was broken on purpose; the caller reports that it cannot be said.
            return false;
        }
    }
}
