using System.Reflection;
using TalkGateway.Configuration;
using TalkGateway.Explorer;
using TalkGateway.PassThrough;
using TalkGateway.Rpc;
using TalkGateway.Talk.Configuration;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Configuration;

/// <summary>docs/configuration.md says what the options types say.</summary>
public sealed class DocumentationTests
{
    private const string EveryServer = "…";

    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Configuration", "configuration.md"));

    [Theory]
    [InlineData(typeof(LimitSettings), LimitSettings.Section)]
    [InlineData(typeof(ShutdownSettings), ShutdownSettings.Section)]
    [InlineData(typeof(SessionKeySettings), SessionKeySettings.Section)]
    [InlineData(typeof(CorsSettings), CorsSettings.Section)]
    [InlineData(typeof(SimulatorSettings), SimulatorSettings.Section)]
    [InlineData(typeof(PassThroughOptions), PassThroughOptions.Section)]
    [InlineData(typeof(ExplorerOptions), ExplorerOptions.Section)]
    [InlineData(typeof(RpcServerOptions), GivenConfiguration.RpcSection)]
    [InlineData(typeof(UpstreamOptions), EveryServer)]
    public void Every_key_has_its_row(Type options, string section)
    {
        var keys = Keys(options, section).ToList();

        Assert.NotEmpty(keys);
        Assert.Empty(keys.Except(Documented()));
    }

    /// <summary>The keys of all rows: a row may go on with further keys of the section of its first one.</summary>
    private static IEnumerable<string> Documented()
    {
        foreach (var row in Page.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)))
        {
            var names = row.Split(" | ")[0].Split('`').Where((_, index) => index % 2 == 1).Select(name => name.Replace("Upstreams:Servers:{name}:", $"{EveryServer}:", StringComparison.Ordinal)).ToList();
            var section = names[0][..(names[0].LastIndexOf(':') + 1)];
            foreach (var name in names)
            {
                yield return name.Contains(':', StringComparison.Ordinal) ? name : section + name;
            }
        }
    }

    private static IEnumerable<string> Keys(Type options, string section) =>
        options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.Name != "EqualityContract").SelectMany(property =>
            property.PropertyType.Namespace == typeof(UpstreamOptions).Namespace
                ? Keys(property.PropertyType, $"{section}:{property.Name}")
                : [$"{section}:{property.Name}"]);
}
