using Microsoft.Extensions.ObjectPool;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Calls;

/// <summary>Keeps request buffers for the next call. One that grew large is let go.</summary>
internal static class UpstreamRequestPool
{
    private const int MaxKept = 256;
    private const int MaxKeptBody = 64 * 1024;

    private static readonly DefaultObjectPool<UpstreamRequest> Pool = new(new Policy(), MaxKept);

    public static UpstreamRequest Rent() => Pool.Get();

    public static void Return(UpstreamRequest request) => Pool.Return(request);

    private sealed class Policy : IPooledObjectPolicy<UpstreamRequest>
    {
        public UpstreamRequest Create() => new();

        public bool Return(UpstreamRequest obj)
        {
            if (obj.Body.Length > MaxKeptBody)
            {
                return false;
            }

            obj.Reset();
            return true;
        }
    }
}
