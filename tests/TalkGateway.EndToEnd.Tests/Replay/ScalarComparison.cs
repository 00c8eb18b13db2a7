using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using TalkGateway.Ocs.V1;
using Field = TalkGateway.Ocs.V1.Field;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>When a recorded JSON value and a decoded one say the same: the leniency that the mapping vocabulary documents, and no more.</summary>
internal static class ScalarComparison
{
    public static bool Same(JsonElement recorded, object value, FieldDescriptor field, Field mapping) => value switch
    {
        bool flag => Truth(recorded) is { } truth && truth == (mapping.Encoding == Encoding.OneZero ? !flag : flag),
        string text => SameText(recorded, text),
        Timestamp instant => Number(recorded) == instant.Seconds,
        Duration span => Number(recorded) == span.Seconds,
        Struct json => SameJson(Unwrapped(recorded, mapping), Value.ForStruct(json)),
        Value json => SameJson(Unwrapped(recorded, mapping), json),
        ListValue json => SameJson(Unwrapped(recorded, mapping), new Value { ListValue = json }),
        ByteString bytes => recorded.ValueKind == JsonValueKind.String && recorded.GetString() == bytes.ToStringUtf8(),
        _ when field.FieldType == FieldType.Enum => SameEnum(recorded, Convert.ToInt32(value, CultureInfo.InvariantCulture), field.EnumType),
        _ when recorded.ValueKind is JsonValueKind.True or JsonValueKind.False =>
            recorded.GetBoolean() == (Convert.ToDouble(value, CultureInfo.InvariantCulture) != 0),
        _ => Number(recorded) is { } number && number == Convert.ToDecimal(value, CultureInfo.InvariantCulture),
    };

    /// <summary>A number, or a text that is one.</summary>
    public static decimal? Number(JsonElement recorded) => recorded.ValueKind switch
    {
        JsonValueKind.Number => recorded.GetDecimal(),
        JsonValueKind.String when decimal.TryParse(recorded.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    public static bool SameJson(JsonElement recorded, Value value) => value.KindCase switch
    {
        Value.KindOneofCase.StructValue when recorded.ValueKind == JsonValueKind.Array => recorded.GetArrayLength() == 0 && value.StructValue.Fields.Count == 0,
        Value.KindOneofCase.StructValue => recorded.ValueKind == JsonValueKind.Object
            && recorded.EnumerateObject().Count() == value.StructValue.Fields.Count
            && recorded.EnumerateObject().All(member => value.StructValue.Fields.TryGetValue(member.Name, out var inner) && SameJson(member.Value, inner)),
        Value.KindOneofCase.ListValue => recorded.ValueKind == JsonValueKind.Array
            && recorded.GetArrayLength() == value.ListValue.Values.Count
            && recorded.EnumerateArray().Zip(value.ListValue.Values).All(pair => SameJson(pair.First, pair.Second)),
        Value.KindOneofCase.BoolValue => recorded.ValueKind is JsonValueKind.True or JsonValueKind.False && recorded.GetBoolean() == value.BoolValue,
        Value.KindOneofCase.NumberValue => recorded.ValueKind == JsonValueKind.Number && recorded.GetDouble().Equals(value.NumberValue),
        Value.KindOneofCase.StringValue => recorded.ValueKind == JsonValueKind.String && recorded.GetString() == value.StringValue,
        _ => recorded.ValueKind is JsonValueKind.Null,
    };

    private static bool SameText(JsonElement recorded, string text) => recorded.ValueKind switch
    {
        JsonValueKind.String => recorded.GetString() == text,
        JsonValueKind.Number => recorded.GetRawText() == text,
        JsonValueKind.Null => text.Length == 0,
        // An empty list where a text is meant, as old signaling settings write a missing server.
        JsonValueKind.Array => recorded.GetArrayLength() == 0 && text.Length == 0,
        _ => false,
    };

    private static bool? Truth(JsonElement recorded) => recorded.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => recorded.GetDecimal() switch { 0 => false, 1 => true, _ => null },
        JsonValueKind.String => recorded.GetString() switch { "1" or "yes" or "true" => true, "0" or "no" or "false" or "" => false, _ => null },
        _ => null,
    };

    private static bool SameEnum(JsonElement recorded, int value, EnumDescriptor type)
    {
        var text = type.FindValueByNumber(value)?.Text();
        if (!string.IsNullOrEmpty(text))
        {
            return recorded.ValueKind == JsonValueKind.String && recorded.GetString() == text;
        }

        return Number(recorded) == value || (value == 0 && recorded.ValueKind == JsonValueKind.String && recorded.GetString()!.Length == 0);
    }

    private static JsonElement Unwrapped(JsonElement recorded, Field mapping) =>
        mapping.Encoding == Encoding.JsonText && recorded.ValueKind == JsonValueKind.String
            ? JsonDocument.Parse(recorded.GetString()!).RootElement
            : recorded;
}
