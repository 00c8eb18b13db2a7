using System.Net;
using Microsoft.AspNetCore.Http;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.PassThrough;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.V1;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Hosting;

/// <summary>Who a request comes from, by which name and how, is what the connection says, or a proxy that the operator trusts.</summary>
public sealed class TrustedProxiesTests
{
    private static readonly (string Name, string Value)[] Claims =
    [
        ("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Port", "444"),
        ("X-Real-IP", "192.0.2.8"), ("Forwarded", "for=192.0.2.9"), ("X-Original-Host", "evil.example"),
    ];

    [Fact]
    public async Task What_a_client_claims_is_not_passed_on()
    {
        var headers = await PassedOnAsync([]);

        Assert.Equal("127.0.0.1", headers["X-Forwarded-For"]);
        Assert.Equal("http", headers["X-Forwarded-Proto"]);
        Assert.NotEqual("evil.example", headers["X-Forwarded-Host"].ToString());
        Assert.All(["X-Forwarded-Port", "X-Real-IP", "Forwarded", "X-Original-Host"], name => Assert.DoesNotContain(name, headers.Keys));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    public async Task What_a_trusted_proxy_says_is_passed_on(string trusted)
    {
        var headers = await PassedOnAsync(new() { ["TrustedProxies:0"] = "2001:db8::/32", ["TrustedProxies:1"] = trusted });

        Assert.Equal("192.0.2.7", headers["X-Forwarded-For"]);
        Assert.Equal("https", headers["X-Forwarded-Proto"]);
        Assert.Equal("evil.example", headers["X-Forwarded-Host"]);
        Assert.DoesNotContain("X-Original-Host", headers.Keys);
    }

    [Theory]
    [InlineData(null, "127.0.0.1")]
    [InlineData("127.0.0.1", "192.0.2.7")]
    public async Task The_same_holds_for_rpcs(string? trusted, string expected)
    {
        var seen = new List<string>();
        await using var server = await StubServer.StartAsync(context =>
        {
            seen.Add(context.Request.Headers["X-Forwarded-For"].ToString());
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions
        {
            Upstream = server.Address,
            Keys = trusted is null ? [] : new Dictionary<string, string?> { ["TrustedProxies:0"] = trusted },
        });

        await (gateway.As("alice") with { Metadata = [("x-forwarded-for", "192.0.2.7")] }).FailAsync(new ListRoomsRequest());

        Assert.Equal(expected, Assert.Single(seen));
    }

    [Fact]
    public async Task A_scheme_is_not_taken_from_an_HTTP_2_client()
    {
        var proto = "";
        await using var server = await StubServer.StartAsync(context =>
        {
            proto = context.Request.Headers["X-Forwarded-Proto"].ToString();
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = server.Address });

        await using var client = await RawHttp2Client.ConnectAsync(gateway.Address);
        await client.RequestAsync("GET", "/login", scheme: "javascript");
        Assert.Equal("200", await client.StatusAsync());

        Assert.Equal("http", proto);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task The_start_sees_whether_the_server_trusts_the_gateway(bool trusts, bool expected)
    {
        await using var server = await StubServer.StartAsync(context =>
        {
            var scheme = trusts ? context.Request.Headers["X-Forwarded-Proto"].ToString() : "http";
            context.Response.Redirect($"{scheme}://{context.Request.Host}/index.php/login");
            return Task.CompletedTask;
        });

        var past = await ProxyTrustCheck.LeadsPastAsync(new UpstreamOptions { Address = server.Address.AbsoluteUri }, CancellationToken.None);

        Assert.Equal(expected, past is null);
    }

    private static async Task<IHeaderDictionary> PassedOnAsync(Dictionary<string, string?> keys)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        await using var server = await StubServer.StartAsync(context =>
        {
            headers = new HeaderDictionary(context.Request.Headers.ToDictionary());
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = server.Address, Keys = keys });
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/x");
        foreach (var (name, value) in Claims)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return headers;
    }
}
