namespace TalkGateway.Talk.Errors;

/// <summary>
/// What <c>ErrorInfo</c> can say. Reasons that a Talk server gave itself are not listed: they are the server's own word in
/// UPPER_SNAKE_CASE (<c>lobby-timer</c> becomes <c>LOBBY_TIMER</c>) under <see cref="UpstreamDomain"/>.
/// </summary>
public static class ErrorReasons
{
    /// <summary>Domain of failures that the Talk server answered.</summary>
    public const string UpstreamDomain = "talk.nextcloud";

    /// <summary>Domain of failures that the gateway found itself.</summary>
    public const string GatewayDomain = "talkgateway";

    /// <summary>The request breaks a limit of the contract; see BadRequest.</summary>
    public const string InvalidRequest = "INVALID_REQUEST";

    /// <summary>The server lacks what the rpc, or one field of it, needs; metadata <c>missing</c> names it.</summary>
    public const string NotSupportedByServer = "NOT_SUPPORTED_BY_SERVER";

    /// <summary>No participant of the room has the given attendee id, actor or session.</summary>
    public const string AttendeeNotFound = "ATTENDEE_NOT_FOUND";

    /// <summary>A second ErrorInfo of a failed CreateRoom: the room exists all the same, metadata <c>token</c>.</summary>
    public const string RoomLeftBehind = "ROOM_LEFT_BEHIND";

    /// <summary>A second ErrorInfo of a failed join: the caller may be in the room all the same, until the server drops the session for being silent.</summary>
    public const string SessionLeftBehind = "SESSION_LEFT_BEHIND";

    /// <summary>The rpc only works inside a joined room, and the call carried no <c>talk-session</c>.</summary>
    public const string SessionRequired = "SESSION_REQUIRED";

    /// <summary>The <c>talk-session</c> metadata is no session token of this gateway, upstream and credential, or too old.</summary>
    public const string SessionInvalid = "SESSION_INVALID";

    /// <summary>The <c>authorization</c> metadata can't be valid.</summary>
    public const string MalformedCredential = "MALFORMED_CREDENTIAL";

    /// <summary>The server refused this credential a moment ago, so it was not asked again; see RetryInfo.</summary>
    public const string CredentialRefusedBefore = "CREDENTIAL_REFUSED_BEFORE";

    /// <summary><c>talk-upstream</c> names no configured upstream.</summary>
    public const string UnknownUpstream = "UNKNOWN_UPSTREAM";

    /// <summary>Talk is not installed on the server, or not enabled for this user.</summary>
    public const string TalkNotAvailable = "TALK_NOT_AVAILABLE";

    /// <summary>The server can't be reached, broke off, or is given a rest after repeated failures.</summary>
    public const string UpstreamUnavailable = "UPSTREAM_UNAVAILABLE";

    /// <summary>No connection to the server became free in time: the gateway has as many as it may. Nothing was sent.</summary>
    public const string UpstreamBusy = "UPSTREAM_BUSY";

    /// <summary>As many calls as may wait for news at the server already do; see RetryInfo. Nothing was sent.</summary>
    public const string TooManyLongPolls = "TOO_MANY_LONG_POLLS";

    /// <summary>The gateway holds as many bytes of answers as it may. The server has carried out the call; see RetryInfo for reads.</summary>
    public const string TooManyAnswers = "TOO_MANY_ANSWERS";

    /// <summary>The gateway stops, and the call only waited for news: call again, and another gateway answers.</summary>
    public const string GatewayStopping = "GATEWAY_STOPPING";

    /// <summary>The connection broke after a write was sent, or a proxy answered in the place of the server: it may or may not have happened. Always with the code UNKNOWN.</summary>
    public const string OutcomeUnknown = "OUTCOME_UNKNOWN";

    /// <summary>The server did not answer in time.</summary>
    public const string UpstreamTimeout = "UPSTREAM_TIMEOUT";

    /// <summary>The server's answer can't be read: HTML, half a document, another shape.</summary>
    public const string MalformedAnswer = "MALFORMED_ANSWER";

    /// <summary>The server's answer is longer than the gateway is configured to read; ask for less at a time.</summary>
    public const string AnswerTooLarge = "ANSWER_TOO_LARGE";

    /// <summary>The server says it has no such route although its capabilities promise it; servers up to Nextcloud 20 also say so when they fail inside.</summary>
    public const string NoSuchRoute = "NO_SUCH_ROUTE";

    /// <summary>The server is in maintenance mode.</summary>
    public const string Maintenance = "MAINTENANCE";

    /// <summary>The server refused the request as cross-site: a proxy between gateway and server strips <c>OCS-APIRequest</c>.</summary>
    public const string CsrfCheckFailed = "CSRF_CHECK_FAILED";
}
