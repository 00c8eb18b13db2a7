using Google.Protobuf;
using TalkGateway.Talk.Capabilities;
using TalkGateway.Talk.Invocation;

namespace TalkGateway.Talk.Polyfills;

/// <summary>
/// Makes servers keep the contract that cannot do so in one request. Named in the contract's annotations; it works on typed
/// messages, since it only runs where it has something to do.
/// </summary>
internal abstract class Polyfill
{
    /// <summary>The name that annotations use.</summary>
    public abstract string Name { get; }

    /// <summary>Whether it has anything to do on such a server. Asked once per server profile and rpc.</summary>
    public abstract bool AppliesTo(ServerProfile server);

    /// <summary>Carries out the call, usually by way of <see cref="PolyfillCall.NextAsync"/>.</summary>
    public abstract ValueTask<IMessage> InvokeAsync(PolyfillCall call, IMessage request, CancellationToken cancellationToken);
}

/// <summary>A polyfill of one rpc.</summary>
internal abstract class Polyfill<TRequest, TResponse> : Polyfill
    where TRequest : class, IMessage
    where TResponse : class, IMessage
{
    /// <inheritdoc />
    public sealed override async ValueTask<IMessage> InvokeAsync(PolyfillCall call, IMessage request, CancellationToken cancellationToken) =>
        await InvokeAsync(call, (TRequest)request, cancellationToken);

    /// <summary>Carries out the call.</summary>
    protected abstract ValueTask<TResponse> InvokeAsync(PolyfillCall call, TRequest request, CancellationToken cancellationToken);
}
