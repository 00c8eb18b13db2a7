using System.Buffers;
using Google.Protobuf;
using Google.Rpc;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.Servers;
using TalkGateway.Talk.Transport;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Calls;

/// <summary>
/// One call of a client and everything that is done for it: one identity, one upstream, and as many exchanges with it as the
/// polyfills need.
/// </summary>
internal readonly struct TalkCall(UpstreamServer upstream, CallIdentity identity, ServerRpcs rpcs, TimeProvider time)
{
    private const string TalkHashHeader = "X-Nextcloud-Talk-Hash";

    public CallIdentity Identity => identity;

    public ServerRpcs Rpcs => rpcs;

    public TimeProvider Time => time;

    /// <summary>What the server can do for this caller.</summary>
    public ValueTask<ServerProfile> ServerAsync(CancellationToken cancellationToken) =>
        upstream.Capabilities.GetAsync(identity, cancellationToken);

    /// <summary>What the server can do for this caller, now that it published nothing of Talk.</summary>
    public ValueTask<ServerProfile> DoubtedServerAsync(CancellationToken cancellationToken) =>
        upstream.Capabilities.GetDoubtedAsync(identity, cancellationToken);

    /// <summary>Takes what the server just told this caller of itself.</summary>
    public ServerProfile Learn(CapabilityDocument told) => upstream.Capabilities.Learn(identity, told);

    /// <summary>Makes sure that the server accepts the caller's credential, if there is one, and says whose it is; null for guests.</summary>
    public ValueTask<string?> ProveAsync(CancellationToken cancellationToken) => upstream.Client.ProveAsync(identity, cancellationToken);

    /// <summary>The sealed session, if it is new or changed during this call.</summary>
    public string? NewSessionToken() => identity.Session is { HasChanged: true } ? SessionToken() : null;

    /// <summary>The sealed session, changed or not; null outside of one.</summary>
    public string? SessionToken() => identity.Session is { } session ? upstream.SealSession(session, identity.Credential) : null;

    /// <summary>Carries out an rpc, with the polyfills that have something to do on this server.</summary>
    /// <remarks>No asynchronous layer of its own where the server is known and no polyfill applies, as with most calls.</remarks>
    public ValueTask<TalkOutcome> InvokeAsync(MethodPlan plan, ReadOnlyMemory<byte> request, IBufferWriter<byte> response, CancellationToken cancellationToken)
    {
        // Operations outside Talk's own API are the same everywhere, and some answer while the server does not say what it can.
        if (IsIndependentOfServer(plan))
        {
            return InvokeOnAsync(ServerProfile.Unknown, plan, request, response, cancellationToken);
        }

        var server = ServerAsync(cancellationToken);
        return server.IsCompletedSuccessfully
            ? InvokeOnAsync(server.Result, plan, request, response, cancellationToken)
            : InvokeOnceKnownAsync(server, plan, request, response, cancellationToken);
    }

    /// <summary>Carries out an rpc in one exchange, as the route says, or as its rescue does when that exchange is lost.</summary>
    public ValueTask<TalkOutcome> SendOrRescueAsync(
        MethodPlan plan,
        ServerProfile server,
        ServerRpc rpc,
        ReadOnlyMemory<byte> request,
        IBufferWriter<byte> response,
        CancellationToken cancellationToken)
    {
        var sent = SendAsync(plan, server, rpc, request, response, isRouteSure: IsIndependentOfServer(plan), cancellationToken);
        return rpc.Rescue is null ? sent : RescueAsync(sent, plan, server, rpc, request, response, cancellationToken);
    }

    /// <summary>Carries out an rpc in one exchange, with neither polyfills nor a completion of its answer.</summary>
    public ValueTask<TalkOutcome> InvokeDirectAsync(
        MethodPlan plan, ServerProfile server, ReadOnlyMemory<byte> request, IBufferWriter<byte> response, CancellationToken cancellationToken) =>
        SendAsync(plan, server, rpcs[server, plan], request, response, isRouteSure: false, cancellationToken);

    /// <summary>Checks what a polyfill is going to take apart, so that a mistake shows before anything is sent.</summary>
    private static Status? Check(MethodPlan plan, ServerProfile server, ServerRpc rpc, ReadOnlySpan<byte> request)
    {
        var scratch = UpstreamRequestPool.Rent();
        var refusal = Write(plan, server, rpc.Route!, request, scratch, isFilledLater: violation => rpc.Detours.Any(detour => detour.Fills.Contains(violation.Field)));
        UpstreamRequestPool.Return(scratch);
        return refusal;
    }

    private static IMessage Parse(MethodPlan plan, ReadOnlyMemory<byte> request)
    {
        try
        {
            return plan.Descriptor.InputType.Parser.ParseFrom(request.Span);
        }
        catch (InvalidProtocolBufferException malformed)
        {
            throw new TalkException(RequestErrors.Invalid(plan, "", malformed.Message), malformed);
        }
    }

    private static bool IsIndependentOfServer(MethodPlan plan) => plan.Family.Length == 0;

    private async ValueTask<TalkOutcome> InvokeOnceKnownAsync(
        ValueTask<ServerProfile> server, MethodPlan plan, ReadOnlyMemory<byte> request, IBufferWriter<byte> response, CancellationToken cancellationToken)
    {
        ServerProfile known;
        try
        {
            known = await server;
        }
        catch (UpstreamException untold)
        {
            return TalkOutcome.Of(untold);
        }

        return await InvokeOnAsync(known, plan, request, response, cancellationToken);
    }

    private ValueTask<TalkOutcome> InvokeOnAsync(
        ServerProfile server, MethodPlan plan, ReadOnlyMemory<byte> request, IBufferWriter<byte> response, CancellationToken cancellationToken)
    {
        var rpc = rpcs[server, plan];
        if (rpc.Route is null)
        {
            return new(TalkOutcome.Failed(RequestErrors.Unsupported(plan, server, rpc.Missing!)));
        }

        return plan.Completion is { } completion
            ? CompleteAsync(completion, plan, server, rpc, request, response, cancellationToken)
            : CarryOutAsync(plan, server, rpc, request, response, cancellationToken);
    }

    /// <summary>Carries out an rpc as far as one answer goes, with the detours that have something to do on this server.</summary>
    private ValueTask<TalkOutcome> CarryOutAsync(
        MethodPlan plan,
        ServerProfile server,
        ServerRpc rpc,
        ReadOnlyMemory<byte> request,
        IBufferWriter<byte> response,
        CancellationToken cancellationToken) =>
        rpc.Detours.Count != 0
            ? DetourAsync(plan, server, rpc, request, response, cancellationToken)
            : SendOrRescueAsync(plan, server, rpc, request, response, cancellationToken);

    private async ValueTask<TalkOutcome> CompleteAsync(
        CompletionPlan completion,
        MethodPlan plan,
        ServerProfile server,
        ServerRpc rpc,
        ReadOnlyMemory<byte> request,
        IBufferWriter<byte> response,
        CancellationToken cancellationToken)
    {
        var answer = ResponsePool.Rent();
        var outcome = await CarryOutAsync(plan, server, rpc, request, answer, cancellationToken);
        if (outcome.Failure is not null)
        {
            ResponsePool.Return(answer);
            return outcome;
        }

        if (!completion.IsComplete(answer.WrittenSpan))
        {
            var (asked, told) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
            completion.WriteRequest(request.Span, asked);

            // What was asked for is done; to report it as failed because it can't be read back (any more) would be wrong.
            if ((await InvokeAsync(completion.Rpc, asked.WrittenMemory, told, cancellationToken)).Failure is null)
            {
                completion.WriteField(told.WrittenSpan, response);
            }
        }

        response.Write(answer.WrittenSpan);
        ResponsePool.Return(answer);
        return outcome;
    }

    private async ValueTask<TalkOutcome> DetourAsync(
        MethodPlan plan,
        ServerProfile server,
        ServerRpc rpc,
        ReadOnlyMemory<byte> request,
        IBufferWriter<byte> response,
        CancellationToken cancellationToken)
    {
        if (Check(plan, server, rpc, request.Span) is { } refusal)
        {
            return TalkOutcome.Failed(refusal);
        }

        try
        {
            var result = await new PolyfillCall(this, server, plan, rpc, position: 0).NextAsync(Parse(plan, request), cancellationToken);
            result.WriteTo(response);
            return default;
        }
        catch (Exception failure) when (failure is TalkException or UpstreamException)
        {
            return TalkOutcome.Of(failure);
        }
    }

    private async ValueTask<TalkOutcome> RescueAsync(
        ValueTask<TalkOutcome> sent,
        MethodPlan plan,
        ServerProfile server,
        ServerRpc rpc,
        ReadOnlyMemory<byte> request,
        IBufferWriter<byte> response,
        CancellationToken cancellationToken)
    {
        var outcome = await sent;
        if (outcome.Lost is not { IsOfRead: false } lost)
        {
            // Well, refused, or what the gateway asks around the call was lost, without harm to it.
            return outcome;
        }

        try
        {
            // The rescue goes on behind the detours, and is not rescued itself.
            var next = new PolyfillCall(this, server, plan, rpc with { Rescue = null }, position: rpc.Detours.Count);
            if (await rpc.Rescue!.RescueAsync(next, Parse(plan, request), lost, cancellationToken) is not { } rescued)
            {
                return outcome;
            }

            rescued.WriteTo(response);
            return default;
        }
        catch (Exception failure) when (failure is TalkException or UpstreamException)
        {
            return TalkOutcome.Of(failure);
        }
    }

    private async ValueTask<TalkOutcome> SendAsync(
        MethodPlan plan,
        ServerProfile server,
        ServerRpc rpc,
        ReadOnlyMemory<byte> request,
        IBufferWriter<byte> response,
        bool isRouteSure,
        CancellationToken cancellationToken)
    {
        var built = UpstreamRequestPool.Rent();
        var route = rpc.Route!;
        if (Write(plan, server, route, request.Span, built) is { } refusal)
        {
            UpstreamRequestPool.Return(built);
            return TalkOutcome.Failed(refusal);
        }

        var sent = OcsRequestOf(plan, rpc, built);
        var exchange = await upstream.Client.SendAsync(sent, identity, cancellationToken);
        if (exchange.Failure is { } lost)
        {
            return TalkOutcome.Unanswered(lost);
        }

        // Only now: a request that failed may still be on its way out of the buffer.
        using var answer = exchange.Answer!;
        UpstreamRequestPool.Return(built);
        return !isRouteSure && answer.IsNoSuchRoute
            ? await RerouteAsync(plan, server, route, answer, sent, request, response, cancellationToken)
            : Read(plan, server, route, answer, response);
    }

    /// <summary>The server may have been upgraded since it was asked for its capabilities.</summary>
    private async ValueTask<TalkOutcome> RerouteAsync(
        MethodPlan plan,
        ServerProfile server,
        Route route,
        OcsAnswer answer,
        OcsRequest sent,
        ReadOnlyMemory<byte> request,
        IBufferWriter<byte> response,
        CancellationToken cancellationToken)
    {
        ServerProfile renewed;
        try
        {
            renewed = await upstream.Capabilities.RefreshAsync(identity, cancellationToken);
        }
        catch (UpstreamException failure)
        {
            // The server answered the call itself, so that nothing of it is lost and nothing to rescue.
            return TalkOutcome.Failed(UpstreamFailureTable.ToStatus(failure.Failure), failure.Failure.Cause);
        }

        var rpc = rpcs[renewed, plan];
        if (rpc.Route is null)
        {
            return TalkOutcome.Failed(RequestErrors.Unsupported(plan, renewed, rpc.Missing!));
        }

        return LeadsElsewhere(plan, renewed, rpc.Route, request.Span, sent)
            ? await SendAsync(plan, renewed, rpc, request, response, isRouteSure: true, cancellationToken)
            : Read(plan, server, route, answer, response);
    }

    /// <summary>Whether the rpc goes elsewhere on a server that was just asked again. If not, nothing is sent twice.</summary>
    private static bool LeadsElsewhere(MethodPlan plan, ServerProfile renewed, Route route, ReadOnlySpan<byte> request, OcsRequest sent)
    {
        // A request that this server refuses is refused by those who send it.
        var built = UpstreamRequestPool.Rent();
        var isOther = Write(plan, renewed, route, request, built) is not null
            || built.Method != sent.Method
            || !PathOf(built.PathAndQuery).SequenceEqual(PathOf(sent.PathAndQuery));
        UpstreamRequestPool.Return(built);
        return isOther;
    }

    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> pathAndQuery) =>
        pathAndQuery.IndexOf('?') is >= 0 and var query ? pathAndQuery[..query] : pathAndQuery;

    /// <summary>Writes the request to the server, or says why the client's is refused.</summary>
    private static Status? Write(
        MethodPlan plan,
        ServerProfile server,
        Route route,
        ReadOnlySpan<byte> request,
        UpstreamRequest target,
        Func<FieldViolation, bool>? isFilledLater = null)
    {
        try
        {
            route.WriteRequest(request, target);
            return null;
        }
        catch (InvalidRequestException invalid) when (isFilledLater is null)
        {
            return RequestErrors.Invalid(plan, invalid);
        }
        catch (InvalidRequestException invalid)
        {
            var wrong = invalid.Violations.Where(violation => !isFilledLater!(violation)).ToList();
            return wrong.Count == 0 ? null : RequestErrors.Invalid(plan, new InvalidRequestException(wrong, invalid.HasMore));
        }
        catch (UnsupportedFieldException unsupported)
        {
            return RequestErrors.Unsupported(plan, server, unsupported.Missing, unsupported.Field);
        }
    }

    private static Repeatability RepeatabilityOf(MethodPlan plan, HttpMethod method)
    {
        if (plan.NoSideEffects)
        {
            return Repeatability.Safe;
        }

        // A second DELETE finds nothing to delete, and would report as failed what the first one did.
        return plan.Idempotent && method != HttpMethod.Delete ? Repeatability.Idempotent : Repeatability.Once;
    }

    private OcsRequest OcsRequestOf(MethodPlan plan, ServerRpc rpc, UpstreamRequest built) => new()
    {
        Method = built.Method,
        PathAndQuery = built.PathAndQuery,
        Body = built.Body,
        ContentType = built.ContentType,
        Headers = built.Headers,
        Repeatability = RepeatabilityOf(plan, built.Method),
        Stateful = identity.Session is not null,
        LongPoll = built.Wait,
        AnyFormat = rpc.Route!.Format == Ocs.V1.AnswerFormat.Bytes,
    };

    private TalkOutcome Read(MethodPlan plan, ServerProfile server, Route route, OcsAnswer answer, IBufferWriter<byte> response)
    {
        if (!answer.IsSuccess && !route.IsEmptyStatus(answer.Status))
        {
            return TalkOutcome.Failed(AnswerErrors.From(plan, server, upstream.Name, answer, time, identity));
        }

        if (TalkHash.Speaks(plan) && answer.Header(TalkHashHeader) is { } hash)
        {
            upstream.Capabilities.Observe(identity, hash);
        }

        try
        {
            route.ReadAnswer(answer.Status, answer, answer.Body.Span, response);
            return default;
        }
        catch (MalformedAnswerException malformed)
        {
            return TalkOutcome.Failed(RequestErrors.MalformedAnswer(plan, upstream.Name, answer.Status, malformed.Message), malformed);
        }
    }
}
