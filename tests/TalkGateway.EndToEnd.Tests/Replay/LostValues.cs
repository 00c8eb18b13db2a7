using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using TalkGateway.Ocs.V1;
using TalkGateway.Testing;
using Field = TalkGateway.Ocs.V1.Field;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>What an answer lost on the way to the client, without what is dropped on purpose.</summary>
internal static class LostValues
{
    /// <summary>The values that are in the recorded answer, but neither in the decoded one nor in the table.</summary>
    public static IEnumerable<LostValue> In(ReplayCase replayed, IMessage decoded) =>
        Headers(replayed.Exchange.Response, decoded).Concat(Body(replayed, decoded)).Where(lost => !IsDropped(replayed.Rpc!.Operation.Id, lost.Path));

    private static IEnumerable<LostValue> Body(ReplayCase replayed, IMessage decoded)
    {
        var (answer, response) = (replayed.Call!.Answer, replayed.Exchange.Response);
        var into = answer.Into.Length == 0 ? null : decoded.Descriptor.FindFieldByName(answer.Into);
        if (answer.Format == AnswerFormat.Bytes)
        {
            return ((ByteString)into!.Accessor.GetValue(decoded)).Span.SequenceEqual(response.Bytes.Span)
                ? []
                : [new LostValue("(body)", $"{response.Bytes.Length} bytes", "other bytes")];
        }

        var data = answer.Format == AnswerFormat.Json ? response.Body : response.Data;
        if (data.ValueKind == JsonValueKind.Undefined)
        {
            return [];
        }

        return into is null ? AnswerComparison.Compare(data, decoded) : AnswerComparison.Compare(data, decoded, into);
    }

    private static IEnumerable<LostValue> Headers(RecordedResponse response, IMessage decoded)
    {
        foreach (var (name, value) in response.Headers.Where(header => header.Key != "Content-Type"))
        {
            var field = decoded.Descriptor.Fields.InDeclarationOrder().FirstOrDefault(f => Mapping(f) is { Place: Place.Header } mapping
                && mapping.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (field is null)
            {
                yield return new LostValue($"header {name}", value, "no field for it");
            }
            else if (!field.Accessor.HasValue(decoded) || !ScalarComparison.Same(JsonSerializer.SerializeToElement(value), field.Accessor.GetValue(decoded), field, Mapping(field)))
            {
                yield return new LostValue($"header {name}", value, string.Create(CultureInfo.InvariantCulture, $"{field.Name} is {field.Accessor.GetValue(decoded)}"));
            }
        }
    }

    private static bool IsDropped(string operation, string path) =>
        ReplayTables.Find(ReplayTables.DroppedValues, row => row.Covers(operation, path)) is not null;

    private static Field Mapping(FieldDescriptor field) => field.GetOptions()?.GetExtension(AnnotationsExtensions.Field) ?? new Field();
}
