using Microsoft.Extensions.Logging;
using TalkGateway.Talk.Credentials;

namespace TalkGateway.Talk.Transport;

/// <summary>Log messages about upstreams, event ids 2000 to 2099. Credentials appear as their keys only.</summary>
internal static partial class UpstreamLog
{
    [LoggerMessage(2001, LogLevel.Debug, "Upstream {Upstream}: attempt {Attempt} failed, trying again in {Delay}: {Reason}")]
    public static partial void Retrying(ILogger logger, string upstream, int attempt, TimeSpan delay, string reason);

    [LoggerMessage(2002, LogLevel.Warning, "Upstream {Upstream}: too many failures, refusing calls for {Break}: {Reason}")]
    public static partial void CircuitOpened(ILogger logger, string upstream, TimeSpan @break, string reason);

    [LoggerMessage(2003, LogLevel.Information, "Upstream {Upstream}: reachable again")]
    public static partial void CircuitClosed(ILogger logger, string upstream);

    [LoggerMessage(2004, LogLevel.Warning, "Upstream {Upstream}: {Reason}")]
    public static partial void Redirected(ILogger logger, string upstream, string reason);

    [LoggerMessage(2005, LogLevel.Information, "Upstream {Upstream} refused credential {Credential}")]
    public static partial void CredentialRefused(ILogger logger, string upstream, CredentialKey credential);

    [LoggerMessage(2006, LogLevel.Warning, "Upstream {Upstream} throttles requests (429), {Count} times so far. If all callers share the gateway's address, add it to trusted_proxies on the server")]
    public static partial void Throttled(ILogger logger, string upstream, long count);

    [LoggerMessage(2007, LogLevel.Debug, "Upstream {Upstream} ended the login session of credential {Credential}")]
    public static partial void LoginSessionEnded(ILogger logger, string upstream, CredentialKey credential);

    [LoggerMessage(2008, LogLevel.Information, "Upstream {Upstream} keeps no login session for credential {Credential}: every request logs in")]
    public static partial void LoginSessionUnusable(ILogger logger, string upstream, CredentialKey credential);

    [LoggerMessage(2009, LogLevel.Warning, "Upstream {Upstream}: long polls are refused, since {Limit} wait already. If the server has workers for more, raise LongPolls:{Option}")]
    public static partial void LongPollsFull(ILogger logger, string upstream, string option, int limit);
}
