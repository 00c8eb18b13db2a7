using Microsoft.Extensions.Logging;

namespace TalkGateway.Rpc;

internal static partial class RpcLog
{
    [LoggerMessage(1, LogLevel.Debug, "{Method} ended with {Code}.")]
    public static partial void CallRefused(ILogger logger, string method, RpcStatusCode code, Exception? exception);

    [LoggerMessage(2, LogLevel.Debug, "{Method} was cancelled.")]
    public static partial void CallCancelled(ILogger logger, string method);

    [LoggerMessage(3, LogLevel.Error, "The handler of {Method} failed.")]
    public static partial void HandlerFailed(ILogger logger, string method, Exception exception);

    [LoggerMessage(4, LogLevel.Debug, "The handler of {Method} failed after its caller had gone or its deadline had passed.")]
    public static partial void HandlerFailedAfterItsCall(ILogger logger, string method, Exception exception);

    [LoggerMessage(5, LogLevel.Debug, "{Method} exceeded its deadline of {Timeout}.")]
    public static partial void DeadlineExceeded(ILogger logger, string method, TimeSpan timeout);

    [LoggerMessage(7, LogLevel.Debug, "The answer of {Method} was not taken.")]
    public static partial void AnswerNotTaken(ILogger logger, string method, Exception exception);

    [LoggerMessage(6, LogLevel.Debug, "A request to {Path} was refused with HTTP {StatusCode}.")]
    public static partial void RequestRefused(ILogger logger, string path, int statusCode);
}
