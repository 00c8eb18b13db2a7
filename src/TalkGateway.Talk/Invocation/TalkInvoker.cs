using System.Buffers;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Polyfills;
using TalkGateway.Talk.Sessions;
using TalkGateway.Talk.Upstream;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Invocation;

/// <summary>
/// Carries out calls of the contract: request message in, response message out, both as protobuf bytes. Everything that is
/// not in the bytes comes as <see cref="TalkCallMetadata"/>.
/// </summary>
public sealed class TalkInvoker
{
    private readonly UpstreamRegistry _upstreams;
    private readonly RouteTable _routes;
    private readonly TimeProvider _time;

    internal TalkInvoker(PlanSet plans, PolyfillSet polyfills, UpstreamRegistry upstreams, TimeProvider time)
    {
        Plans = plans;
        _upstreams = upstreams;
        _routes = new RouteTable(plans, polyfills);
        _time = time;
    }

    /// <summary>Every rpc that can be invoked.</summary>
    public PlanSet Plans { get; }

    /// <summary>Carries out one call.</summary>
    /// <param name="plan">The rpc, one of <see cref="Plans"/>.</param>
    /// <param name="metadata">What the call says besides its message.</param>
    /// <param name="request">The request message.</param>
    /// <param name="response">Receives the response message; untouched when the call fails.</param>
    /// <param name="cancellationToken">Ends the call, and the request to the server with it.</param>
    /// <returns>A new session token if the call opened or changed the caller's session, otherwise null.</returns>
    /// <exception cref="TalkException">The call failed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up or its deadline passed.</exception>
    public async ValueTask<string?> InvokeAsync(
        MethodPlan plan,
        TalkCallMetadata metadata,
        ReadOnlyMemory<byte> request,
        IBufferWriter<byte> response,
        CancellationToken cancellationToken)
    {
        TalkCall? call = null;
        try
        {
            call = Open(plan, metadata);
            if (plan.Session == Ocs.V1.SessionUse.Needs && call.Identity.Session is null)
            {
                // Whose login is wrong learns that, as of every other rpc.
                await call.ProveAsync(cancellationToken);
                throw RequestErrors.SessionRequired(plan);
            }

            await call.InvokeAsync(plan, request, response, cancellationToken);

            // Who opens a session finds its token in the response, though it may be one that goes on.
            var token = plan.Session == Ocs.V1.SessionUse.Opens ? call.SessionToken() : call.NewSessionToken();
            if (token is not null)
            {
                SessionTokenField.Append(plan, token, response);
            }

            return token;
        }
        catch (TalkException failure)
        {
            failure.SessionToken = call?.NewSessionToken();
            throw;
        }
        catch (UpstreamException failure)
        {
            var translated = UpstreamFailureTable.ToTalkException(failure);
            if (plan.Session == Ocs.V1.SessionUse.Opens && failure.Failure is { MayHaveArrived: true, IsOfRead: false })
            {
                // With the answer went the cookies of the session that it opened, so that nobody can leave with them.
                translated = translated.LeavingSessionBehind();
            }

            translated.SessionToken = call?.NewSessionToken();
            throw translated;
        }
    }

    private TalkCall Open(MethodPlan plan, TalkCallMetadata metadata)
    {
        var upstream = _upstreams.Resolve(metadata.Upstream, metadata.Authority);
        var credential = Credential.Parse(metadata.Authorization);
        var session = string.IsNullOrEmpty(metadata.SessionToken) ? null : upstream.OpenSession(metadata.SessionToken, credential);
        if (session is null && plan.Session == Ocs.V1.SessionUse.Opens)
        {
            session = new SessionJar();
        }

        var identity = new CallIdentity(credential, session, metadata.ClientAddress) { AcceptLanguage = metadata.AcceptLanguage };
        return new TalkCall(upstream, identity, Plans, _routes, _time);
    }
}
