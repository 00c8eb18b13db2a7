using TalkGateway.Configuration;
using TalkGateway.Explorer;
using TalkGateway.Hosting;
using TalkGateway.PassThrough;
using TalkGateway.Talk.Configuration;

namespace TalkGateway;

/// <summary>
/// What is configured: the file beside the program, a file of the operator's, environment variables and the command line, in rising
/// order of precedence. Nothing else is read, so that no variable of another program changes the gateway.
/// </summary>
internal static class GivenConfiguration
{
    private const string EnvironmentPrefix = "TALKGATEWAY_";
    private const string ProgramFile = "appsettings.json";

    /// <summary>Key of the RPC layer's options.</summary>
    public const string RpcSection = "Rpc";

    private static readonly string[] Sections =
    [
        ListenAddress.Key, TrustedProxies.Key, KestrelSettings.Section, LoggingSettings.Section, UpstreamsOptions.Section, SessionKeySettings.Section, RpcSection, CorsSettings.Section,
        PassThroughOptions.Section, ExplorerOptions.Section, SimulatorSettings.Section, ShutdownSettings.Section, LimitSettings.Section,
    ];

    /// <exception cref="ConfigurationException">A file cannot be read, or something is said that nothing reads.</exception>
    public static IConfiguration Read(CommandLineSettings settings)
    {
        var builder = new ConfigurationBuilder();
        AddFile(builder, ProgramFile, new FileInfo(Path.Combine(AppContext.BaseDirectory, ProgramFile)));
        if (settings.ConfigFile is { } file)
        {
            AddFile(builder, "--config", file);
        }

        var given = builder.AddEnvironmentVariables(EnvironmentPrefix).AddInMemoryCollection(settings.Keys).Build();
        given.RefuseUnknown(Sections);
        return given;
    }

    private static void AddFile(ConfigurationBuilder builder, string key, FileInfo file)
    {
        if (!file.Exists)
        {
            throw new ConfigurationException(key, file.FullName, "there is no such file");
        }

        try
        {
            // Read at once, so that a mistake in it is told as one.
            builder.AddConfiguration(new ConfigurationBuilder().AddJsonFile(file.FullName, optional: false).Build());
        }
        catch (Exception malformed) when (malformed is InvalidDataException or FormatException)
        {
            throw new ConfigurationException(key, file.FullName, $"it is no valid JSON: {malformed.InnerException?.Message ?? malformed.Message}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(key, file.FullName, $"the gateway cannot read it ({unreadable.Message}): let its user read the file");
        }
    }
}
