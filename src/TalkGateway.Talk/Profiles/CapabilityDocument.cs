using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace TalkGateway.Talk.Profiles;

/// <summary>What the gateway reads from a server's answer to <c>/cloud/capabilities</c>.</summary>
/// <param name="NextcloudVersion">Version of the server.</param>
/// <param name="HasTalk">Whether Talk publishes a section at all.</param>
/// <param name="Features">Talk's capabilities.</param>
/// <param name="TalkVersion">Talk's version where it is published (15.0 and later).</param>
/// <param name="HasExternalCallService">Whether a service for calls elsewhere is set up (25.0 and later).</param>
internal sealed record CapabilityDocument(
    Version? NextcloudVersion,
    bool HasTalk,
    FrozenSet<string> Features,
    Version? TalkVersion,
    bool HasExternalCallService = false)
{
    /// <summary>How annotations name that setting beside the features.</summary>
    public const string ExternalCallService = "config.call.external-call-service";

    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789.");

    /// <summary>Null where the body is no such document.</summary>
    public static CapabilityDocument? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (Member(Member(document.RootElement, "ocs"), "data") is not { ValueKind: JsonValueKind.Object } data)
            {
                return null;
            }

            var talk = Member(Member(data, "capabilities"), "spreed");
            return new CapabilityDocument(
                VersionOf(Member(data, "version")),
                talk is { ValueKind: JsonValueKind.Object },
                Texts(Member(talk, "features")),
                ParseVersion(Member(talk, "version")),
                Member(Member(Member(talk, "config"), "call"), "external-call-service") is { ValueKind: JsonValueKind.String } service
                    && service.GetString()!.Length != 0);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What the gateway makes of it. Without a section of Talk's it is taken for that of the only version that has none.</summary>
    public ServerProfile ToProfile() => new(
        HasExternalCallService ? Features.Append(ExternalCallService).ToFrozenSet(StringComparer.Ordinal) : Features,
        TalkVersion ?? (HasTalk ? TalkVersions.Infer(Features, NextcloudVersion?.Major) : TalkVersions.First),
        NextcloudVersion);

    /// <summary>Reads <c>25.0.0-alpha.1</c> and the like; what follows the numbers is dropped.</summary>
    public static Version? ParseVersion(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExcept(VersionCharacters);
        var numbers = (end < 0 ? text : text[..end]).TrimEnd('.');
        if (Version.TryParse(numbers, out var version))
        {
            return version;
        }

        return int.TryParse(numbers, NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? new Version(major, 0) : null;
    }

    private static Version? ParseVersion(JsonElement? element) =>
        element is { ValueKind: JsonValueKind.String } text ? ParseVersion(text.GetString()) : null;

    private static Version? VersionOf(JsonElement? version)
    {
        if (Number(version, "major") is not { } major)
        {
            return ParseVersion(Member(version, "string"));
        }

        return new Version(major, Number(version, "minor") ?? 0, Number(version, "micro") ?? 0);
    }

    // Members of what is no object (PHP writes an empty map as []) are missing.
    private static JsonElement? Member(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out var member) ? member : null;

    private static int? Number(JsonElement? element, string name) => Member(element, name) switch
    {
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt32(out var value) && value >= 0 => value,
        { ValueKind: JsonValueKind.String } text when int.TryParse(text.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) => value,
        _ => null,
    };

    private static FrozenSet<string> Texts(JsonElement? element)
    {
        // A list with gaps in its numbering is an object in PHP's JSON.
        var items = element switch
        {
            { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().AsEnumerable(),
            { ValueKind: JsonValueKind.Object } map => map.EnumerateObject().Select(p => p.Value),
            _ => [],
        };
        return items.Where(i => i.ValueKind == JsonValueKind.String).Select(i => i.GetString()!).ToFrozenSet(StringComparer.Ordinal);
    }
}
