using TalkGateway.Ocs.V1;

namespace TalkGateway.Transcoding.Compilation;

/// <summary>A test on a server, compiled.</summary>
internal sealed class ServerCondition
{
    private readonly string _family;
    private readonly string[] _allOf;
    private readonly string[] _anyOf;
    private readonly string[] _noneOf;
    private readonly Version? _since;
    private readonly Version? _before;
    private readonly uint _apiFrom;
    private readonly uint _apiTo;

    private ServerCondition(Condition condition, string family, Version? since, Version? before)
    {
        _family = family;
        _allOf = [.. condition.AllOf];
        _anyOf = [.. condition.AnyOf];
        _noneOf = [.. condition.NoneOf];
        _since = since;
        _before = before;
        _apiFrom = condition.ApiFrom;
        _apiTo = condition.ApiTo;
    }

    /// <summary>Null for no condition.</summary>
    public static ServerCondition? Compile(Condition? condition, string family, string where, Mistakes mistakes)
    {
        if (condition is null)
        {
            return null;
        }

        if (condition.AllOf.Concat(condition.AnyOf).Concat(condition.NoneOf).Any(name => name.Length == 0))
        {
            mistakes.Add($"{where} names an empty capability");
        }

        if (condition.ApiTo != 0 && condition.ApiTo < condition.ApiFrom)
        {
            mistakes.Add($"{where}: api_to is below api_from");
        }

        if (family.Length == 0 && (condition.ApiFrom != 0 || condition.ApiTo != 0))
        {
            mistakes.Add($"{where} tests the API version, but the operation has no family");
        }

        return new ServerCondition(condition, family, ParseVersion(condition.Since, where, mistakes), ParseVersion(condition.Before, where, mistakes));
    }

    public bool Holds(IServerFacts facts) => FindMissing(facts) is null;

    /// <summary>What the server lacks, in words; null where the condition holds.</summary>
    public string? FindMissing(IServerFacts facts)
    {
        if (_allOf.FirstOrDefault(name => !facts.HasCapability(name)) is { } lacking)
        {
            return lacking;
        }

        if (_anyOf.Length > 0 && !_anyOf.Any(facts.HasCapability))
        {
            return string.Join(" or ", _anyOf);
        }

        if (_noneOf.FirstOrDefault(facts.HasCapability) is { } excess)
        {
            return $"a server without {excess}";
        }

        if (_since is not null && (facts.Version is null || facts.Version < _since))
        {
            return $"{facts.Application} {_since} or newer";
        }

        if (_before is not null && (facts.Version is null || facts.Version >= _before))
        {
            return $"{facts.Application} before {_before}";
        }

        if (_apiFrom == 0 && _apiTo == 0)
        {
            return null;
        }

        var api = facts.ApiVersion(_family);
        if (api < _apiFrom)
        {
            return $"{_family} API v{_apiFrom} or newer";
        }

        return _apiTo != 0 && api > _apiTo ? $"{_family} API v{_apiTo} or older" : null;
    }

    private static Version? ParseVersion(string text, string where, Mistakes mistakes)
    {
        if (text.Length == 0)
        {
            return null;
        }

        if (!Version.TryParse(text, out var version))
        {
            mistakes.Add($"{where}: \"{text}\" is no version such as \"8.0\"");
        }

        return version;
    }
}
