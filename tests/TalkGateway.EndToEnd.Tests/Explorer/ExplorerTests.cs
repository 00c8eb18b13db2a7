using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using TalkGateway.Configuration;
using TalkGateway.EndToEnd.Tests.Fixtures;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Explorer;

/// <summary>How the explorer is served: its files, what browsers are told about them, and that it can be switched off.</summary>
public sealed partial class ExplorerTests : IAsyncLifetime
{
    private StubServer _server = null!;
    private TestGateway _gateway = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _server = await StubServer.StartAsync(context => context.Response.WriteAsync("passed through"));
        _gateway = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = _server.Address });
        _http = Http(_gateway);
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _gateway.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task The_page_and_every_file_that_it_names_are_served()
    {
        var todo = new Queue<string>(["/explorer"]);
        var seen = new HashSet<string>(todo);
        while (todo.TryDequeue(out var path))
        {
            using var answer = await _http.GetAsync(path);
            Assert.True(answer.StatusCode is HttpStatusCode.OK, $"{path}: {answer.StatusCode}");
            var expected = Path.GetExtension(path) switch { "" => "text/html", ".css" => "text/css", ".js" => "text/javascript", var other => "image/" + other[1..] + "+xml" };
            Assert.Equal(expected, answer.Content.Headers.ContentType!.MediaType);
            foreach (Match reference in Reference().Matches(await answer.Content.ReadAsStringAsync()))
            {
                var target = new Uri(new Uri(_gateway.Address, path), reference.Groups["file"].Value).AbsolutePath;
                if (seen.Add(target))
                {
                    todo.Enqueue(target);
                }
            }
        }

        Assert.Contains("/explorer/main.js", seen);
        Assert.All(seen, path => Assert.StartsWith("/explorer", path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/explorer")]
    [InlineData("/explorer/main.js")]
    [InlineData("/explorer/contract.json")]
    [InlineData("/explorer/gateway.json")]
    [InlineData("/explorer/nothing")]
    public async Task Browsers_are_told_to_trust_nothing_else(string path)
    {
        using var answer = await _http.GetAsync(path);

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
    }

    [Theory]
    [InlineData("/explorer")]
    [InlineData("/explorer/contract.json")]
    public async Task What_the_browser_has_already_is_not_sent_again(string path)
    {
        foreach (var encoding in new[] { "gzip", "identity" })
        {
            using var first = await SendAsync(path, encoding, null);
            Assert.Equal("no-cache", first.Headers.CacheControl!.ToString());
            Assert.Equal(encoding == "gzip" ? ["gzip"] : [], first.Content.Headers.ContentEncoding);

            using var second = await SendAsync(path, encoding, first.Headers.ETag);
            Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
            Assert.Empty(await second.Content.ReadAsByteArrayAsync());

            using var other = await SendAsync(path, encoding, new EntityTagHeaderValue("\"another\""));
            Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        }
    }

    [Fact]
    public async Task A_head_request_gets_the_headers_of_the_page_alone()
    {
        using var head = await _http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/explorer"));
        using var get = await _http.GetAsync("/explorer");

        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("GET", "/explorer/nothing", HttpStatusCode.NotFound)]
    [InlineData("GET", "/explorer/index.html", HttpStatusCode.NotFound)]
    [InlineData("GET", "/explorer/../main.js", HttpStatusCode.OK)]
    [InlineData("POST", "/explorer", HttpStatusCode.MethodNotAllowed)]
    [InlineData("DELETE", "/explorer/main.js", HttpStatusCode.MethodNotAllowed)]
    public async Task Nothing_below_its_path_but_its_files_is_answered_with_a_file(string method, string path, HttpStatusCode expected)
    {
        using var answer = await _http.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        Assert.Equal(expected, answer.StatusCode);
        if (expected is HttpStatusCode.OK)
        {
            // The client resolves the dots itself, so that the path is another.
            Assert.Equal("passed through", await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A_slash_at_the_end_leads_to_the_page_with_the_query_kept()
    {
        using var answer = await _http.GetAsync("/explorer/?from=somewhere");

        Assert.Equal(HttpStatusCode.PermanentRedirect, answer.StatusCode);
        Assert.Equal("/explorer?from=somewhere", new Uri(new Uri(_gateway.Address, "/explorer/"), answer.Headers.Location!).PathAndQuery);
    }

    [Fact]
    public async Task In_front_of_a_real_server_no_users_are_offered()
    {
        var gateway = await _http.GetStringAsync("/explorer/gateway.json");

        Assert.Equal(JsonValueKind.Null, JsonDocument.Parse(gateway).RootElement.GetProperty("simulator").ValueKind);
    }

    [Fact]
    public async Task In_front_of_the_embedded_simulator_every_user_that_is_offered_can_sign_in()
    {
        var keys = new Dictionary<string, string?> { ["Listen"] = "http://127.0.0.1:0", ["Simulator:Profile"] = "12" };
        await using var gateway = await GatewayHost.StartAsync(new CommandLineSettings(null, keys), CancellationToken.None);
        using var http = new HttpClient { BaseAddress = gateway.Address };

        var simulator = JsonDocument.Parse(await http.GetStringAsync("/explorer/gateway.json")).RootElement.GetProperty("simulator");

        Assert.Equal("12", simulator.GetProperty("talk").GetString());
        var users = simulator.GetProperty("users").EnumerateArray().Select(user => user.GetString()!).ToArray();
        Assert.NotEmpty(users);
        foreach (var user in users)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/talk.v1.RoomService/ListRooms") { Content = new StringContent("{}", null, "application/json") };
            request.Headers.TryAddWithoutValidation("authorization", Caller.Basic(user, user));
            using var answer = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Switched_off_its_path_is_passed_through_like_every_other()
    {
        await using var gateway = await TestGateway.StartAsync(
            new TestGatewayOptions { Upstream = _server.Address, Keys = new Dictionary<string, string?> { ["Explorer:Enabled"] = "false" } });
        using var http = Http(gateway);

        Assert.Equal("passed through", await http.GetStringAsync("/explorer"));
        Assert.Equal("passed through", await http.GetStringAsync("/explorer/contract.json"));
    }

    private static HttpClient Http(TestGateway gateway) => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = gateway.Address };

    private async Task<HttpResponseMessage> SendAsync(string path, string encoding, EntityTagHeaderValue? known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));
        if (known is not null)
        {
            request.Headers.IfNoneMatch.Add(known);
        }

        return await _http.SendAsync(request);
    }

    /// <summary>Files that HTML links, scripts import and styles import.</summary>
    [GeneratedRegex("""(?:href|src)="(?<file>[^"#:]+)"|from "(?<file>\.[^"]+)"|import\("(?<file>\.[^"]+)"\)|^import "(?<file>\.[^"]+)"|@import "(?<file>[^"]+)""", RegexOptions.Multiline)]
    private static partial Regex Reference();
}
