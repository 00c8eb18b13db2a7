using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Failures;

namespace TalkGateway.Talk.Polyfills;

/// <summary>Undoes what a polyfill did before it failed.</summary>
internal static class Rollback
{
    /// <summary>Whether an exception is the failure of a call to the server, whatever the reason, and no mistake of the gateway's own.</summary>
    public static bool IsFailedCall(Exception exception) => exception is TalkException or UpstreamException or OperationCanceledException;

    /// <summary>
    /// Runs the undoing, for at most ten seconds and whether or not the caller is still there. If it fails too, the caller
    /// learns of the first failure, which is the one it can act on.
    /// </summary>
    /// <returns>Whether it worked.</returns>
    public static async Task<bool> TryAsync<T>(Func<CancellationToken, ValueTask<T>> undo, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10), time);
        try
        {
            await undo(limit.Token);
            return true;
        }
        catch (Exception failure) when (IsFailedCall(failure))
        {
            return false;
        }
    }
}
