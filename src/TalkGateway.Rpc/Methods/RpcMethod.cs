using Google.Protobuf.Reflection;

namespace TalkGateway.Rpc.Methods;

/// <summary>A method with its handler; one type per kind of call and of handler.</summary>
internal abstract class RpcMethod(MethodDescriptor descriptor)
{
    public MethodDescriptor Descriptor { get; } = descriptor;

    /// <summary>Reads the request, runs the handler and hands its messages to the exchange.</summary>
    public abstract ValueTask InvokeAsync(RpcExchange exchange);
}
