using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Layout;

/// <summary>Who may know whom. What knows each other can only be understood, changed and tested together.</summary>
public sealed partial class LayoutTests
{
    private const string Talk = "TalkGateway.Talk";

    /// <summary>What the folders of the upstream side may use, each only what stands above it.</summary>
    private static readonly Dictionary<string, string[]> TalkArrows = new()
    {
        ["V1"] = [],
        ["Failures"] = [],
        ["Configuration"] = [],
        ["Credentials"] = ["Failures"],
        ["Sessions"] = ["Credentials", "Failures"],
        ["Transport"] = ["Configuration", "Credentials", "Failures", "Sessions"],
        ["Logins"] = ["Configuration", "Credentials", "Failures", "Sessions", "Transport"],
        ["Profiles"] = ["Configuration", "Credentials", "Failures", "Logins", "Sessions", "Transport"],
        ["Servers"] = ["Configuration", "Credentials", "Failures", "Logins", "Profiles", "Sessions", "Transport"],
        ["Errors"] = ["Credentials", "Failures", "Profiles", "Sessions", "Transport"],
        ["Calls"] = ["Credentials", "Errors", "Failures", "Logins", "Profiles", "Servers", "Sessions", "Transport", "V1"],
        ["Polyfills"] = ["Calls", "Errors", "Failures", "Profiles", "V1"],
    };

    /// <summary>The libraries and the program, but for one whose compiler, requests and answers still know each other. Their tests stand beside them.</summary>
    public static TheoryData<string> Projects =>
    [
        .. Directory.GetFiles(AppContext.BaseDirectory, "TalkGateway*.dll")
            .Select(path => Path.GetFileNameWithoutExtension(path))
            .Where(name => name != "TalkGateway.Transcoding" && !name.Contains("Test", StringComparison.Ordinal)),
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_two_namespaces_of_a_project_know_each_other(string project)
    {
        var graph = new Graph();
        foreach (var (user, all) in CompiledNamespaces.Of(Assembly.Load(project)).Uses)
        {
            foreach (var used in all.Where(used => user != project && used != project))
            {
                graph.Add(user, used);
            }
        }

        AssertNone(graph.Cycles());
    }

    [Fact]
    public void The_upstream_side_uses_itself_in_one_direction()
    {
        // What stands in no folder puts the others together.
        var wrong =
            from uses in CompiledNamespaces.Of(Assembly.Load(Talk)).Uses
            where uses.Key != Talk
            let allowed = TalkArrows[uses.Key[(Talk.Length + 1)..]].Select(name => $"{Talk}.{name}")
            from used in uses.Value.Except(allowed)
            select $"{uses.Key} → {used}";

        AssertNone(wrong);
    }

    [Fact]
    public void No_two_modules_of_the_explorer_import_each_other()
    {
        const string folder = "Explorer/Assets/";
        var program = Assembly.Load("TalkGateway");
        var graph = new Graph();
        foreach (var module in program.GetManifestResourceNames().Where(name => name.StartsWith(folder, StringComparison.Ordinal) && name.EndsWith(".js", StringComparison.Ordinal)))
        {
            using var text = new StreamReader(program.GetManifestResourceStream(module)!);
            foreach (Match import in Import().Matches(text.ReadToEnd()))
            {
                graph.Add("/" + module, new Uri(new Uri("http://explorer/" + module), import.Groups[1].Value).AbsolutePath);
            }
        }

        Assert.NotEmpty(graph.Uses);
        AssertNone(graph.Cycles());
    }

    [Fact]
    public void Who_can_be_reached_from_himself_is_found()
    {
        var graph = new Graph();
        graph.Add("a", "b");
        graph.Add("b", "c");
        graph.Add("c", "b");
        graph.Add("c", "c");
        graph.Add("c", "d");

        Assert.Equal(["b → c → b", "c → b → c"], graph.Cycles());
    }

    private static void AssertNone(IEnumerable<string> found) => Assert.Equal("", string.Join('\n', found));

    [GeneratedRegex(@"^(?:import|export)\b[^;""]*""(\.[^""]+)""", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Import();
}
