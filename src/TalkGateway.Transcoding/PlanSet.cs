using Google.Protobuf.Reflection;

namespace TalkGateway.Transcoding;

/// <summary>The plans of every annotated rpc of a contract.</summary>
public sealed class PlanSet
{
    private PlanSet(IReadOnlyList<MethodPlan> methods) => Methods = methods;

    /// <summary>All plans, in the order of files, services and rpcs.</summary>
    public IReadOnlyList<MethodPlan> Methods { get; }

    /// <summary>The plan of an rpc.</summary>
    /// <exception cref="KeyNotFoundException">The rpc is not in the set.</exception>
    public MethodPlan this[MethodDescriptor method] => this[method.FullName];

    /// <summary>The plan of an rpc by its full name, <c>package.Service.Method</c>.</summary>
    /// <exception cref="KeyNotFoundException">The rpc is not in the set.</exception>
    public MethodPlan this[string fullName] => throw new NotImplementedException();

    /// <summary>Compiles every service of the files that has annotated rpcs.</summary>
    /// <exception cref="AnnotationException">Some annotation cannot be carried out; lists every mistake.</exception>
    public static PlanSet Compile(IEnumerable<FileDescriptor> files, TranscodingOptions options) =>
        Compile(files.SelectMany(file => file.Services), options);

    /// <summary>Compiles the services that have annotated rpcs; of such a service, every rpc has to be annotated.</summary>
    /// <exception cref="AnnotationException">Some annotation cannot be carried out; lists every mistake.</exception>
    public static PlanSet Compile(IEnumerable<ServiceDescriptor> services, TranscodingOptions options) =>
        throw new NotImplementedException();
}
