using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TalkGateway.Rpc.Health;
using TalkGateway.Rpc.Hosting;
using TalkGateway.Rpc.Reflection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace TalkGateway.Rpc;

/// <summary>Maps services to endpoints.</summary>
public static class RpcEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps every bound method to an endpoint <c>/package.Service/Method</c>, and the service's other methods to UNIMPLEMENTED.
    /// The first service also brings an endpoint that answers UNIMPLEMENTED to gRPC requests for services that are not mapped.
    /// The result takes conventions for all of them: authorization, CORS, rate limits. Each endpoint carries its
    /// <see cref="MethodDescriptor"/> as metadata.
    /// </summary>
    /// <exception cref="ArgumentException">A binding does not fit the service.</exception>
    /// <exception cref="InvalidOperationException">The service is mapped already, or <see cref="RpcServiceCollectionExtensions.AddRpc"/> was not called.</exception>
    public static IEndpointConventionBuilder MapRpcService(this IEndpointRouteBuilder endpoints, ServiceDescriptor service, Action<RpcServiceBinder> bind)
    {
        var binder = new RpcServiceBinder(service);
        bind(binder);

        var services = endpoints.ServiceProvider;
        var factory = services.GetService<RpcEndpoints>() ?? throw new InvalidOperationException("Call services.AddRpc() before mapping rpc services.");
        if (services.GetRequiredService<RpcServiceRegistry>().Add(service))
        {
            factory.MapUnknownServices(endpoints);
        }

        var conventions = new List<IEndpointConventionBuilder> { factory.MapUnknownMethods(endpoints, service) };
        conventions.AddRange(binder.Methods.Select(method => factory.MapMethod(endpoints, method)));
        return new CompositeConventionBuilder(conventions);
    }

    /// <summary>
    /// Maps <c>grpc.reflection.v1</c> and <c>v1alpha</c>, which describe all mapped services, these too, with the files they import
    /// and their custom options.
    /// </summary>
    public static IEndpointConventionBuilder MapRpcReflection(this IEndpointRouteBuilder endpoints) =>
        new CompositeConventionBuilder(new ReflectionService(endpoints.ServiceProvider.GetRequiredService<RpcServiceRegistry>()).Map(endpoints));

    /// <summary>
    /// Maps <c>grpc.health.v1.Health</c> over the host's <see cref="RpcHealth"/>. When the host begins to stop, every status becomes
    /// NOT_SERVING and watches end with UNAVAILABLE.
    /// </summary>
    public static IEndpointConventionBuilder MapRpcHealth(this IEndpointRouteBuilder endpoints)
    {
        var health = endpoints.ServiceProvider.GetRequiredService<RpcHealth>();
        endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(health.ShutDown);
        return new HealthService(health).Map(endpoints);
    }

    private sealed class CompositeConventionBuilder(IReadOnlyList<IEndpointConventionBuilder> parts) : IEndpointConventionBuilder
    {
        public void Add(Action<EndpointBuilder> convention)
        {
            foreach (var part in parts)
            {
                part.Add(convention);
            }
        }

        public void Finally(Action<EndpointBuilder> finallyConvention)
        {
            foreach (var part in parts)
            {
                part.Finally(finallyConvention);
            }
        }
    }
}
