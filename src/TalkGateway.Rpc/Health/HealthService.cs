using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using TalkGateway.Rpc.Health.V1;
using ServingStatus = TalkGateway.Rpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace TalkGateway.Rpc.Health;

/// <summary><c>grpc.health.v1.Health</c> over <see cref="RpcHealth"/>.</summary>
internal sealed class HealthService(RpcHealth health)
{
    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapRpcService(HealthReflection.Descriptor.Services[0], binder => binder
            .Unary<HealthCheckRequest, HealthCheckResponse>("Check", Check)
            .ServerStreaming<HealthCheckRequest, HealthCheckResponse>("Watch", WatchAsync));

    private ValueTask<HealthCheckResponse> Check(RpcCall call, HealthCheckRequest request) =>
        health.GetStatus(request.Service) is { } status
            ? new(new HealthCheckResponse { Status = (ServingStatus)status })
            : throw new RpcException(RpcStatusCode.NotFound, $"There is no health status for the service '{request.Service}'.");

    private async ValueTask WatchAsync(RpcCall call, HealthCheckRequest request, IRpcResponseWriter<HealthCheckResponse> responses)
    {
        ServingStatus? last = null;
        await foreach (var change in health.WatchAsync(request.Service, call.CancellationToken))
        {
            var status = change is { } known ? (ServingStatus)known : ServingStatus.ServiceUnknown;
            if (status != last)
            {
                last = status;
                await responses.WriteAsync(new HealthCheckResponse { Status = status });
            }
        }

        throw new RpcException(RpcStatusCode.Unavailable, "The server is shutting down.");
    }
}
