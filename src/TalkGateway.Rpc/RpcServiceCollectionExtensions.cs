using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TalkGateway.Memory;
using TalkGateway.Rpc.Hosting;

namespace TalkGateway.Rpc;

/// <summary>Registers what the endpoints of <see cref="RpcEndpointRouteBuilderExtensions"/> need.</summary>
public static class RpcServiceCollectionExtensions
{
    /// <summary>
    /// Adds rpc hosting. The clock is the registered <see cref="TimeProvider"/>, or the system's.
    /// Connections are Kestrel's: set <c>Limits.Http2.KeepAlivePingDelay</c> (a TimeSpan, at least 1 s, off unless set) and
    /// <c>KeepAlivePingTimeout</c> (20 s unless set) to have the server ping callers whose streams are silent, which keeps load
    /// balancers from dropping them and finds callers that are gone.
    /// </summary>
    public static IServiceCollection AddRpc(this IServiceCollection services, Action<RpcServerOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new RpcBudgets(ByteBudget.Unlimited, ByteBudget.Unlimited));
        services.TryAddSingleton<RpcServices>();
        services.TryAddSingleton<RpcEndpoints>();
        services.TryAddSingleton<RpcServiceRegistry>();
        services.TryAddSingleton<RpcHealth>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RpcServerOptions>, RpcServerOptionsValidator>());
        var options = services.AddOptions<RpcServerOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return services;
    }
}
