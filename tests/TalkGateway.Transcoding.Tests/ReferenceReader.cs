using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Sample.V1;

namespace TalkGateway.Transcoding.Tests;

/// <summary>
/// The rules for answers once more, slowly and plainly, for <see cref="Item"/>: an object is looked up by name, never read in
/// order. Its conversions (`fallback`) are left out.
/// </summary>
internal static class ReferenceReader
{
    /// <summary>A value that a field can hold; <see cref="Set"/> does nothing where it stands for "absent".</summary>
    private sealed record Fit(Action<Item> Set);

    private static readonly Fit Absent = new(_ => { });

    // By field: the names in their order, and what takes the value.
    private static readonly (string[] Names, Func<JsonElement, Fit?> Read)[] Fields =
    [
        (["id"], value => Text(value) is { } text ? new(item => item.Id = text) : null),
        (["name", "title", "label"], value => Text(value) is { } text ? new(item => item.Name = text) : null),
        (["count"], value => Whole(value, long.MinValue, long.MaxValue) is { } number ? new(item => item.Count = (long)number) : null),
        (["open"], value => Truth(value) is { } truth ? new(item => item.Open = truth) : null),
        (["created"], value => Instant(value, (item, instant) => item.Created = instant)),
        (["age"], value => Span(value)),
        (["sessions", "session"], Sessions),
        (["session"], value => IsZero(value) ? Absent : Text(value) is { } text ? new(item => item.Session = text) : null),
        (["votes"], Votes),
        (["parent"], value => value.ValueKind == JsonValueKind.Object ? new(item => item.Parent = Read(value)) : IsEmptyList(value) ? Absent : null),
        (["kind"], value => Text(value) is { } text ? new(item => item.Kind = text) : null),
        (["kind"], Word),
        (["params"], Params),
        (["score"], value => Real(value) is { } real && float.IsFinite((float)real) ? new(item => item.Score = (float)real) : null),
        (["children"], Children),
        (["small"], value => Whole(value, int.MinValue, int.MaxValue) is { } number ? new(item => item.Small = (int)number) : null),
        (["huge"], value => Whole(value, 0, ulong.MaxValue) is { } number ? new(item => item.Huge = (ulong)number) : null),
        (["text"], value => Text(value) is { } text ? new(item => item.Text = text) : null),
        (["numbers"], Numbers),
        (["color"], value => Whole(value, int.MinValue, int.MaxValue) is { } number ? new(item => item.Color = (Color)(int)number) : null),
    ];

    /// <summary>Every name that a field has.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Fields.SelectMany(field => field.Names).Append("ends").Append("any").Distinct()];

    public static Item Read(JsonElement json)
    {
        var item = new Item();
        var members = json.EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
        var claimed = members.Where(member => Names.Contains(member.Key) && member.Value.ValueKind == JsonValueKind.Null).Select(member => member.Key).ToHashSet();
        foreach (var (names, read) in Fields)
        {
            foreach (var name in names)
            {
                if (members.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null && read(value) is { } fit)
                {
                    fit.Set(item);
                    claimed.Add(name);
                    break;
                }
            }
        }

        if (members.TryGetValue("any", out var any))
        {
            item.Any = AnyJson(any);
            claimed.Add("any");
        }

        // Two fields of one name: the object is the one's, everything else may be the other's.
        if (members.TryGetValue("ends", out var ends) && ends.ValueKind != JsonValueKind.Null)
        {
            var fit = ends.ValueKind == JsonValueKind.Object
                ? new Fit(target => target.EndsDate = Struct(ends))
                : Instant(ends, (target, instant) => target.Ends = instant) ?? (IsEmptyList(ends) ? Absent : null);
            fit?.Set(item);
            _ = fit is not null && claimed.Add("ends");
        }

        var rest = members.Where(member => !claimed.Contains(member.Key)).ToArray();
        if (rest.Length > 0)
        {
            item.Extra = new Struct { Fields = { rest.ToDictionary(member => member.Key, member => AnyJson(member.Value)) } };
        }

        return item;
    }

