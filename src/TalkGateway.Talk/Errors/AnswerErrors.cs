using Google.Rpc;
using TalkGateway.Ocs.V1;
using TalkGateway.Talk.Capabilities;
using TalkGateway.Talk.Upstream;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Errors;

/// <summary>Turns a failure that the server answered into the status of the call.</summary>
internal static class AnswerErrors
{
    private const string MaintenanceHeader = "X-Nextcloud-Maintenance-Mode";

    /// <summary>Statuses travel in trailers, of which some clients take 8 KiB in all, and a message twice, with its details.</summary>
    private const int MaxText = 1000;

    /// <summary>The status of the call.</summary>
    public static TalkException From(MethodPlan plan, ServerProfile? server, string upstream, OcsAnswer answer, TimeProvider time)
    {
        _ = OcsEnvelope.TryRead(answer.Body.Span, out var failure);
        var upstreamReason = Upper(failure?.Reason);
        var rule = RuleFor(plan, answer, failure?.Reason);
        var reason = rule.Reason.Length != 0 && rule.Forced ? rule.Reason : upstreamReason ?? rule.Reason;
        var text = answer.IsNoSuchRoute ? rule.Message : Text(failure) ?? rule.Message;

        var info = Statuses.Info(reason, ErrorReasons.UpstreamDomain);
        info.Metadata["operation"] = plan.OperationId;
        info.Metadata["upstream"] = upstream;
        info.Metadata["http_status"] = Statuses.Text(answer.Status);
        if (failure is { StatusCode: not 0 })
        {
            info.Metadata["ocs_status"] = Statuses.Text(failure.StatusCode);
        }

        if (server is not null && plan.Family.Length != 0)
        {
            info.Metadata["api_version"] = Statuses.Text(server.ApiVersion(plan.Family));
        }

        if (server?.Version is { } version)
        {
            info.Metadata["talk_version"] = version.ToString();
        }

        var exception = new TalkException(Statuses.Status(rule.Code, $"{plan.OperationId}: {text}", info));
        return rule.Code is Code.ResourceExhausted or Code.Unavailable && UpstreamFailures.RetryDelay(answer, time) is { } delay
            ? exception.WithRetryAfter(delay)
            : exception;
    }

    /// <summary>What the server says to people: <c>data.message</c> is meant for them (password policies), <c>meta.message</c> mostly says nothing.</summary>
    private static string? Text(OcsFailure? failure)
    {
        var shown = failure?.Data.FirstOrDefault(member => member.Key == "message").Value;
        var text = (string.IsNullOrWhiteSpace(shown) ? failure?.Message : shown)?.Trim();
        return string.IsNullOrEmpty(text) ? null : text.Length <= MaxText ? text : text[..MaxText] + "…";
    }

    /// <summary>The server's word (<c>lobby-timer</c>) in the form ErrorInfo asks for (<c>LOBBY_TIMER</c>).</summary>
    internal static string? Upper(string? reason)
    {
        if (string.IsNullOrEmpty(reason) || reason.Length > 63)
        {
            return null;
        }

        return string.Create(reason.Length, reason, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                target[i] = char.IsAsciiLetterOrDigit(source[i]) ? char.ToUpperInvariant(source[i]) : '_';
            }
        });
    }

    private static (Code Code, string Reason, string Message, bool Forced) RuleFor(MethodPlan plan, OcsAnswer answer, string? upstreamReason)
    {
        // The rpc's own rules are about what Talk says; these two it did not say.
        if (answer.IsNoSuchRoute)
        {
            return (Code.Internal, ErrorReasons.NoSuchRoute, "the server failed inside while serving this, or has no such route although its capabilities promise it", true);
        }

        if (answer.IsCsrfFailure)
        {
            return (Code.Internal, ErrorReasons.CsrfCheckFailed, "the server took the request for a cross-site one: does a proxy strip the OCS-APIRequest header?", true);
        }

        // Servers before Nextcloud 30 say 401 to a user who would have to be an administrator.
        var status = answer.IsOfKnownCaller ? 403 : answer.Status;
        foreach (var rule in plan.Errors)
        {
            if (rule.HttpStatus == status && (rule.UpstreamReason.Length == 0 || rule.UpstreamReason == upstreamReason))
            {
                var usual = StatusRule.For(status);
                var isNamed = rule.Reason.Length != 0;
                return (CodeOf(rule), isNamed ? rule.Reason : usual.Reason, usual.Message, isNamed);
            }
        }

        if (answer.Header(MaintenanceHeader) == "1")
        {
            return (Code.Unavailable, ErrorReasons.Maintenance, "the server is in maintenance mode", true);
        }

        var general = StatusRule.For(status);
        return (general.Code, general.Reason, general.Message, false);
    }

    private static Code CodeOf(ErrorRule rule) =>
        Enum.Parse<Code>(rule.Code.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
}
