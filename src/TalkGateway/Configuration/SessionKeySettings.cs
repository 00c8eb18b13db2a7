namespace TalkGateway.Configuration;

/// <summary>The keys that seal session tokens. Configuration section <c>Sessions</c>.</summary>
public sealed class SessionKeySettings
{
    /// <summary>The configuration section.</summary>
    internal const string Section = "Sessions";

    /// <summary>
    /// Directory of the keys, shared by all replicas. Empty: the platform's default for the user the gateway runs as, which
    /// survives restarts on one machine only.
    /// </summary>
    public string KeyDirectory { get; set; } = "";

    /// <summary>The directory, made where it is not there yet; null for the platform's default.</summary>
    /// <exception cref="ConfigurationException">It can't be made.</exception>
    internal DirectoryInfo? OpenDirectory()
    {
        if (KeyDirectory.Length == 0)
        {
            return null;
        }

        try
        {
            return Directory.CreateDirectory(KeyDirectory);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigurationException($"{Section}:{nameof(KeyDirectory)}", KeyDirectory, $"name a directory that the gateway may write to ({failure.Message})");
        }
    }
}
