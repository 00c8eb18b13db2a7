namespace TalkGateway.Rpc;

/// <summary>
/// Endpoint metadata: which request headers decide what a call answers, besides its message. HTTP caches learn it from answers to
/// Connect's GET requests (RFC 9111): an answer to a caller with a credential is kept by none of them.
/// </summary>
/// <param name="Credentials">Headers that say who calls.</param>
/// <param name="Others">Headers that decide otherwise.</param>
public sealed record RpcCallerHeaders(IReadOnlyList<string> Credentials, IReadOnlyList<string> Others)
{
    /// <summary>What counts where an endpoint says nothing.</summary>
    public static RpcCallerHeaders Default { get; } = new(["authorization", "cookie"], []);
}
