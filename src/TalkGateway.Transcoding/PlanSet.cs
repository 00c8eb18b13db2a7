using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using TalkGateway.Transcoding.Compilation;

namespace TalkGateway.Transcoding;

/// <summary>The plans of every annotated rpc of a contract.</summary>
public sealed class PlanSet
{
    private readonly FrozenDictionary<string, MethodPlan> _byName;

    private PlanSet(IReadOnlyList<MethodPlan> methods)
    {
        Methods = methods;
        _byName = methods.ToFrozenDictionary(method => method.FullName, StringComparer.Ordinal);
    }

    /// <summary>All plans, in the order of files, services and rpcs.</summary>
    public IReadOnlyList<MethodPlan> Methods { get; }

    /// <summary>The plan of an rpc.</summary>
    /// <exception cref="KeyNotFoundException">The rpc is not in the set.</exception>
    public MethodPlan this[MethodDescriptor method] => this[method.FullName];

    /// <summary>The plan of an rpc by its full name, <c>package.Service.Method</c>.</summary>
    /// <exception cref="KeyNotFoundException">The rpc is not in the set.</exception>
    public MethodPlan this[string fullName] => _byName[fullName];

    /// <summary>Compiles every service of the files that has annotated rpcs.</summary>
    /// <exception cref="AnnotationException">Some annotation cannot be carried out; lists every mistake.</exception>
    public static PlanSet Compile(IReadOnlyCollection<FileDescriptor> files, TranscodingOptions options) =>
        Compile([.. files.SelectMany(file => file.Services)], new Vocabulary(files), options);

    /// <summary>Compiles the services that have annotated rpcs; of such a service, every rpc has to be annotated.</summary>
    /// <exception cref="AnnotationException">Some annotation cannot be carried out; lists every mistake.</exception>
    public static PlanSet Compile(IReadOnlyCollection<ServiceDescriptor> services, TranscodingOptions options) =>
        Compile(services, new Vocabulary(services.Select(service => service.File)), options);

    private static PlanSet Compile(IReadOnlyCollection<ServiceDescriptor> services, Vocabulary vocabulary, TranscodingOptions options)
    {
        var mistakes = new Mistakes();
        new DefaultsChecks(options, mistakes).Check(vocabulary);
        var compiler = new MethodCompiler(options, vocabulary, mistakes);
        var plans = new List<MethodPlan>();
        foreach (var service in services)
        {
            var operations = service.Methods.Select(vocabulary.OperationOf).ToArray();
            if (Array.TrueForAll(operations, operation => operation is null))
            {
                continue;
            }

            foreach (var (method, operation) in service.Methods.Zip(operations))
            {
                mistakes.Place = method.FullName;
                if (operation is null)
                {
                    mistakes.Add("it has no operation, but other rpcs of the service have");
                    continue;
                }

                plans.Add(compiler.Compile(method, operation, plans.Count));
            }
        }

        var completions = new CompletionCompiler(plans, vocabulary, mistakes);
        foreach (var plan in plans.Where(plan => plan.Operation.Complete is not null))
        {
            mistakes.Place = plan.FullName;
            plan.Completion = completions.Compile(plan);
        }

        mistakes.ThrowIfAny();
        return new PlanSet(plans);
    }
}
