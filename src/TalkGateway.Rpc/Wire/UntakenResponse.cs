using TalkGateway.Memory;

namespace TalkGateway.Rpc.Wire;

/// <summary>Bytes that wait in the server until the caller takes them; disposed of with the response.</summary>
internal sealed class UntakenResponse(ByteBudget budget) : IDisposable
{
    // What fits besides the head of a response is not worth counting.
    private const int Negligible = 1024;

    private ByteHolding _holding = new(budget);

    /// <summary>Counts a response that is about to be handed to the server.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: there is no room.</exception>
    public static void Register(Microsoft.AspNetCore.Http.HttpResponse response, ByteBudget budget, int length)
    {
        if (length <= Negligible)
        {
            return;
        }

        var untaken = new UntakenResponse(budget);
        if (!untaken._holding.TryHold(length))
        {
            throw new RpcException(RpcStatusCode.ResourceExhausted, budget.Remedy);
        }

        response.RegisterForDispose(untaken);
    }

    public void Dispose() => _holding.Release();
}
