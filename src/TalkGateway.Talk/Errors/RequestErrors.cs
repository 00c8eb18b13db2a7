using Google.Rpc;
using TalkGateway.Talk.Profiles;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Errors;

/// <summary>Statuses of calls that the gateway refuses before anything is sent, and of those whose answer it can't use.</summary>
internal static class RequestErrors
{
    /// <summary>The request breaks limits of the contract.</summary>
    public static Status Invalid(MethodPlan plan, InvalidRequestException cause)
    {
        var violations = new BadRequest();
        foreach (var violation in cause.Violations)
        {
            violations.FieldViolations.Add(new BadRequest.Types.FieldViolation { Field = violation.Field, Description = violation.Description });
        }

        var info = Statuses.Info(ErrorReasons.InvalidRequest, ErrorReasons.GatewayDomain);
        info.Metadata["operation"] = plan.OperationId;
        var first = cause.Violations[0];
        var text = first.Field.Length == 0 ? first.Description : $"{first.Field}: {first.Description}";
        return Statuses.Status(Code.InvalidArgument, cause.HasMore ? $"{text}; more than {cause.Violations.Count} values are wrong" : text, info, violations);
    }

    /// <summary>One field is wrong.</summary>
    public static Status Invalid(MethodPlan plan, string field, string description) =>
        Invalid(plan, new InvalidRequestException([new FieldViolation(field, description)]));

    /// <summary>The server can't do this at all.</summary>
    /// <param name="plan">The rpc.</param>
    /// <param name="server">The server.</param>
    /// <param name="missing">The capability or version that is missing.</param>
    /// <param name="field">The field that needs it; null when it is the rpc as a whole.</param>
    public static Status Unsupported(MethodPlan plan, ServerProfile server, string missing, string? field = null)
    {
        var version = server.Version?.ToString() ?? "unknown";
        var what = field is null ? plan.FullName : $"the field {field} of {plan.FullName}";
        var status = Statuses.Gateway(
            Code.Unimplemented,
            ErrorReasons.NotSupportedByServer,
            $"{what} needs {missing}, which this server (Talk {version}) does not have",
            ("operation", plan.OperationId),
            ("missing", missing),
            ("talk_version", version));
        return field is null ? status : status.Blaming(field, $"needs {missing}");
    }

    /// <summary>The rpc only works inside a joined room.</summary>
    public static Status SessionRequired(MethodPlan plan) => Statuses.Gateway(
        Code.FailedPrecondition,
        ErrorReasons.SessionRequired,
        $"{plan.FullName} only works in a joined room: send the session_token that JoinRoom answered as talk-session metadata",
        ("operation", plan.OperationId));

    /// <summary>The server's answer can be read, but does not hold what the gateway needs to go on.</summary>
    public static Status IncompleteAnswer(MethodPlan plan, string missing) => Statuses.Gateway(
        Code.Internal,
        ErrorReasons.MalformedAnswer,
        $"{plan.OperationId}: the server's answer lacks {missing}",
        ("operation", plan.OperationId));

    /// <summary>The server's answer can't be read.</summary>
    public static Status MalformedAnswer(MethodPlan plan, string upstream, int httpStatus, string what) => Statuses.Gateway(
        Code.Internal,
        ErrorReasons.MalformedAnswer,
        $"{plan.OperationId}: the server's answer can't be read: {what}",
        ("operation", plan.OperationId),
        ("upstream", upstream),
        ("http_status", Statuses.Text(httpStatus)));
}
