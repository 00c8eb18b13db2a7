using TalkGateway.Memory;

namespace TalkGateway.Rpc;

/// <summary>
/// What all calls together may hold in memory. A singleton that a host registers before <see cref="RpcServiceCollectionExtensions.AddRpc"/>;
/// without it nothing is bounded but single messages.
/// </summary>
/// <param name="Requests">Bytes of requests that have come in and are not carried out yet.</param>
/// <param name="Responses">Bytes of responses that callers have not taken yet.</param>
public sealed record RpcBudgets(ByteBudget Requests, ByteBudget Responses);
