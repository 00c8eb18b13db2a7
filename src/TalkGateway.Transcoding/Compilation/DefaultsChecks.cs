using TalkGateway.Ocs.V1;

namespace TalkGateway.Transcoding.Compilation;

/// <summary>Checks what the files of a contract share. What is wrong with a use of it, the rpc tells.</summary>
internal sealed class DefaultsChecks(TranscodingOptions options, Mistakes mistakes)
{
    public void Check(Vocabulary vocabulary)
    {
        var (rules, errors) = (new HashSet<string>(), new HashSet<string>());
        foreach (var (file, defaults) in vocabulary.Defaults)
        {
            mistakes.Place = file.Name;
            if (defaults.Family.Length > 0 && !options.KnownFamilies.Contains(defaults.Family))
            {
                mistakes.Add($"the default family \"{defaults.Family}\" is unknown");
            }

            foreach (var named in defaults.Rules)
            {
                CheckName("rules", named.Name, rules);
                CheckRules(named);
            }

            foreach (var named in defaults.Errors)
            {
                CheckName("errors", named.Name, errors);
                foreach (var rule in named.Errors)
                {
                    ErrorRuleChecks.Check(rule, mistakes);
                }
            }
        }
    }

    private void CheckName(string what, string name, HashSet<string> taken)
    {
        if (name.Length == 0)
        {
            mistakes.Add($"some default {what} have no name");
        }
        else if (!taken.Add(name))
        {
            mistakes.Add($"the default {what} \"{name}\" are defined a second time");
        }
    }

    private void CheckRules(NamedRules named)
    {
        if (named.Rules is null)
        {
            mistakes.Add($"the default rules \"{named.Name}\" say nothing");
        }
        else if (!Annotations.TryParsePattern(named.Rules.Pattern, out _, out var problem))
        {
            mistakes.Add($"the default rules \"{named.Name}\" have the pattern \"{named.Rules.Pattern}\", {problem}");
        }
    }
}
