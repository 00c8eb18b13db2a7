using Microsoft.Extensions.Logging;
using TalkGateway.Talk.Credentials;

namespace TalkGateway.Talk.Profiles;

/// <summary>Log messages about capabilities, event ids 2100 to 2199.</summary>
internal static partial class CapabilityLog
{
    [LoggerMessage(2101, LogLevel.Information, "Upstream {Upstream}: Talk {Talk} on Nextcloud {Nextcloud}, API versions {Api}")]
    public static partial void Learnt(ILogger logger, string upstream, Version? talk, Version? nextcloud, ApiVersions api);

    [LoggerMessage(2102, LogLevel.Warning, "Upstream {Upstream}: capabilities for credential {Credential} could not be renewed, the last known ones go on counting: {Reason}")]
    public static partial void Stale(ILogger logger, string upstream, CredentialKey credential, string reason);

    [LoggerMessage(2103, LogLevel.Error, "Upstream {Upstream}: reading the capabilities failed inside the gateway")]
    public static partial void Broken(ILogger logger, string upstream, Exception exception);
}
