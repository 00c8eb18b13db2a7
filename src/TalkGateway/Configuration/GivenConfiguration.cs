using TalkGateway.Explorer;
using TalkGateway.PassThrough;
using TalkGateway.Talk.Upstream;

namespace TalkGateway.Configuration;

/// <summary>What the operator says: a file, environment variables and the command line, in rising order of precedence.</summary>
internal static class GivenConfiguration
{
    private const string EnvironmentPrefix = "TALKGATEWAY_";

    /// <summary>Key of the RPC layer's options.</summary>
    public const string RpcSection = "Rpc";

    private static readonly string[] Sections =
        [ListenAddress.Key, "Kestrel", "Logging", UpstreamsOptions.Section, SessionKeySettings.Section, RpcSection, CorsSettings.Section, PassThroughOptions.Section, ExplorerOptions.Section, SimulatorSettings.Section];

    /// <exception cref="ConfigurationException">The file cannot be read, or something is said that nothing reads.</exception>
    public static IConfiguration Read(CommandLineSettings settings)
    {
        var builder = new ConfigurationBuilder();
        if (settings.ConfigFile is { } file)
        {
            AddFile(builder, file);
        }

        var given = builder.AddEnvironmentVariables(EnvironmentPrefix).AddInMemoryCollection(settings.Keys).Build();
        given.RefuseUnknown(Sections);
        return given;
    }

    private static void AddFile(ConfigurationBuilder builder, FileInfo file)
    {
        if (!file.Exists)
        {
            throw new ConfigurationException("--config", file.FullName, "there is no such file");
        }

        try
        {
            // Read at once, so that a mistake in it is told as one.
            builder.AddConfiguration(new ConfigurationBuilder().AddJsonFile(file.FullName, optional: false).Build());
        }
        catch (InvalidDataException malformed)
        {
            throw new ConfigurationException("--config", file.FullName, $"it is no valid JSON: {malformed.InnerException?.Message ?? malformed.Message}");
        }
    }
}
