using Microsoft.AspNetCore.Http;

namespace TalkGateway.Rpc.Protocols;

/// <summary>The names of status codes in Connect, and the HTTP statuses of unary errors (Connect protocol reference, "Error Codes").</summary>
internal static class ConnectCodes
{
    private static readonly (string Name, int HttpStatus)[] Codes =
    [
        ("ok", StatusCodes.Status200OK),
        ("canceled", StatusCodes.Status499ClientClosedRequest),
        ("unknown", StatusCodes.Status500InternalServerError),
        ("invalid_argument", StatusCodes.Status400BadRequest),
        ("deadline_exceeded", StatusCodes.Status504GatewayTimeout),
        ("not_found", StatusCodes.Status404NotFound),
        ("already_exists", StatusCodes.Status409Conflict),
        ("permission_denied", StatusCodes.Status403Forbidden),
        ("resource_exhausted", StatusCodes.Status429TooManyRequests),
        ("failed_precondition", StatusCodes.Status400BadRequest),
        ("aborted", StatusCodes.Status409Conflict),
        ("out_of_range", StatusCodes.Status400BadRequest),
        ("unimplemented", StatusCodes.Status501NotImplemented),
        ("internal", StatusCodes.Status500InternalServerError),
        ("unavailable", StatusCodes.Status503ServiceUnavailable),
        ("data_loss", StatusCodes.Status500InternalServerError),
        ("unauthenticated", StatusCodes.Status401Unauthorized),
    ];

    public static string Name(RpcStatusCode code) => Entry(code).Name;

    public static int HttpStatus(RpcStatusCode code) => Entry(code).HttpStatus;

    // Numbers without a meaning are unknown errors.
    private static (string Name, int HttpStatus) Entry(RpcStatusCode code) =>
        (uint)code < Codes.Length ? Codes[(int)code] : Codes[(int)RpcStatusCode.Unknown];
}
