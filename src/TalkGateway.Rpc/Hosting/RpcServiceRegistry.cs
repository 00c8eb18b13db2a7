using Google.Protobuf.Reflection;

namespace TalkGateway.Rpc.Hosting;

/// <summary>The services mapped so far, for reflection and health.</summary>
internal sealed class RpcServiceRegistry
{
    private readonly Lock _gate = new();
    private IReadOnlyList<ServiceDescriptor> _services = [];

    /// <summary>A snapshot, in the order of mapping.</summary>
    public IReadOnlyList<ServiceDescriptor> Services => Volatile.Read(ref _services);

    /// <summary>Adds a service; true for the first.</summary>
    public bool Add(ServiceDescriptor service)
    {
        lock (_gate)
        {
            if (_services.Any(other => other.FullName == service.FullName))
            {
                throw new InvalidOperationException($"{service.FullName} is mapped already.");
            }

            Volatile.Write(ref _services, [.. _services, service]);
            return _services.Count == 1;
        }
    }
}
