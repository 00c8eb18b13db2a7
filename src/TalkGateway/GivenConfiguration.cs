using System.Text.RegularExpressions;
using TalkGateway.Configuration;
using TalkGateway.Explorer;
using TalkGateway.Hosting;
using TalkGateway.PassThrough;
using TalkGateway.Rpc;
using TalkGateway.Talk.Configuration;

namespace TalkGateway;

/// <summary>
/// What is configured: the file beside the program, a file of the operator's, environment variables and the command line, in rising
/// order of precedence. Nothing else is read, so that no variable of another program changes the gateway.
/// </summary>
internal static partial class GivenConfiguration
{
    private const string EnvironmentPrefix = "TALKGATEWAY_";
    private const string ProgramFile = "appsettings.json";

    /// <summary>Key of the RPC layer's options.</summary>
    public const string RpcSection = "Rpc";

    private static readonly Dictionary<string, Type> Sections = new(StringComparer.OrdinalIgnoreCase)
    {
        [ListenAddress.Key] = typeof(string),
        [TrustedProxies.Key] = typeof(IList<string>),
        [KestrelSettings.Section] = typeof(KestrelSettings),
        [LoggingSettings.Section] = typeof(LoggingSettings),
        [UpstreamsOptions.Section] = typeof(UpstreamsOptions),
        [SessionKeySettings.Section] = typeof(SessionKeySettings),
        [RpcSection] = typeof(RpcServerOptions),
        [CorsSettings.Section] = typeof(CorsSettings),
        [PassThroughOptions.Section] = typeof(PassThroughOptions),
        [ExplorerOptions.Section] = typeof(ExplorerOptions),
        [SimulatorSettings.Section] = typeof(SimulatorSettings),
        [ShutdownSettings.Section] = typeof(ShutdownSettings),
        [LimitSettings.Section] = typeof(LimitSettings),
    };

    /// <exception cref="ConfigurationException">A file cannot be read, or something is said that nothing reads.</exception>
    public static IConfiguration Read(CommandLineSettings settings)
    {
        var builder = new ConfigurationBuilder();
        AddFile(builder, ProgramFile, new FileInfo(Path.Combine(AppContext.BaseDirectory, ProgramFile)));
        if (settings.ConfigFile is { } file)
        {
            AddFile(builder, "--config", file);
        }

        var given = builder.AddInMemoryCollection(Variables()).AddInMemoryCollection(settings.Keys).Build();
        given.RefuseUnlike(Sections);
        return given;
    }

    private static IEnumerable<KeyValuePair<string, string?>> Variables() =>
        new ConfigurationBuilder().AddEnvironmentVariables(EnvironmentPrefix).Build().AsEnumerable().Where(variable => variable.Value is { } value && !IsServiceLink(variable.Key, value));

    /// <summary>
    /// Whether Kubernetes set the variable because a service of the namespace is called <c>talkgateway</c>, or begins so:
    /// <c>TALKGATEWAY_SERVICE_HOST</c>, <c>TALKGATEWAY_PORT=tcp://10.0.0.1:80</c>, <c>TALKGATEWAY_PORT_80_TCP_ADDR</c> and the like.
    /// </summary>
    private static bool IsServiceLink(string key, string value) => ServiceLinkPattern().IsMatch($"{key}={value}");

    [GeneratedRegex("^([A-Z0-9_]+_)?(SERVICE_HOST=|SERVICE_PORT(_[A-Z0-9_]+)?=|PORT=[a-z]+://|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?=)", RegexOptions.CultureInvariant)]
    private static partial Regex ServiceLinkPattern();

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
            throw new ConfigurationException(key, file.FullName, $"it is no valid JSON: {malformed.GetBaseException().Message}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException(key, file.FullName, $"the gateway cannot read it ({unreadable.Message}): let its user read the file");
        }
    }
}
