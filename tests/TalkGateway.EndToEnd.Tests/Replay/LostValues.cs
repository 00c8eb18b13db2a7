using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using TalkGateway.Ocs.V1;
using TalkGateway.Testing;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>What an answer lost on the way to the client, without what is dropped on purpose.</summary>
internal static class LostValues
{
    /// <summary>The values that are in the recorded answer, but neither in the decoded one nor in the table.</summary>
    public static IEnumerable<LostValue> In(ReplayCase replayed, IMessage decoded) =>
        Headers(replayed.Exchange.Response, decoded)
            .Concat(File(replayed, decoded))
            .Concat(Document(replayed, decoded)?.Lost ?? [])
            .Where(lost => !IsDropped(replayed.Rpc!.Operation.Id, lost.Path));

    /// <summary>The members that have no field of their own in the contract, and are in no table.</summary>
    public static IEnumerable<string> UnnamedIn(ReplayCase replayed, IMessage decoded) =>
        (Document(replayed, decoded)?.Unnamed ?? [])
            .Where(path => ReplayTables.Find(ReplayTables.UnnamedMembers, row => row.Covers(replayed.Rpc!.Operation.Id, path)) is null);

    private static AnswerComparison? Document(ReplayCase replayed, IMessage decoded)
    {
        var (answer, response) = (replayed.Call!.Answer, replayed.Exchange.Response);
        var data = answer.Format == AnswerFormat.Json ? response.Body : response.Data;
        if (answer.Format == AnswerFormat.Bytes || data.ValueKind == JsonValueKind.Undefined)
        {
            return null;
        }

        return answer.Into.Length == 0
            ? AnswerComparison.Compare(data, decoded)
            : AnswerComparison.Compare(data, decoded, decoded.Descriptor.FindFieldByName(answer.Into));
    }

    private static IEnumerable<LostValue> File(ReplayCase replayed, IMessage decoded)
    {
        var (answer, recorded) = (replayed.Call!.Answer, replayed.Exchange.Response.Bytes);
        if (answer.Format == AnswerFormat.Bytes
            && !((ByteString)decoded.Descriptor.FindFieldByName(answer.Into).Accessor.GetValue(decoded)).Span.SequenceEqual(recorded.Span))
        {
            yield return new LostValue("(body)", $"{recorded.Length} bytes", "other bytes");
        }
    }

    private static IEnumerable<LostValue> Headers(RecordedResponse response, IMessage decoded)
    {
        foreach (var (name, value) in response.Headers.Where(header => header.Key != "Content-Type"))
        {
            var field = decoded.Descriptor.Fields.InDeclarationOrder().FirstOrDefault(f => f.Mapping() is { Place: Place.Header } mapping
                && mapping.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (field is null)
            {
                yield return new LostValue($"header {name}", value, "no field for it");
            }
            else if (!field.Accessor.HasValue(decoded) || !ScalarComparison.Same(JsonSerializer.SerializeToElement(value), field.Accessor.GetValue(decoded), field, field.Mapping()))
            {
                yield return new LostValue($"header {name}", value, string.Create(CultureInfo.InvariantCulture, $"{field.Name} is {field.Accessor.GetValue(decoded)}"));
            }
        }
    }

    private static bool IsDropped(string operation, string path) =>
        ReplayTables.Find(ReplayTables.DroppedValues, row => row.Covers(operation, path)) is not null;
}
