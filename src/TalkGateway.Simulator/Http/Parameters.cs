using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>
/// The parameters of a request as PHP sees them: query string and body in one bag, the body winning; <c>name[]=</c> makes a list,
/// <c>name[key]=</c> a map. A body that is no JSON object is no error: its parameters are just missing.
/// </summary>
internal sealed class Parameters(bool strictTypes)
{
    private readonly JsonObject _values = [];

    public bool Has(string name) => _values.TryGetPropertyValue(name, out var value) && value is not null;

    public void AddEncoded(string text)
    {
        foreach (var pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            Add(Decode(equals < 0 ? pair : pair[..equals]), equals < 0 ? "" : Decode(pair[(equals + 1)..]));
        }

        static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
    }

    public void AddJson(string text)
    {
        try
        {
            if (JsonNode.Parse(text) is JsonObject body)
            {
                foreach (var (name, value) in body)
                {
                    _values[name] = value?.DeepClone();
                }
            }
        }
        catch (JsonException)
        {
            // Nextcloud ignores a body it cannot parse; defaults apply.
        }
    }

    public void AddText(string name, string value) => _values[name] = value;

    public string RequiredText(string name)
    {
        var value = _values[name];
        if (value is null || (strictTypes && value.GetValueKind() != JsonValueKind.String))
        {
            throw new BadParameterException(name);
        }

        return TextOf(value);
    }

    public string Text(string name, string fallback = "") => _values[name] is { } value ? TextOf(value) : fallback;

    public string? OptionalText(string name) => _values[name] is { } value ? TextOf(value) : null;

    public int RequiredInt(string name) => _values[name] is { } value ? IntOf(value) : throw new BadParameterException(name);

    public int Int(string name, int fallback) => _values[name] is { } value ? IntOf(value) : fallback;

    public int? OptionalInt(string name) => _values[name] is { } value ? IntOf(value) : null;

    public bool IsNumber(string name) => _values[name] is not { } value || double.TryParse(TextOf(value), NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    public bool Bool(string name, bool fallback) => _values[name] is { } value
        ? TextOf(value) is not ("" or "0" or "false" or "False")
        : fallback;

    public IReadOnlyList<string> Texts(string name) => _values[name] is JsonArray list
        ? list.OfType<JsonNode>().Select(TextOf).ToList()
        : [];

    /// <summary>A map of lists, <c>participants[users][]=bob</c> or its JSON.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> TextLists(string name) => _values[name] is JsonObject map
        ? map.ToDictionary(
            m => m.Key,
            m => (IReadOnlyList<string>)(m.Value is JsonArray list ? list.OfType<JsonNode>().Select(TextOf).ToList() : []))
        : new Dictionary<string, IReadOnlyList<string>>();

    private static string TextOf(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.String => value.GetValue<string>(),
        JsonValueKind.True => "1",
        JsonValueKind.False => "",
        _ => value.ToJsonString(),
    };

    /// <summary>PHP's cast to int: the leading digits, else 0.</summary>
    private static int IntOf(JsonNode value)
    {
        var text = TextOf(value).Trim();
        var length = text.StartsWith('-') || text.StartsWith('+') ? 1 : 0;
        while (length < text.Length && char.IsAsciiDigit(text[length]))
        {
            length++;
        }

        return long.TryParse(text[..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? (int)Math.Clamp(number, int.MinValue, int.MaxValue)
            : 0;
    }

    private void Add(string name, string value)
    {
        var bracket = name.IndexOf('[', StringComparison.Ordinal);
        if (bracket < 0)
        {
            _values[name] = value;
            return;
        }

        var keys = name[(bracket + 1)..].TrimEnd(']').Split("][");
        name = name[..bracket];
        if (keys is [""])
        {
            ListAt(_values, name).Add(value);
            return;
        }

        if (_values[name] is not JsonObject map)
        {
            _values[name] = map = [];
        }

        if (keys.Length > 1)
        {
            ListAt(map, keys[0]).Add(value);
        }
        else
        {
            map[keys[0]] = value;
        }
    }

    private static JsonArray ListAt(JsonObject owner, string name)
    {
        if (owner[name] is not JsonArray list)
        {
            owner[name] = list = [];
        }

        return list;
    }
}

/// <summary>A parameter is missing or of a type PHP refuses; what the client sees depends on the server's age.</summary>
internal sealed class BadParameterException(string name) : Exception($"Parameter {name} is missing or of a wrong type.");
