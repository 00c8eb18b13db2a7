using Google.Protobuf.Reflection;
using TalkGateway.Ocs.V1;
using TalkGateway.Transcoding.Compilation;
using TalkGateway.Transcoding.Requests;

namespace TalkGateway.Transcoding;

/// <summary>How one rpc is carried out: its annotation, compiled.</summary>
public sealed class MethodPlan
{
    private readonly ServerCondition? _needs;
    private readonly IReadOnlyList<OperationVariant> _variants;

    /// <param name="index">Place in the set.</param>
    /// <param name="descriptor">The rpc.</param>
    /// <param name="operation">Its annotation.</param>
    /// <param name="needs">The servers that can do it; null for all.</param>
    /// <param name="variants">The operation on different servers; the last is for those no other is for.</param>
    internal MethodPlan(int index, MethodDescriptor descriptor, Operation operation, ServerCondition? needs, IReadOnlyList<OperationVariant> variants)
    {
        _needs = needs;
        _variants = variants;
        Operation = operation;
        Index = index;
        Descriptor = descriptor;
        OperationId = operation.Id;
        Family = operation.Family;
        Session = operation.Session;
        AnswerFormat = operation.Answer?.Format ?? AnswerFormat.Unspecified;
        Polyfills = [.. operation.Polyfills];
        Errors = [.. operation.Errors];
        var level = descriptor.GetOptions()?.IdempotencyLevel ?? MethodOptions.Types.IdempotencyLevel.IdempotencyUnknown;
        NoSideEffects = level == MethodOptions.Types.IdempotencyLevel.NoSideEffects;
        Idempotent = level != MethodOptions.Types.IdempotencyLevel.IdempotencyUnknown;
    }

    /// <summary>The annotation.</summary>
    internal Operation Operation { get; }

    /// <summary>Place in <see cref="PlanSet.Methods"/>, for tables beside it.</summary>
    public int Index { get; }

    /// <summary>The rpc.</summary>
    public MethodDescriptor Descriptor { get; }

    /// <summary>Full name of the rpc: <c>package.Service.Method</c>.</summary>
    public string FullName => Descriptor.FullName;

    /// <summary>Stable name of the upstream operation (<c>Operation.id</c>).</summary>
    public string OperationId { get; }

    /// <summary>API family; empty for an absolute path.</summary>
    public string Family { get; }

    /// <summary>What the rpc does with the caller's session.</summary>
    public SessionUse Session { get; }

    /// <summary>The rpc only reads (<c>NO_SIDE_EFFECTS</c>).</summary>
    public bool NoSideEffects { get; }

    /// <summary>The rpc may be repeated without a second effect; true for all that only read.</summary>
    public bool Idempotent { get; }

    /// <summary>What the body of an answer is, on servers that no variant is for.</summary>
    public AnswerFormat AnswerFormat { get; }

    /// <summary>Names of the polyfills around the rpc, outermost first.</summary>
    public IReadOnlyList<string> Polyfills { get; }

    /// <summary>How an answer that lacks something is completed; null if none is.</summary>
    public CompletionPlan? Completion { get; internal set; }

    /// <summary>Statuses that mean something else here than everywhere.</summary>
    public IReadOnlyList<ErrorRule> Errors { get; }

    /// <summary>Whether a server can do this at all; <paramref name="missing"/> says in words what it lacks, and is empty otherwise.</summary>
    public bool IsSupported(IServerFacts facts, out string missing)
    {
        missing = Family.Length > 0 && facts.ApiVersion(Family) == 0 ? $"a usable {Family} API" : _needs?.FindMissing(facts) ?? "";
        return missing.Length == 0;
    }

    /// <summary>
    /// The plan for one server. It costs more than a call: keep the route as long as the facts. Ask
    /// <see cref="IsSupported"/> first; for a server that lacks something the route is what the annotation says all the same.
    /// </summary>
    public Route Resolve(IServerFacts facts)
    {
        var requests = new List<RequestPlan>();
        foreach (var variant in _variants.Where(variant => variant.When?.Holds(facts) != false))
        {
            requests.Add(variant.Request);
            if (variant.Request.WithField is null)
            {
                return new Route([.. requests], variant.Answer, Family.Length == 0 ? "" : facts.BasePath(Family), facts);
            }
        }

        throw new System.Diagnostics.UnreachableException("The last variant has no condition.");
    }
}
