using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using TalkGateway.Rpc.Tests.Protos;
using Xunit;

namespace TalkGateway.Rpc.Tests;

public sealed class CorsTests
{
    private const string Unary = "/rpctest.EchoService/Unary";

    [Fact]
    public async Task Preflight_of_an_allowed_origin_is_answered_with_what_the_protocols_need()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };

        using var response = await http.SendAsync(Preflight("https://app.example", "content-type,connect-protocol-version,connect-timeout-ms,authorization"));

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("https://app.example", response.Headers.GetValues("access-control-allow-origin").Single());
        Assert.Contains("connect-timeout-ms", response.Headers.GetValues("access-control-allow-headers").Single(), StringComparison.Ordinal);
        Assert.Contains("authorization", response.Headers.GetValues("access-control-allow-headers").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_of_an_allowed_origin_exposes_the_protocols_headers()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, Unary) { Content = new ByteArrayContent("{}"u8.ToArray()) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add("origin", "https://app.example");

        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("grpc-status-details-bin", response.Headers.GetValues("access-control-expose-headers").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Preflight_of_another_origin_is_not_allowed()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };

        using var response = await http.SendAsync(Preflight("https://evil.example", "content-type"));

        Assert.False(response.Headers.Contains("access-control-allow-origin"));
    }

    private static HttpRequestMessage Preflight(string origin, string headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, Unary);
        request.Headers.Add("origin", origin);
        request.Headers.Add("access-control-request-method", "POST");
        request.Headers.Add("access-control-request-headers", headers);
        return request;
    }

    private static Task<RpcTestHost> StartAsync() =>
        RpcTestHost.StartAsync(
            app =>
            {
                app.UseCors();
                app.MapRpcService(EchoReflection.Descriptor.Services[0], echo => echo.Unary<EchoRequest, EchoResponse>("Unary", (_, _) => new(new EchoResponse())))
                    .RequireCors(policy => policy.WithOrigins("https://app.example").WithRpc("authorization"));
            },
            build: builder => builder.Services.AddCors());
}
