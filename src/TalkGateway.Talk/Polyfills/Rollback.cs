using TalkGateway.Talk.Errors;

namespace TalkGateway.Talk.Polyfills;

/// <summary>Undoes what a polyfill did before it failed.</summary>
internal static class Rollback
{
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
        catch (Exception failure) when (failure is TalkException or Upstream.UpstreamException or OperationCanceledException)
        {
            return false;
        }
    }
}
