using System.Buffers;
using TalkGateway.Ocs.V1;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Servers;
using TalkGateway.Talk.Sessions;
using TalkGateway.Talk.Transport;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Calls;

/// <summary>
/// Carries out calls of the contract: request message in, response message out, both as protobuf bytes. Everything that is
/// not in the bytes comes as <see cref="TalkCallMetadata"/>.
/// </summary>
public sealed class TalkInvoker
{
    private readonly UpstreamRegistry _upstreams;
    private readonly ServerRpcs _rpcs;
    private readonly TimeProvider _time;

    internal TalkInvoker(PlanSet plans, PolyfillSet polyfills, UpstreamRegistry upstreams, TimeProvider time)
    {
        _upstreams = upstreams;
        _rpcs = new ServerRpcs(plans, polyfills);
        _time = time;
    }

    /// <summary>Every rpc that can be invoked.</summary>
    public PlanSet Plans => _rpcs.Plans;

    /// <summary>Carries out one call.</summary>
    /// <param name="plan">The rpc, one of <see cref="Plans"/>.</param>
    /// <param name="metadata">What the call says besides its message.</param>
    /// <param name="request">The request message.</param>
    /// <param name="response">Receives the response message; untouched when the call fails.</param>
    /// <param name="cancellationToken">Ends the call, and the request to the server with it.</param>
    /// <exception cref="OperationCanceledException">The caller gave up or its deadline passed.</exception>
    public ValueTask<TalkOutcome> InvokeAsync(
        MethodPlan plan, in TalkCallMetadata metadata, ReadOnlyMemory<byte> request, IBufferWriter<byte> response, CancellationToken cancellationToken)
    {
        TalkCall call;
        try
        {
            call = Open(plan, metadata);
        }
        catch (UpstreamException refused)
        {
            return new(TalkOutcome.Unanswered(refused.Failure));
        }

        if (call.Identity.Session is null)
        {
            return plan.Session == SessionUse.Needs
                ? RefuseAsync(call, plan, cancellationToken)
                : call.InvokeAsync(plan, request, response, cancellationToken);
        }

        return InvokeInSessionAsync(call, plan, request, response, cancellationToken);
    }

    /// <summary>Asks for a session; but whose login is wrong learns that, as of every other rpc.</summary>
    private static async ValueTask<TalkOutcome> RefuseAsync(TalkCall call, MethodPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            await call.ProveAsync(cancellationToken);
            return TalkOutcome.Failed(RequestErrors.SessionRequired(plan));
        }
        catch (UpstreamException unproven)
        {
            return TalkOutcome.Of(unproven);
        }
    }

    private static async ValueTask<TalkOutcome> InvokeInSessionAsync(
        TalkCall call, MethodPlan plan, ReadOnlyMemory<byte> request, IBufferWriter<byte> response, CancellationToken cancellationToken)
    {
        var outcome = await call.InvokeAsync(plan, request, response, cancellationToken);
        if (plan.Session == SessionUse.Opens && outcome.Lost is { MayHaveArrived: true, IsOfRead: false })
        {
            // With the answer went the cookies of the session that it opened, so that nobody can leave with them.
            outcome = outcome.LeavingSessionBehind();
        }

        // Who opens a session finds its token in the response, though it may be one that goes on.
        var isWell = outcome.Failure is null;
        var token = isWell && plan.Session == SessionUse.Opens ? call.SessionToken() : call.NewSessionToken();
        if (isWell && token is not null)
        {
            SessionTokenField.Append(plan, token, response);
        }

        return outcome with { SessionToken = token };
    }

    private TalkCall Open(MethodPlan plan, in TalkCallMetadata metadata)
    {
        var upstream = _upstreams.Resolve(metadata.Upstream, metadata.Authority);
        var credential = Credential.Parse(metadata.Authorization);
        var session = !string.IsNullOrEmpty(metadata.SessionToken) ? upstream.OpenSession(metadata.SessionToken, credential)
            : plan.Session == SessionUse.Opens ? new SessionJar()
            : null;
        var identity = new CallIdentity(credential, session, metadata.ClientAddress) { AcceptLanguage = metadata.AcceptLanguage };
        return new TalkCall(upstream, identity, _rpcs, _time);
    }
}
