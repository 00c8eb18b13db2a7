using System.Buffers;
using Microsoft.Extensions.ObjectPool;

namespace TalkGateway.Talk.Calls;

/// <summary>Keeps buffers of responses that are looked at before the client gets them. One that grew large is let go.</summary>
internal static class ResponsePool
{
    private const int MaxKept = 256;
    private const int MaxKeptBytes = 64 * 1024;

    private static readonly DefaultObjectPool<ArrayBufferWriter<byte>> Pool = new(new Policy(), MaxKept);

    public static ArrayBufferWriter<byte> Rent() => Pool.Get();

    public static void Return(ArrayBufferWriter<byte> response) => Pool.Return(response);

    private sealed class Policy : IPooledObjectPolicy<ArrayBufferWriter<byte>>
    {
        public ArrayBufferWriter<byte> Create() => new();

        public bool Return(ArrayBufferWriter<byte> obj)
        {
            obj.ResetWrittenCount();
            return obj.Capacity <= MaxKeptBytes;
        }
    }
}
