using System.Net;
using System.Net.Http.Headers;
using System.Text;
using TalkGateway.EndToEnd.Tests.Fixtures;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Configuration;

/// <summary>Which pages of other origins may call, as a browser asks (Fetch standard, "CORS protocol").</summary>
public sealed class CorsTests
{
    private const string ListRooms = "/talk.v1.RoomService/ListRooms";
    private const string Page = "https://app.example.com";

    [Theory]
    [InlineData(ListRooms)]
    [InlineData("/grpc.health.v1.Health/Watch")]
    public async Task An_allowed_page_may_send_metadata_and_the_browser_may_remember_it(string path)
    {
        await using var gateway = await StartAsync(("Cors:Origins:0", Page), ("Cors:PreflightMaxAge", "00:10:00"));

        using var answer = await PreflightAsync(gateway, path, Page);

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(Page, One(answer, "access-control-allow-origin"));
        Assert.Equal("600", One(answer, "access-control-max-age"));
        Assert.False(answer.Headers.Contains("access-control-allow-credentials"));
        var allowed = One(answer, "access-control-allow-headers").Split(',');
        Assert.All(["authorization", "talk-session", "talk-upstream", "x-grpc-web", "grpc-timeout", "connect-timeout-ms"], header => Assert.Contains(header, allowed));
    }

    [Theory]
    [InlineData("https://evil.example.com", Page)]
    [InlineData("http://app.example.com", Page)]
    [InlineData("https://app.example.com:8443", Page)]
    [InlineData("https://example.com", "https://*.example.com")]
    [InlineData("https://app.example.com.evil", "https://*.example.com")]
    public async Task Another_page_may_not(string page, string allowed)
    {
        await using var gateway = await StartAsync(("Cors:Origins:0", allowed));

        using var answer = await PreflightAsync(gateway, ListRooms, page);

        Assert.False(answer.Headers.Contains("access-control-allow-origin"));
    }

    [Theory]
    [InlineData("https://app.example.com", "https://*.example.com", "https://app.example.com")]
    [InlineData("https://a.b.example.com", "https://*.example.com", "https://a.b.example.com")]
    [InlineData("https://anybody.example", "*", "*")]
    public async Task Subdomains_and_everybody_can_be_allowed(string page, string allowed, string answered)
    {
        await using var gateway = await StartAsync(("Cors:Origins:0", allowed));

        using var answer = await PreflightAsync(gateway, ListRooms, page);

        Assert.Equal(answered, One(answer, "access-control-allow-origin"));
    }

    [Fact]
    public async Task Several_pages_can_be_allowed()
    {
        await using var gateway = await StartAsync(("Cors:Origins:0", Page), ("Cors:Origins:1", "http://localhost:5173"));

        using var answer = await PreflightAsync(gateway, ListRooms, "http://localhost:5173");

        Assert.Equal("http://localhost:5173", One(answer, "access-control-allow-origin"));
    }

    [Fact]
    public async Task No_other_page_may_unless_it_is_configured()
    {
        await using var gateway = await StartAsync();

        using var asked = await PreflightAsync(gateway, ListRooms, Page);
        using var called = await CallAsync(gateway, Page);

        Assert.False(asked.Headers.Contains("access-control-allow-origin"));
        Assert.False(called.Headers.Contains("access-control-allow-origin"));
    }

    [Fact]
    public async Task A_page_can_read_the_status_and_the_renewed_session_of_a_call()
    {
        await using var gateway = await StartAsync(("Cors:Origins:0", Page));

        using var answer = await CallAsync(gateway, Page);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Page, One(answer, "access-control-allow-origin"));
        var exposed = One(answer, "access-control-expose-headers").Split(',');
        Assert.All(["grpc-status", "grpc-message", "grpc-status-details-bin", "talk-session", "trailer-talk-session"], header => Assert.Contains(header, exposed));
    }

    [Fact]
    public async Task What_is_passed_through_keeps_the_rules_of_the_upstream()
    {
        await using var gateway = await StartAsync(("Cors:Origins:0", Page));

        using var answer = await PreflightAsync(gateway, "/ocs/v2.php/cloud/capabilities", Page);

        Assert.False(answer.Headers.Contains("access-control-allow-origin"));
    }

    private static Task<TestGateway> StartAsync(params (string Key, string Value)[] keys) =>
        TestGateway.StartAsync(new TestGatewayOptions { Keys = keys.ToDictionary(key => key.Key, string? (key) => key.Value) });

    private static async Task<HttpResponseMessage> PreflightAsync(TestGateway gateway, string path, string page)
    {
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.Add("origin", page);
        request.Headers.Add("access-control-request-method", "POST");
        request.Headers.Add("access-control-request-headers", "authorization,content-type,talk-session");
        return await http.SendAsync(request);
    }

    private static async Task<HttpResponseMessage> CallAsync(TestGateway gateway, string page)
    {
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, ListRooms) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        request.Headers.Add("origin", page);
        request.Headers.Authorization = AuthenticationHeaderValue.Parse(Caller.Basic("alice", "alice"));
        return await http.SendAsync(request);
    }

    private static string One(HttpResponseMessage answer, string header) => answer.Headers.GetValues(header).Single();
}
