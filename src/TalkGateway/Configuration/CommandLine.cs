using System.CommandLine;

namespace TalkGateway.Configuration;

/// <summary>The command line: short names for the configuration keys that people type by hand.</summary>
internal static class CommandLine
{
    private static readonly Option<string> Upstream = new("--upstream")
    {
        Description = "Address of the Nextcloud to stand in front of, such as https://cloud.example.com",
        HelpName = "url",
    };

    private static readonly Option<string> Simulate = new("--simulate")
    {
        Description = "Serve the embedded Talk simulator, in this version profile (3.0 to 25), instead of a real Nextcloud",
        HelpName = "version",
    };

    private static readonly Option<string> Listen = new("--listen")
    {
        Description = "Address to listen on, such as http://127.0.0.1:8080; port 0 takes a free one",
        HelpName = "url",
    };

    private static readonly Option<string[]> PassThrough = new("--pass-through")
    {
        Description = "'off', or the path prefixes that are passed through to the Nextcloud; everything is by default",
        HelpName = "off|prefix",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<FileInfo> ConfigFile = new("--config")
    {
        Description = "A JSON file with configuration keys (docs/configuration.md)",
        HelpName = "file",
    };

    /// <summary>Runs <paramref name="run"/> with the configuration that the arguments stand for.</summary>
    public static Task<int> InvokeAsync(string[] args, Func<CommandLineSettings, CancellationToken, Task<int>> run)
    {
        var root = new RootCommand("TalkGateway: a typed gRPC front-end to Nextcloud Talk.") { Upstream, Simulate, Listen, PassThrough, ConfigFile };
        root.SetAction((result, cancellationToken) =>
        {
            var keys = new Dictionary<string, string?>();
            Set(keys, "Upstreams:Servers:default:Address", result.GetValue(Upstream));
            Set(keys, "Simulator:Profile", result.GetValue(Simulate));
            Set(keys, ListenAddress.Key, result.GetValue(Listen));
            SetPassThrough(keys, result.GetValue(PassThrough));
            return run(new CommandLineSettings(result.GetValue(ConfigFile), keys), cancellationToken);
        });
        return RunAsync(root.Parse(args));
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        // Signals are the host's, which lets calls in flight finish; otherwise the process would end two seconds after one.
        var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
        return parsed.Errors.Count == 0 ? code : GatewayHost.ConfigurationIsWrong;
    }

    private static void Set(Dictionary<string, string?> keys, string key, string? value)
    {
        if (value is not null)
        {
            keys[key] = value;
        }
    }

    private static void SetPassThrough(Dictionary<string, string?> keys, string[]? values)
    {
        if (values is ["off"])
        {
            keys["PassThrough:Enabled"] = "false";
            return;
        }

        foreach (var (index, prefix) in (values ?? []).Index())
        {
            keys[$"PassThrough:Prefixes:{index}"] = prefix;
        }
    }
}

/// <summary>What the command line asked for.</summary>
/// <param name="ConfigFile">A configuration file to read besides appsettings.json.</param>
/// <param name="Keys">Configuration keys that win over files and environment.</param>
internal sealed record CommandLineSettings(FileInfo? ConfigFile, IReadOnlyDictionary<string, string?> Keys);