    private static bool IsEmptyList(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0;

    private static bool IsZero(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() == "0",
        JsonValueKind.Number => value.GetRawText() == "0",
        _ => false,
    };

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    private static bool? Truth(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => value.GetString() switch { "1" or "true" or "yes" => true, "0" or "false" or "no" => false, _ => null },
        JsonValueKind.Number when Whole(value, 0, 1) is { } number => number == 1,
        _ => null,
    };

    private static decimal? Decimal(JsonElement value)
    {
        var text = value.ValueKind is JsonValueKind.Number or JsonValueKind.String ? Text(value)! : "";
        return System.Text.RegularExpressions.Regex.IsMatch(text, @"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z")
            && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static BigInteger? Whole(JsonElement value, BigInteger min, BigInteger max)
    {
        BigInteger? number = value.ValueKind switch
        {
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            _ => Decimal(value) is { } found && decimal.Truncate(found) == found ? (BigInteger)found : null,
        };
        return number >= min && number <= max ? number : null;
    }

    private static double? Real(JsonElement value) => Decimal(value) is null ? null : double.Parse(Text(value)!, CultureInfo.InvariantCulture);

    private static Fit? Instant(JsonElement value, Action<Item, Timestamp> set)
    {
        if (Decimal(value) is not { } seconds || seconds is < -62_135_596_800m or >= 253_402_300_800m)
        {
            return null;
        }

        var whole = decimal.Floor(seconds);
        var instant = new Timestamp { Seconds = (long)whole, Nanos = (int)((seconds - whole) * 1_000_000_000) };
        return seconds == 0 ? Absent : new(item => set(item, instant));
    }

    private static Fit? Span(JsonElement value)
    {
        if (Decimal(value) is not { } seconds || Math.Abs(seconds) > 315_576_000_000m)
        {
            return null;
        }

        var whole = decimal.Truncate(seconds);
        return new(item => item.Age = new Duration { Seconds = (long)whole, Nanos = (int)((seconds - whole) * 1_000_000_000) });
    }

    private static IEnumerable<JsonElement>? Elements(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().Where(element => element.ValueKind != JsonValueKind.Null),
        JsonValueKind.Object => null,
        _ => [value],
    };

    private static Fit? Sessions(JsonElement value)
    {
        var texts = Elements(value)?.Where(element => !IsZero(element)).Select(Text).ToArray();
        return texts is null || texts.Contains(null) ? null : new(item => item.Sessions.AddRange(texts!));
    }

    private static Fit? Numbers(JsonElement value)
    {
        var numbers = Elements(value)?.Select(element => Whole(element, 0, uint.MaxValue)).ToArray();
        return numbers is null || numbers.Contains(null) ? null : new(item => item.Numbers.AddRange(numbers.Select(number => (uint)number!.Value)));
    }

    private static Fit? Children(JsonElement value)
    {
        var elements = value.ValueKind == JsonValueKind.Array ? Elements(value)!.ToArray() : null;
        return elements is null || !elements.All(element => element.ValueKind == JsonValueKind.Object || IsEmptyList(element))
            ? null
            : new(item => item.Children.AddRange(elements.Select(element => element.ValueKind == JsonValueKind.Object ? Read(element) : new Item())));
    }

    private static Fit? Votes(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return IsEmptyList(value) ? Absent : null;
        }

        var entries = value.EnumerateObject().Where(entry => entry.Value.ValueKind != JsonValueKind.Null)
            .ToDictionary(entry => entry.Name, entry => Whole(entry.Value, int.MinValue, int.MaxValue));
        return entries.ContainsValue(null) ? null : new(item => item.Votes.Add(entries.ToDictionary(entry => entry.Key, entry => (int)entry.Value!.Value)));
    }

    private static Fit? Word(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() switch
        {
            "add" => new(item => item.KindAction = Sample.V1.Action.Add),
            "remove" => new(item => item.KindAction = Sample.V1.Action.Remove),
            _ => null,
        },
        _ => Whole(value, int.MinValue, int.MaxValue) is { } number ? new(item => item.KindAction = (Sample.V1.Action)(int)number) : null,
    };

    private static Fit? Params(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            return new(item => item.Params = Struct(value));
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return IsEmptyList(value) ? Absent : null;
        }

        try
        {
            using var inner = JsonDocument.Parse(value.GetString()!);
            return inner.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array ? Params(inner.RootElement.Clone()) : null;
        }
        catch (JsonException)
        {
            // A plain text.
            return null;
        }
    }

    private static Struct Struct(JsonElement value) =>
        new() { Fields = { value.EnumerateObject().ToDictionary(member => member.Name, member => AnyJson(member.Value)) } };

    private static Value AnyJson(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => Value.ForStruct(Struct(value)),
        JsonValueKind.Array => Value.ForList([.. value.EnumerateArray().Select(AnyJson)]),
        JsonValueKind.String => Value.ForString(value.GetString()!),
        JsonValueKind.Number when BigInteger.TryParse(value.GetRawText(), out var whole) && BigInteger.Abs(whole) > BigInteger.Pow(2, 53) => Value.ForString(value.GetRawText()),
        JsonValueKind.Number => Value.ForNumber(value.GetDouble()),
        JsonValueKind.Null => Value.ForNull(),
        _ => Value.ForBool(value.GetBoolean()),
    };
}
