using Microsoft.Extensions.DependencyInjection;
using TalkGateway.Rpc.Health.V1;
using Xunit;
using ServingStatus = TalkGateway.Rpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace TalkGateway.Rpc.Tests;

public sealed class HealthTests
{
    private const string Check = "/grpc.health.v1.Health/Check";
    private const string Watch = "/grpc.health.v1.Health/Watch";

    [Fact]
    public async Task Server_as_a_whole_is_serving_unless_told_otherwise()
    {
        await using var host = await RpcTestHost.StartAsync(app => app.MapRpcHealth());

        var reply = await host.Client.CallAsync<HealthCheckResponse>(Check, new HealthCheckRequest());

        Assert.Equal(ServingStatus.Serving, reply.Response.Status);
    }

    [Fact]
    public async Task Check_answers_the_status_set_last()
    {
        await using var host = await RpcTestHost.StartAsync(app => app.MapRpcHealth());
        var health = host.App.Services.GetRequiredService<RpcHealth>();
        health.SetStatus("rpctest.EchoService", RpcServingStatus.Serving);
        health.SetStatus("rpctest.EchoService", RpcServingStatus.NotServing);

        var reply = await host.Client.CallAsync<HealthCheckResponse>(Check, new HealthCheckRequest { Service = "rpctest.EchoService" });

        Assert.Equal(ServingStatus.NotServing, reply.Response.Status);
    }

    [Fact]
    public async Task Check_of_an_unknown_service_is_not_found()
    {
        await using var host = await RpcTestHost.StartAsync(app => app.MapRpcHealth());

        var reply = await host.Client.CallAsync<HealthCheckResponse>(Check, new HealthCheckRequest { Service = "nobody" });

        Assert.Equal((int)RpcStatusCode.NotFound, reply.Code);
    }

    [Fact]
    public async Task Watch_tells_the_status_now_and_each_change_once()
    {
        await using var host = await RpcTestHost.StartAsync(app => app.MapRpcHealth());
        var health = host.App.Services.GetRequiredService<RpcHealth>();
        using var call = host.Client.Start<HealthCheckResponse>(Watch);
        await call.WriteAsync(new HealthCheckRequest { Service = "late" });
        call.Complete();

        Assert.Equal(ServingStatus.ServiceUnknown, (await call.ReadAsync())!.Status);
        health.SetStatus("other", RpcServingStatus.Serving);
        health.SetStatus("late", RpcServingStatus.Serving);
        Assert.Equal(ServingStatus.Serving, (await call.ReadAsync())!.Status);
        health.SetStatus("late", RpcServingStatus.Serving);
        health.SetStatus("late", RpcServingStatus.NotServing);
        Assert.Equal(ServingStatus.NotServing, (await call.ReadAsync())!.Status);
    }

    [Fact]
    public async Task Watch_ends_when_the_server_stops_after_saying_that_it_does_not_serve()
    {
        await using var host = await RpcTestHost.StartAsync(app => app.MapRpcHealth());
        using var call = host.Client.Start<HealthCheckResponse>(Watch);
        await call.WriteAsync(new HealthCheckRequest());
        call.Complete();
        Assert.Equal(ServingStatus.Serving, (await call.ReadAsync())!.Status);

        var stopping = host.App.StopAsync();

        Assert.Equal(ServingStatus.NotServing, (await call.ReadAsync())!.Status);
        Assert.Equal((int)RpcStatusCode.Unavailable, (await call.FinishAsync()).Code);
        await stopping;
    }

    [Fact]
    public void Status_set_while_stopping_has_no_effect()
    {
        var health = new RpcHealth();
        health.ShutDown();

        health.SetStatus("", RpcServingStatus.Serving);

        Assert.Equal(RpcServingStatus.NotServing, health.GetStatus(""));
    }
}
