using Google.Rpc;
using TalkGateway.Ocs.V1;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.Transport;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Errors;

/// <summary>Turns a failure that the server answered into the status of the call.</summary>
internal static class AnswerErrors
{
    private const string MaintenanceHeader = "X-Nextcloud-Maintenance-Mode";

    /// <summary>Statuses travel in trailers, of which some clients take 8 KiB in all, and a message twice, with its details.</summary>
    private const int MaxText = 1000;

    // Nextcloud itself refuses what misses a parameter or is out of range, with an empty answer.
    private const string NamelessParameter = "the server does not accept a value of the request, and does not say which one";

    private const string NotTalk =
        "what answers is not Talk: a proxy, or a Nextcloud that does not trust the name by which the gateway calls it (trusted_domains)";

    /// <summary>For one value of ErrorInfo.metadata.</summary>
    private const int MaxMetadata = 500;

    /// <summary>The status of the call.</summary>
    /// <param name="plan">The rpc.</param>
    /// <param name="server">What is known of the server.</param>
    /// <param name="upstream">The server's name.</param>
    /// <param name="answer">What it answered.</param>
    /// <param name="time">The clock.</param>
    /// <param name="caller">Who called, to say what that caller can do about it.</param>
    public static Status From(MethodPlan plan, ServerProfile? server, string upstream, OcsAnswer answer, TimeProvider time, CallIdentity? caller = null)
    {
        var failure = answer.Envelope;
        var word = UpstreamWords.IsWord(failure?.Reason) ? failure!.Reason : null;
        var verdict = Judge(plan, answer, failure, word);
        var text = verdict.IsWhole ? verdict.Text : Text(verdict.Text, word, failure) + Advice(plan, verdict.Code, caller);

        var info = Statuses.Info(verdict.Reason, ErrorReasons.UpstreamDomain);
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

        foreach (var member in verdict.Metadata)
        {
            if (failure?.Find(member) is { } value)
            {
                info.Metadata[Lower(member)] = Short(value, MaxMetadata);
            }
        }

        var status = Statuses.Status(verdict.Code, $"{plan.OperationId}: {text}", info);
        if (verdict.Field is { } field)
        {
            status.Blaming(field, text);
        }

        return verdict.Code is Code.ResourceExhausted or Code.Unavailable && UpstreamFailures.RetryDelay(answer, time) is { } delay
            ? status.WithRetryAfter(delay)
            : status;
    }

    /// <summary>The server's word (<c>lobby-timer</c>) in the form ErrorInfo asks for (<c>LOBBY_TIMER</c>); null for a sentence.</summary>
    internal static string? Upper(string? reason) => UpstreamWords.IsWord(reason) ? reason!.Replace('-', '_').ToUpperInvariant() : null;

    private static Verdict Judge(MethodPlan plan, OcsAnswer answer, OcsFailure? failure, string? word)
    {
        // The rpc's own rules are about what Talk says; these two it did not say.
        if (answer.IsNoSuchRoute)
        {
            return new(Code.Internal, ErrorReasons.NoSuchRoute, "the server failed inside while serving this, or has no such route although its capabilities promise it", IsWhole: true);
        }

        if (answer.IsCsrfFailure)
        {
            return new(Code.Internal, ErrorReasons.CsrfCheckFailed, "the server took the request for a cross-site one: does a proxy strip the OCS-APIRequest header?", IsWhole: true);
        }

        // Servers before Nextcloud 30 say 401 to a user who would have to be an administrator.
        var status = answer.IsOfKnownCaller ? 403 : answer.Status;
        var usual = StatusRule.For(status);
        if (status == 400 && failure is null && plan.AnswerFormat != AnswerFormat.Bytes)
        {
            return new(usual.Code, usual.Reason, answer.Body.IsEmpty ? NamelessParameter : NotTalk);
        }

        var rule = plan.Errors.FirstOrDefault(rule => Fits(rule, status, failure, word));
        if (rule is null && answer.Header(MaintenanceHeader) == "1")
        {
            return new(Code.Unavailable, ErrorReasons.Maintenance, "the server is in maintenance mode", IsWhole: true);
        }

        var code = rule is { Code.Length: > 0 } ? CodeOf(rule) : usual.Code;
        var field = rule is { Field.Length: > 0 } ? rule.Field : code == Code.InvalidArgument ? ParameterNamed(plan, word) : null;
        return new(code, rule is { Reason.Length: > 0 } ? rule.Reason : Upper(word) ?? usual.Reason, Known(plan, rule, code, field, word) ?? usual.Message)
        {
            Field = field,
            Metadata = rule?.Metadata ?? [],
        };
    }

