using System.Collections.Frozen;
using Google.Rpc;

namespace TalkGateway.Talk.Errors;

/// <summary>What an HTTP status of the Talk API means, unless the rpc's own error rules say otherwise.</summary>
/// <param name="HttpStatus">The status that the server answered.</param>
/// <param name="Code">The canonical code the client gets.</param>
/// <param name="Reason">ErrorInfo.reason where the server gave none.</param>
/// <param name="Message">The message where the server gave none.</param>
internal sealed record StatusRule(int HttpStatus, Code Code, string Reason, string Message)
{
    private static readonly FrozenDictionary<int, StatusRule> ByStatus = new StatusRule[]
    {
        new(400, Code.InvalidArgument, "BAD_REQUEST", "the server refused the request as it stands"),
        new(401, Code.Unauthenticated, "UNAUTHENTICATED", "the login is missing or not valid"),
        new(403, Code.PermissionDenied, "FORBIDDEN", "the caller may not do this here"),
        new(404, Code.NotFound, "NOT_FOUND", "there is no such thing"),
        new(405, Code.Unimplemented, "METHOD_NOT_ALLOWED", "the server does not offer this"),
        new(406, Code.Unimplemented, "FEDERATED_ROOM", "not possible in a room of another server"),
        new(409, Code.Aborted, "CONFLICT", "another session of the caller stands in the way"),
        new(412, Code.FailedPrecondition, "LOBBY", "the lobby of the room is active and keeps the caller out"),
        new(413, Code.InvalidArgument, "TOO_LONG", "the text is too long"),
        new(422, Code.Unavailable, "REMOTE_UNREACHABLE", "the server that hosts the room can't be reached"),
        new(426, Code.FailedPrecondition, "CLIENT_TOO_OLD", "the server demands a newer client"),
        new(429, Code.ResourceExhausted, "TOO_MANY_REQUESTS", "the server throttles the caller, or everybody behind the same address"),
        new(500, Code.Internal, "SERVER_ERROR", "the server failed inside"),
        new(501, Code.Unimplemented, "NOT_CONFIGURED", "the server is not set up for this"),
        new(502, Code.Unavailable, "BAD_GATEWAY", "the server behind its proxy can't be reached"),
        new(503, Code.Unavailable, "SERVICE_UNAVAILABLE", "the server is not available"),
        new(504, Code.Unavailable, "GATEWAY_TIMEOUT", "the server behind its proxy does not answer"),
    }.ToFrozenDictionary(rule => rule.HttpStatus);

    /// <summary>Every row, for the test that walks them.</summary>
    public static IEnumerable<StatusRule> All => ByStatus.Values;

    /// <summary>The rule of a status. Unlisted ones count by their class, as RFC 9110 §15 asks.</summary>
    public static StatusRule For(int httpStatus) =>
        ByStatus.GetValueOrDefault(httpStatus) ?? httpStatus switch
        {
            >= 300 and < 400 => new(httpStatus, Code.Internal, "UNEXPECTED_REDIRECT", "the server redirects: the configured address is not the server's own"),
            >= 400 and < 500 => ByStatus[400] with { HttpStatus = httpStatus },
            >= 500 => ByStatus[500] with { HttpStatus = httpStatus },
            _ => new(httpStatus, Code.Internal, "UNEXPECTED_STATUS", "the server answered with an unexpected status"),
        };
}
