using System.Buffers;
using Google.Protobuf;
using TalkGateway.Talk.Capabilities;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Upstream;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Invocation;

/// <summary>
/// One call of a client and everything that is done for it: one identity, one upstream, and as many exchanges with it as the
/// polyfills need.
/// </summary>
internal sealed class TalkCall(UpstreamServer upstream, CallIdentity identity, PlanSet plans, RouteTable routes, TimeProvider time)
{
    private const string TalkHashHeader = "X-Nextcloud-Talk-Hash";

    public CallIdentity Identity => identity;

    public PlanSet Plans => plans;

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

    /// <summary>What this server makes of an rpc.</summary>
    public RouteTable.Entry RouteOf(ServerProfile server, MethodPlan plan) => routes[server, plan];

    /// <summary>The sealed session, if it is new or changed during this call.</summary>
    public string? NewSessionToken() => identity.Session is { HasChanged: true } ? SessionToken() : null;

    /// <summary>The sealed session, changed or not; null outside of one.</summary>
    public string? SessionToken() => identity.Session is { } session ? upstream.SealSession(session, identity.Credential) : null;

    /// <summary>Carries out an rpc, with the polyfills that have something to do on this server.</summary>
    /// <remarks>No asynchronous layer of its own where the server is known and no polyfill applies, as with most calls.</remarks>
    public ValueTask InvokeAsync(MethodPlan plan, ReadOnlyMemory<byte> request, IBufferWriter<byte> response, CancellationToken cancellationToken)
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
    public ValueTask SendOrRescueAsync(
        MethodPlan plan,
        ServerProfile server,
        RouteTable.Entry entry,
        ReadOnlyMemory<byte> request,
        IBufferWriter<byte> response,
        CancellationToken cancellationToken)
    {
        var sent = SendAsync(plan, server, entry, request, response, isRouteSure: IsIndependentOfServer(plan), cancellationToken);
        return entry.Rescue is null ? sent : RescueAsync(sent, plan, server, entry, request, response, cancellationToken);
    }

    /// <summary>Carries out an rpc in one exchange, with neither polyfills nor a completion of its answer.</summary>
    public ValueTask InvokeDirectAsync(
        MethodPlan plan, ServerProfile server, ReadOnlyMemory<byte> request, IBufferWriter<byte> response, CancellationToken cancellationToken) =>
        SendAsync(plan, server, RouteOf(server, plan), request, response, isRouteSure: false, cancellationToken);

    /// <summary>Checks what a polyfill is going to take apart, so that a mistake shows before anything is sent.</summary>
    private static void Check(MethodPlan plan, ServerProfile server, RouteTable.Entry entry, ReadOnlySpan<byte> request)
    {
        var scratch = UpstreamRequestPool.Rent();
        Write(plan, server, entry.Route!, request, scratch, isFilledLater: violation => entry.Detours.Any(detour => detour.Fills.Contains(violation.Field)));
        UpstreamRequestPool.Return(scratch);
    }

    private static IMessage Parse(MethodPlan plan, ReadOnlyMemory<byte> request)
    {
        try
        {
            return plan.Descriptor.InputType.Parser.ParseFrom(request.Span);
        }
        catch (InvalidProtocolBufferException malformed)
        {
            throw RequestErrors.Invalid(plan, new InvalidRequestException([new FieldViolation("", malformed.Message)]));
        }
    }

    private static bool IsIndependentOfServer(MethodPlan plan) => plan.Family.Length == 0;

    private async ValueTask InvokeOnceKnownAsync(
        ValueTask<ServerProfile> server, MethodPlan plan, ReadOnlyMemory<byte> request, IBufferWriter<byte> response, CancellationToken cancellationToken) =>
        await InvokeOnAsync(await server, plan, request, response, cancellationToken);

    private ValueTask InvokeOnAsync(
        ServerProfile server, MethodPlan plan, ReadOnlyMemory<byte> request, IBufferWriter<byte> response, CancellationToken cancellationToken)
    {
        var entry = RouteOf(server, plan);
        if (entry.Route is null)
        {
            throw RequestErrors.Unsupported(plan, server, entry.Missing!);
        }

        return plan.Completion is { } completion
            ? CompleteAsync(completion, plan, server, entry, request, response, cancellationToken)
            : CarryOutAsync(plan, server, entry, request, response, cancellationToken);
    }

    /// <summary>Carries out an rpc as far as one answer goes, with the detours that have something to do on this server.</summary>
    private ValueTask CarryOutAsync(
        MethodPlan plan,
        ServerProfile server,
        RouteTable.Entry entry,
        ReadOnlyMemory<byte> request,
        IBufferWriter<byte> response,
        CancellationToken cancellationToken) =>
        entry.Detours.Count != 0
            ? DetourAsync(plan, server, entry, request, response, cancellationToken)
            : SendOrRescueAsync(plan, server, entry, request, response, cancellationToken);

    private async ValueTask CompleteAsync(
        CompletionPlan completion,
        MethodPlan plan,
        ServerProfile server,
        RouteTable.Entry entry,
        ReadOnlyMemory<byte> request,
        IBufferWriter<byte> response,
        CancellationToken cancellationToken)
    {
        var answer = ResponsePool.Rent();
        await CarryOutAsync(plan, server, entry, request, answer, cancellationToken);
        if (!completion.IsComplete(answer.WrittenSpan))
        {
            var (asked, told) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
            completion.WriteRequest(request.Span, asked);
            try
            {
                await InvokeAsync(completion.Rpc, asked.WrittenMemory, told, cancellationToken);
                completion.WriteField(told.WrittenSpan, response);
            }
            catch (Exception failure) when (failure is TalkException or UpstreamException)
            {
                // What was asked for is done; to report it as failed because it can't be read back (any more) would be wrong.
            }
        }

        response.Write(answer.WrittenSpan);
        ResponsePool.Return(answer);
    }

