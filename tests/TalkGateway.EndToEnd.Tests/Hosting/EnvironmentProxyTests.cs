using System.Net;
using Google.Rpc;
using Microsoft.AspNetCore.Http;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Talk.V1;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Hosting;

/// <summary>The proxy that the environment names carries rpcs and the pass-through, or neither.</summary>
public sealed class EnvironmentProxyTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rpcs_and_the_pass_through_go_the_same_way(bool useProxy)
    {
        var (direct, proxied) = (new List<string>(), new List<string>());
        await using var server = await StubServer.StartAsync(Unavailable(direct));
        await using var proxy = await StubServer.StartAsync(Unavailable(proxied));
        var variables = new Dictionary<string, string?>
        {
            ["http_proxy"] = proxy.Address.AbsoluteUri,
            ["HTTP_PROXY"] = null,
            ["no_proxy"] = null,
            ["NO_PROXY"] = null,
            ["TALKGATEWAY_Upstreams__Servers__default__UseProxy"] = useProxy ? "true" : "false",
            ["TALKGATEWAY_Upstreams__Servers__default__Retry__MaxRetries"] = "0",
        };

        // Only the proxy knows the name.
        var upstream = useProxy ? "http://cloud.invalid" : server.Address.AbsoluteUri;
        await using var process = GatewayProcess.Start(variables, "--upstream", upstream, "--listen", "http://127.0.0.1:0");
        using var client = new GrpcTestClient(await process.Address);
        using var connections = new SocketsHttpHandler { UseProxy = false };
        using var http = new HttpClient(connections) { BaseAddress = await process.Address };

        var failure = await new Caller(client, null).FailAsync(new GetRoomRequest { Token = "abcd" });
        using var answer = await http.GetAsync(new Uri("/passed", UriKind.Relative));

        Assert.Equal((Code.Unavailable, HttpStatusCode.ServiceUnavailable), (failure.Code, answer.StatusCode));
        var (used, other) = useProxy ? (proxied, direct) : (direct, proxied);
        Assert.Contains("/passed", used);
        Assert.Contains(used, path => path.StartsWith("/ocs/", StringComparison.Ordinal));
        Assert.Empty(other);
    }

    private static RequestDelegate Unavailable(List<string> seen) => context =>
    {
        lock (seen)
        {
            seen.Add(context.Request.Path.Value!);
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    };
}
