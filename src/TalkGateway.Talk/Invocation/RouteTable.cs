using System.Runtime.CompilerServices;
using TalkGateway.Ocs.V1;
using TalkGateway.Talk.Capabilities;
using TalkGateway.Talk.Polyfills;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Invocation;

/// <summary>What one server makes of every rpc, worked out once per server profile.</summary>
internal sealed class RouteTable(PlanSet plans, PolyfillSet polyfills)
{
    private readonly ConditionalWeakTable<ServerProfile, Entry?[]> _tables = [];

    /// <summary>The rpc on this server.</summary>
    public Entry this[ServerProfile server, MethodPlan plan]
    {
        get
        {
            var table = _tables.GetValue(server, _ => new Entry?[plans.Methods.Count]);
            return table[plan.Index] ??= Resolve(server, plan);
        }
    }

    private Entry Resolve(ServerProfile server, MethodPlan plan) => plan.IsSupported(server, out var missing)
        ? new Entry(plan.Resolve(server), [.. plan.Polyfills.Select(name => polyfills[name]).Where(p => p.AppliesTo(server))], LongPollOf(plan), null)
        : new Entry(null, [], default, missing);

    private static TimeSpan LongPollOf(MethodPlan plan) =>
        TimeSpan.FromSeconds(plan.Descriptor.GetOptions().GetExtension(AnnotationsExtensions.Operation).WaitsSeconds);

    /// <summary>One rpc on one server.</summary>
    /// <param name="Route">How it is carried out; null if the server can't.</param>
    /// <param name="Polyfills">Those with something to do, outermost first.</param>
    /// <param name="LongPoll">How long the server may wait by intent before it answers.</param>
    /// <param name="Missing">What the server lacks; null if it can.</param>
    internal sealed record Entry(Route? Route, IReadOnlyList<Polyfill> Polyfills, TimeSpan LongPoll, string? Missing);
}