    private async ValueTask DetourAsync(
        MethodPlan plan,
        ServerProfile server,
        RouteTable.Entry entry,
        ReadOnlyMemory<byte> request,
        IBufferWriter<byte> response,
        CancellationToken cancellationToken)
    {
        Check(plan, server, entry, request.Span);
        var result = await new PolyfillCall(this, server, plan, entry, position: 0).NextAsync(Parse(plan, request), cancellationToken);
        result.WriteTo(response);
    }

    private async ValueTask RescueAsync(
        ValueTask sent,
        MethodPlan plan,
        ServerProfile server,
        RouteTable.Entry entry,
        ReadOnlyMemory<byte> request,
        IBufferWriter<byte> response,
        CancellationToken cancellationToken)
    {
        try
        {
            await sent;
        }
        catch (UpstreamException lost) when (!lost.Failure.IsOfRead)
        {
            // Not what the gateway asks around it: that may be lost without harm to the call. The rescue goes on behind the detours,
            // and is not rescued itself.
            var alone = entry with { Rescue = null };
            var next = new PolyfillCall(this, server, plan, alone, position: entry.Detours.Count);
            var rescued = await entry.Rescue!.RescueAsync(next, Parse(plan, request), lost.Failure, cancellationToken);
            if (rescued is null)
            {
                throw;
            }

            rescued.WriteTo(response);
        }
    }

    private async ValueTask SendAsync(
        MethodPlan plan,
        ServerProfile server,
        RouteTable.Entry entry,
        ReadOnlyMemory<byte> request,
        IBufferWriter<byte> response,
        bool isRouteSure,
        CancellationToken cancellationToken)
    {
        var built = UpstreamRequestPool.Rent();
        var route = entry.Route!;
        Write(plan, server, route, request.Span, built);
        var sent = OcsRequestOf(plan, entry, built);
        using var answer = await upstream.Client.SendAsync(sent, identity, cancellationToken);

        // Only now: a request that failed may still be on its way out of the buffer.
        UpstreamRequestPool.Return(built);
        if (!isRouteSure && answer.IsNoSuchRoute)
        {
            // The server may have been upgraded since it was asked for its capabilities.
            var renewed = await upstream.Capabilities.RefreshAsync(identity, cancellationToken);
            if (Reroute(plan, renewed, request.Span, sent) is { } other)
            {
                await SendAsync(plan, renewed, other, request, response, isRouteSure: true, cancellationToken);
                return;
            }
        }

        Read(plan, server, route, answer, response);
    }

    /// <summary>Where the rpc goes on a server that was just asked again; null if it is where it was sent, so that nothing is sent twice.</summary>
    private RouteTable.Entry? Reroute(MethodPlan plan, ServerProfile renewed, ReadOnlySpan<byte> request, OcsRequest sent)
    {
        var entry = RouteOf(renewed, plan);
        if (entry.Route is null)
        {
            throw RequestErrors.Unsupported(plan, renewed, entry.Missing!);
        }

        var built = UpstreamRequestPool.Rent();
        Write(plan, renewed, entry.Route, request, built);
        var isOther = built.Method != sent.Method || !PathOf(built.PathAndQuery).SequenceEqual(PathOf(sent.PathAndQuery));
        UpstreamRequestPool.Return(built);
        return isOther ? entry : null;
    }

    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> pathAndQuery) =>
        pathAndQuery.IndexOf('?') is >= 0 and var query ? pathAndQuery[..query] : pathAndQuery;

    private static void Write(
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
        }
        catch (InvalidRequestException invalid) when (isFilledLater is null)
        {
            throw RequestErrors.Invalid(plan, invalid);
        }
        catch (InvalidRequestException invalid)
        {
            var wrong = invalid.Violations.Where(violation => !isFilledLater!(violation)).ToList();
            if (wrong.Count != 0)
            {
                throw RequestErrors.Invalid(plan, new InvalidRequestException(wrong, invalid.HasMore));
            }
        }
        catch (UnsupportedFieldException unsupported)
        {
            throw RequestErrors.Unsupported(plan, server, unsupported.Missing, unsupported.Field);
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

    private OcsRequest OcsRequestOf(MethodPlan plan, RouteTable.Entry entry, UpstreamRequest built) => new()
    {
        Method = built.Method,
        PathAndQuery = built.PathAndQuery,
        Body = built.Body,
        ContentType = built.ContentType,
        Headers = built.Headers,
        Repeatability = RepeatabilityOf(plan, built.Method),
        Stateful = identity.Session is not null,
        LongPoll = built.Wait,
        AnyFormat = entry.Route!.Format == Ocs.V1.AnswerFormat.Bytes,
    };

    private void Read(MethodPlan plan, ServerProfile server, Route route, OcsAnswer answer, IBufferWriter<byte> response)
    {
        if (!answer.IsSuccess && !route.IsEmptyStatus(answer.Status))
        {
            throw AnswerErrors.From(plan, server, upstream.Name, answer, time, identity);
        }

        if (TalkHash.Speaks(plan) && answer.Header(TalkHashHeader) is { } hash)
        {
            upstream.Capabilities.Observe(identity, hash);
        }

        try
        {
            route.ReadAnswer(answer.Status, answer, answer.Body.Span, response);
        }
        catch (MalformedAnswerException malformed)
        {
            throw RequestErrors.MalformedAnswer(plan, upstream.Name, answer.Status, malformed.Message, malformed);
        }
    }
}