    /// <summary>What is known of the cause, the most particular first; null if nothing is.</summary>
    private static string? Known(MethodPlan plan, ErrorRule? rule, Code code, string? field, string? word)
    {
        var own = rule is { Message.Length: > 0 } ? rule.Message : null;
        if (own is not null && (word is null || rule!.UpstreamReason.Length != 0 || rule.Field.Length != 0))
        {
            return own;
        }

        return field is not null ? $"the server does not accept {field}"
            : UpstreamWords.TextOf(word) ?? own ?? (code == Code.NotFound ? Missing(plan) : null);
    }

    private static bool Fits(ErrorRule rule, int status, OcsFailure? failure, string? word) =>
        rule.HttpStatus == status
        && (rule.UpstreamReason.Length == 0 || rule.UpstreamReason == word)
        && (rule.Member.Length == 0 || failure?.Has(rule.Member) == true);

    private static Code CodeOf(ErrorRule rule) =>
        Enum.Parse<Code>(rule.Code.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    /// <summary>The request field that the server calls by this word: <c>object-type</c> is its parameter <c>objectType</c>.</summary>
    private static string? ParameterNamed(MethodPlan plan, string? word)
    {
        var name = word?.Replace('-', '_').ToLowerInvariant();
        return plan.Descriptor.InputType.Fields.InDeclarationOrder().FirstOrDefault(field => field.Name == name)?.Name;
    }

    /// <summary>What it is that was not found, where the server does not say.</summary>
    private static string Missing(MethodPlan plan) => plan switch
    {
        { Session: SessionUse.Needs } => "there is no such room, or the session that was sent as talk-session has not joined it or has ended: join it (again)",
        _ when plan.Descriptor.InputType.FindFieldByName("token") is not null => "there is no such room, or the caller is not in it",
        _ => StatusRule.For(404).Message,
    };

    /// <summary>The gateway's words, the server's word, and what the server says to people.</summary>
    private static string Text(string known, string? word, OcsFailure? failure)
    {
        // `data.message` is meant for people (password policies), `meta.message` mostly says nothing.
        var said = failure?.Find("message")?.Trim() is { Length: > 0 } shown ? shown : failure?.Message?.Trim();
        var text = word is null ? known : $"{known} ({word})";
        return Short(string.IsNullOrEmpty(said) ? text : $"{text}: {said}", MaxText);
    }

    /// <summary>Guests take part within sessions, and a server does not know one who forgot to send it.</summary>
    private static string Advice(MethodPlan plan, Code code, CallIdentity? caller) =>
        code == Code.NotFound && plan.Session == SessionUse.Unspecified && caller is { Credential.Scheme: CredentialScheme.None, Session: null }
            ? "; guests have to join a room first (JoinRoom), and to send the session_token of its answer as talk-session metadata"
            : "";

    private static string Short(string text, int length) => text.Length <= length ? text : text[..length] + "…";

    private static string Lower(string member) =>
        string.Concat(member.Select(c => char.IsAsciiLetterUpper(c) ? "_" + char.ToLowerInvariant(c) : $"{c}"));

    /// <summary>What a failure comes to.</summary>
    /// <param name="Code">The canonical code.</param>
    /// <param name="Reason">ErrorInfo.reason.</param>
    /// <param name="Text">What people read.</param>
    /// <param name="IsWhole">Nothing that the server says adds to it.</param>
    private sealed record Verdict(Code Code, string Reason, string Text, bool IsWhole = false)
    {
        /// <summary>The request field at fault; null where it is none, or nobody knows which.</summary>
        public string? Field { get; init; }

        /// <summary>Members of <c>data</c> to repeat.</summary>
        public IReadOnlyList<string> Metadata { get; init; } = [];
    }
}
