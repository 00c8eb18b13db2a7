using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using TalkGateway.Talk.Profiles;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Calls;

/// <summary>One rpc on one server.</summary>
internal sealed record ServerRpc
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

/// <summary>What becomes of every rpc on every server. Worked out once per server profile, and kept with it.</summary>
internal sealed class ServerRpcs(PlanSet plans, PolyfillSet polyfills)
{
    private readonly FrozenDictionary<MessageDescriptor, MethodPlan> _byRequest = plans.Methods.ToFrozenDictionary(plan => plan.Descriptor.InputType);

    /// <summary>Every rpc of the contract.</summary>
    public PlanSet Plans => plans;

    /// <summary>The rpc on this server.</summary>
    public ServerRpc this[ServerProfile server, MethodPlan plan]
    {
        get
        {
            var table = server.Kept as Table;
            if (table?.Owner != this)
            {
                server.Kept = table = new Table(this, new ServerRpc?[plans.Methods.Count]);
            }

            return table.Rpcs[plan.Index] ??= Resolve(server, plan);
        }
    }

    /// <summary>The rpc that takes such a request: every request message belongs to one.</summary>
    public MethodPlan PlanOf(MessageDescriptor request) => _byRequest[request];

    private ServerRpc Resolve(ServerProfile server, MethodPlan plan)
    {
        if (!plan.IsSupported(server, out var missing))
        {
            return new ServerRpc { Missing = missing };
        }

        var applying = plan.Polyfills.Select(name => polyfills[name]).Where(polyfill => polyfill.AppliesTo(server)).ToList();
        return new ServerRpc
        {
            Route = plan.Resolve(server),
            Detours = [.. applying.OfType<Detour>()],
            Rescue = applying.OfType<Rescue>().SingleOrDefault(),
        };
    }

    private sealed record Table(ServerRpcs Owner, ServerRpc?[] Rpcs);
}
