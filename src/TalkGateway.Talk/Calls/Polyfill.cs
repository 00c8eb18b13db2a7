using Google.Protobuf.Reflection;
using Google.Protobuf;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Profiles;

namespace TalkGateway.Talk.Calls;

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

    /// <summary>Whether it can work on the messages of an rpc. Asked at start of every rpc that names it.</summary>
    public abstract bool Fits(MethodDescriptor rpc);
}

/// <summary>A polyfill that takes the call, on servers where it applies, and goes on from there.</summary>
internal abstract class Detour : Polyfill
{
    /// <summary>Request fields, by proto path, that the client may leave out because the polyfill finds them.</summary>
    public virtual IReadOnlyList<string> Fills => [];

    /// <summary>Carries out the call, usually by way of <see cref="PolyfillCall.NextAsync(IMessage, CancellationToken)"/>.</summary>
    public abstract ValueTask<IMessage> InvokeAsync(PolyfillCall call, IMessage request, CancellationToken cancellationToken);
}

/// <summary>A detour of one rpc.</summary>
internal abstract class Detour<TRequest, TResponse> : Detour
    where TRequest : class, IMessage
    where TResponse : class, IMessage
{
    /// <inheritdoc />
    public sealed override bool Fits(MethodDescriptor rpc) => rpc.InputType.ClrType == typeof(TRequest) && rpc.OutputType.ClrType == typeof(TResponse);

    /// <inheritdoc />
    public sealed override async ValueTask<IMessage> InvokeAsync(PolyfillCall call, IMessage request, CancellationToken cancellationToken) =>
        await InvokeAsync(call, (TRequest)request, cancellationToken);

    /// <summary>Carries out the call.</summary>
    protected abstract ValueTask<TResponse> InvokeAsync(PolyfillCall call, TRequest request, CancellationToken cancellationToken);
}

/// <summary>A polyfill that steps in after the exchange with the server was lost. Until then the call goes its direct way, bytes to bytes.</summary>
internal abstract class Rescue : Polyfill
{
    /// <summary>Tries to save the call.</summary>
    /// <returns>The response, or null if there is nothing to be done, and the call fails as it did.</returns>
    public abstract ValueTask<IMessage?> RescueAsync(PolyfillCall call, IMessage request, UpstreamFailure failure, CancellationToken cancellationToken);
}
