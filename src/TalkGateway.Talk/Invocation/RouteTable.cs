using System.Runtime.CompilerServices;
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

    private Entry Resolve(ServerProfile server, MethodPlan plan)
    {
        if (!plan.IsSupported(server, out var missing))
        {
            return new Entry { Missing = missing };
        }

        var applying = plan.Polyfills.Select(name => polyfills[name]).Where(polyfill => polyfill.AppliesTo(server)).ToList();
        return new Entry
        {
            Route = plan.Resolve(server),
            Detours = [.. applying.OfType<Detour>()],
            Rescue = applying.OfType<Rescue>().SingleOrDefault(),
        };
    }

    /// <summary>One rpc on one server.</summary>
    internal sealed record Entry
    {
        /// <summary>How it is carried out; null if the server can't.</summary>
        public Route? Route { get; init; }

        /// <summary>What the server lacks; null if it can.</summary>
        public string? Missing { get; init; }

        /// <summary>The polyfills that take the call, outermost first.</summary>
        public IReadOnlyList<Detour> Detours { get; init; } = [];

        /// <summary>The polyfill that steps in when the exchange is lost; null if there is none.</summary>
        public Rescue? Rescue { get; init; }
    }
}
