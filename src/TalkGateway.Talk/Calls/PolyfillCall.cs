using System.Buffers;
using Google.Protobuf;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Profiles;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Calls;

/// <summary>What a polyfill can do: let the rpc go on, or call other rpcs on the same caller's behalf.</summary>
/// <param name="call">The call.</param>
/// <param name="server">The server that is called.</param>
/// <param name="plan">The rpc.</param>
/// <param name="rpc">The rpc on this server.</param>
/// <param name="position">How many of its detours have been taken.</param>
internal sealed class PolyfillCall(TalkCall call, ServerProfile server, MethodPlan plan, ServerRpc rpc, int position)
{
    /// <summary>The server that is called.</summary>
    public ServerProfile Server => server;

    /// <summary>The rpc that the client called.</summary>
    public MethodPlan Plan => plan;

    /// <summary>The clock.</summary>
    public TimeProvider Time => call.Time;

    /// <summary>Every rpc of the contract.</summary>
    public PlanSet Plans => call.Rpcs.Plans;

    /// <summary>The server's profile now that the server published nothing of Talk: <see cref="Server"/> is empty for operations outside Talk's own API.</summary>
    public ValueTask<ServerProfile> DoubtedServerAsync(CancellationToken cancellationToken) => call.DoubtedServerAsync(cancellationToken);

    /// <summary>Takes what the server just told this caller of itself.</summary>
    public ServerProfile Learn(CapabilityDocument told) => call.Learn(told);

    /// <summary>Whether the caller has a session, in which rooms may be joined.</summary>
    public bool HasSession => call.Identity.Session is { } session && session.Cookies.HasSession();

    /// <summary>Id of the user who calls; null for guests, and where the server does not say it.</summary>
    public ValueTask<string?> UserAsync(CancellationToken cancellationToken) => call.ProveAsync(cancellationToken);

    /// <summary>Goes on with the next polyfill, or with the server.</summary>
    public async ValueTask<IMessage> NextAsync(IMessage request, CancellationToken cancellationToken)
    {
        if (position < rpc.Detours.Count)
        {
            return await rpc.Detours[position].InvokeAsync(new PolyfillCall(call, server, plan, rpc, position + 1), request, cancellationToken);
        }

        var response = new ArrayBufferWriter<byte>();
        (await call.SendOrRescueAsync(plan, server, rpc, request.ToByteArray(), response, cancellationToken)).ThrowIfFailed();
        return plan.Descriptor.OutputType.Parser.ParseFrom(response.WrittenSpan);
    }

    /// <summary>As <see cref="NextAsync(IMessage, CancellationToken)"/>, for a known type of response.</summary>
    public async ValueTask<TResponse> NextAsync<TResponse>(IMessage request, CancellationToken cancellationToken)
        where TResponse : IMessage => (TResponse)await NextAsync(request, cancellationToken);

    /// <summary>Calls another rpc, the one that takes <paramref name="request"/>, with its own polyfills.</summary>
    public async ValueTask<TResponse> CallAsync<TResponse>(IMessage request, CancellationToken cancellationToken)
        where TResponse : IMessage<TResponse>, new()
    {
        var response = new ArrayBufferWriter<byte>();
        (await call.InvokeAsync(PlanOf(request), request.ToByteArray(), response, cancellationToken)).ThrowIfFailed();
        var message = new TResponse();
        message.MergeFrom(response.WrittenSpan);
        return message;
    }

    /// <summary>As <see cref="CallAsync{TResponse}"/>, for an answer that may be as incomplete as the server gives it.</summary>
    public async ValueTask<TResponse> CallDirectAsync<TResponse>(IMessage request, CancellationToken cancellationToken)
        where TResponse : IMessage<TResponse>, new()
    {
        var response = new ArrayBufferWriter<byte>();
        (await call.InvokeDirectAsync(PlanOf(request), server, request.ToByteArray(), response, cancellationToken)).ThrowIfFailed();
        var message = new TResponse();
        message.MergeFrom(response.WrittenSpan);
        return message;
    }

    /// <summary>Calls another rpc for its effect alone.</summary>
    public async ValueTask CallAsync(IMessage request, CancellationToken cancellationToken) =>
        (await call.InvokeAsync(PlanOf(request), request.ToByteArray(), new ArrayBufferWriter<byte>(), cancellationToken)).ThrowIfFailed();

    /// <summary>What this server lacks for the rpc that takes <paramref name="request"/>; null if it can carry it out.</summary>
    public string? MissingFor(IMessage request) => call.Rpcs[server, PlanOf(request)].Missing;

    /// <summary>The request is refused for one of its fields.</summary>
    public TalkException Invalid(string field, string description) => new(RequestErrors.Invalid(plan, field, description));

    /// <summary>The server's answer does not hold what the polyfill needs.</summary>
    public TalkException Incomplete(string missing) => new(RequestErrors.IncompleteAnswer(plan, missing));

    /// <summary>The server lacks what the call needs.</summary>
    public TalkException Unsupported(string missing, string? field = null) => new(RequestErrors.Unsupported(plan, server, missing, field));

    private MethodPlan PlanOf(IMessage request) => call.Rpcs.PlanOf(request.Descriptor);
}
