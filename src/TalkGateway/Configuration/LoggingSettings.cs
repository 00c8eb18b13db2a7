using System.Globalization;
using Microsoft.Extensions.Logging.Console;

namespace TalkGateway.Configuration;

/// <summary>
/// What is logged, as in every ASP.NET Core program. Configuration section <c>Logging</c>. The framework reads it itself; here it is
/// only checked, since the framework leaves out what it does not know and fails without naming the key.
/// </summary>
internal sealed class LoggingSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Logging";

    private static readonly string[] Formatters = [ConsoleFormatterNames.Simple, ConsoleFormatterNames.Json, ConsoleFormatterNames.Systemd];

    public Dictionary<string, LogLevel> LogLevel { get; } = [];

    public ConsoleSettings Console { get; } = new();

    /// <exception cref="ConfigurationException">A value cannot be used.</exception>
    public static IConfigurationSection Check(IConfiguration configuration)
    {
        configuration.Read<LoggingSettings>(Section).Console.Check($"{Section}:{nameof(Console)}");
        return configuration.GetSection(Section);
    }

    internal sealed class ConsoleSettings
    {
        public Dictionary<string, LogLevel> LogLevel { get; } = [];

        public LogLevel LogToStandardErrorThreshold { get; set; } = Microsoft.Extensions.Logging.LogLevel.None;

        public int MaxQueueLength { get; set; } = 1;

        public ConsoleLoggerQueueFullMode QueueFullMode { get; set; }

        public string FormatterName { get; set; } = ConsoleFormatterNames.Simple;

        public FormatterSettings FormatterOptions { get; } = new();

        public void Check(string path)
        {
            if (MaxQueueLength < 1)
            {
                throw new ConfigurationException($"{path}:{nameof(MaxQueueLength)}", MaxQueueLength.ToString(CultureInfo.InvariantCulture), "set it to 1 or more");
            }

            if (!Formatters.Contains(FormatterName, StringComparer.OrdinalIgnoreCase))
            {
                throw new ConfigurationException($"{path}:{nameof(FormatterName)}", FormatterName, $"set it to one of {string.Join(", ", Formatters)}");
            }

            try
            {
                DateTimeOffset.UnixEpoch.ToString(FormatterOptions.TimestampFormat, CultureInfo.InvariantCulture);
            }
            catch (FormatException)
            {
                throw new ConfigurationException(
                    $"{path}:{nameof(FormatterOptions)}:{nameof(FormatterOptions.TimestampFormat)}", FormatterOptions.TimestampFormat, "give a format of .NET for dates, such as 'HH:mm:ss '");
            }
        }
    }

    /// <summary>What the formatters take, each what it knows.</summary>
    internal sealed class FormatterSettings
    {
        public bool SingleLine { get; set; }

        public LoggerColorBehavior ColorBehavior { get; set; }

        public bool IncludeScopes { get; set; }

        public string? TimestampFormat { get; set; }

        public bool UseUtcTimestamp { get; set; }

        public JsonSettings JsonWriterOptions { get; } = new();
    }

    internal sealed class JsonSettings
    {
        public bool Indented { get; set; }
    }
}
