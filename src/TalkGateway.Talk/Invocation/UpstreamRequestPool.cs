using System.Collections.Concurrent;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Invocation;

/// <summary>Keeps request buffers for the next call. One that grew large is let go.</summary>
internal static class UpstreamRequestPool
{
    private const int MaxKept = 256;
    private const int MaxKeptBody = 64 * 1024;

    private static readonly ConcurrentBag<UpstreamRequest> Kept = [];

    public static UpstreamRequest Rent() => Kept.TryTake(out var request) ? request : new UpstreamRequest();

    public static void Return(UpstreamRequest request)
    {
        if (request.Body.Length <= MaxKeptBody && Kept.Count < MaxKept)
        {
            request.Reset();
            Kept.Add(request);
        }
    }
}
