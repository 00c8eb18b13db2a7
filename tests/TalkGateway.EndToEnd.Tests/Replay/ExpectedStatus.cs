using System.Text.Json;
using Google.Rpc;
using TalkGateway.Testing;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>The canonical code that a client has to get for a recorded answer.</summary>
internal static class ExpectedStatus
{
    private static readonly Dictionary<int, Code> Common = new()
    {
        [400] = Code.InvalidArgument,
        [401] = Code.Unauthenticated,
        [403] = Code.PermissionDenied,
        [404] = Code.NotFound,
        [405] = Code.Unimplemented,
        [406] = Code.Unimplemented,
        [409] = Code.Aborted,
        [412] = Code.FailedPrecondition,
        [413] = Code.InvalidArgument,
        [422] = Code.Unavailable,
        [426] = Code.FailedPrecondition,
        [429] = Code.ResourceExhausted,
        [500] = Code.Internal,
        [501] = Code.Unimplemented,
        [502] = Code.Unavailable,
        [503] = Code.Unavailable,
    };

    /// <summary>The code by the rpc's own rules, the traps of the envelope, and the common table.</summary>
    public static Code Of(ReplayCase replayed)
    {
        var response = replayed.Exchange.Response;
        if (response.Status < 400 || replayed.Call?.Answer.EmptyOn.Contains((uint)response.Status) == true)
        {
            return Code.Ok;
        }

        var reason = response.Data.ValueKind == JsonValueKind.Object && response.Data.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.String
            ? error.GetString()
            : null;
        var own = replayed.Rpc!.Operation.Errors.FirstOrDefault(rule => rule.HttpStatus == response.Status && (rule.UpstreamReason.Length == 0 || rule.UpstreamReason == reason));
        if (own is { Code.Length: > 0 } && !IsNoAnswerOfTalk(response))
        {
            return Enum.Parse<Code>(own.Code.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);
        }

        return response.Status switch
        {
            // No such route, or a failure inside an old server.
            404 when IsNoAnswerOfTalk(response) => Code.Internal,

            // Refused as a cross-site request.
            412 when IsNoAnswerOfTalk(response) => Code.Internal,
            var status => Common[status],
        };
    }

    private static bool IsNoAnswerOfTalk(RecordedResponse response) =>
        response.Data.ValueKind == JsonValueKind.Undefined && response.Status is 404 or 412
        || (response.Status == 404 && response.Body.ValueKind == JsonValueKind.Object
            && response.Body.GetProperty("ocs").GetProperty("meta").GetProperty("statuscode").GetInt32() == 998);
}
