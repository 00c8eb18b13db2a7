namespace TalkGateway.Configuration;

/// <summary>What is logged, as in every ASP.NET Core program. Configuration section <c>Logging</c>.</summary>
internal static class LoggingSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Logging";

    private const string LevelSection = "LogLevel";
    private const string ConsoleSection = "Console";

    /// <exception cref="ConfigurationException">A key is unknown, or a level is none.</exception>
    public static IConfigurationSection Check(IConfiguration configuration)
    {
        var logging = configuration.GetSection(Section);
        logging.RefuseUnknown([LevelSection, ConsoleSection]);
        logging.GetSection(LevelSection).RefuseUnlike(typeof(Dictionary<string, LogLevel>));
        logging.GetSection($"{ConsoleSection}:{LevelSection}").RefuseUnlike(typeof(Dictionary<string, LogLevel>));
        return logging;
    }
}
