using System.Net.Sockets;
using System.Net.WebSockets;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.PassThrough;
using TalkGateway.Talk.Configuration;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.PassThrough;

/// <summary>What is no rpc goes to the Nextcloud and comes back as if the gateway were not there.</summary>
public sealed class PassThroughTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/index.php/apps/files/?dir=/&fileid=7")]
    [InlineData("/remote.php/dav/files/alice/a%20b/%C3%A9t%C3%A9%2Fsub.txt")]
    [InlineData("/ocs/v2.php/apps/spreed/api/v4/room?format=json&include%5B%5D=1&x=a+b%20c")]
    [InlineData("/remote.php/dav/100%25%3F%23/x;y=z,w@v:u!$&'()*+=~")]
    [InlineData("/double//slash/")]
    [InlineData("/q?a=%2F&b=%252F&c")]
    [InlineData("/a|b/[c]/{d}/^/`")]
    [InlineData("/q?discount=100%&b=%zz&c=|^`{}[]\\d")]
    public async Task The_target_arrives_as_it_was_sent(string target)
    {
        await using var server = await StubServer.StartAsync(context => context.Response.WriteAsync(StubServer.TargetOf(context)));
        await using var gateway = await InFrontOfAsync(server);

        Assert.Equal(target, await GetRawAsync(gateway, target));
    }

    [Fact]
    public async Task The_target_arrives_below_the_path_of_the_installation()
    {
        await using var server = await StubServer.StartAsync(context => context.Response.WriteAsync(StubServer.TargetOf(context)));
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = new Uri(server.Address, "/nextcloud") });

        Assert.Equal("/nextcloud/a%2Fb?c=d", await GetRawAsync(gateway, "/a%2Fb?c=d"));
    }

    [Theory]
    [InlineData("/../secret")]
    [InlineData("/a/../../secret")]
    [InlineData("/%2e%2e/secret")]
    [InlineData("/a/%2E%2E/%2e%2e/secret")]
    public async Task Nothing_is_reached_above_the_path_of_the_installation(string target)
    {
        await using var server = await StubServer.StartAsync(context => context.Response.WriteAsync(StubServer.TargetOf(context)));
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = new Uri(server.Address, "/nextcloud") });

        Assert.StartsWith("/nextcloud/", await GetRawAsync(gateway, target), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a b HTTP/1.1")]
    [InlineData("/a\tb")]
    [InlineData("/a\u0001b")]
    [InlineData("/a#b")]
    [InlineData("/a?b=\"c")]
    [InlineData("/a?<b>")]
    [InlineData("/%zz")]
    [InlineData("/100%")]
    [InlineData("/a%2?b=c")]
    [InlineData("/a\\..\\..\\x")]
    [InlineData("/a\\b?c")]
    public async Task What_is_no_target_is_refused(string target)
    {
        var asked = 0;
        await using var server = await StubServer.StartAsync(_ =>
        {
            Interlocked.Increment(ref asked);
            return Task.CompletedTask;
        });
        await using var gateway = await InFrontOfAsync(server);
        await using var client = await RawHttp2Client.ConnectAsync(gateway.Address);

        await client.RequestAsync("GET", target);

        Assert.Equal("400", await client.StatusAsync());
        Assert.Equal(0, asked);
    }

    [Theory]
    [InlineData("", "{upstream}/index.php/login?x=1#y", "{gateway}/index.php/login?x=1#y")]
    [InlineData("", "{upstream}/", "{gateway}/")]
    [InlineData("", "/login", "/login")]
    [InlineData("", "login", "login")]
    [InlineData("", "{upstream}.evil.example/", "{upstream}.evil.example/")]
    [InlineData("", "//elsewhere.example/", "//elsewhere.example/")]
    [InlineData("", "https://elsewhere.example/", "https://elsewhere.example/")]
    [InlineData("/nextcloud", "{upstream}/nextcloud/remote.php/dav", "{gateway}/remote.php/dav")]
    [InlineData("/nextcloud", "/nextcloud", "/")]
    [InlineData("/nextcloud", "/nextcloudy/x", "/nextcloudy/x")]
    public async Task A_redirect_to_the_server_itself_leads_to_the_gateway(string path, string location, string expected)
    {
        Uri? upstream = null;
        await using var server = await StubServer.StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status301MovedPermanently;
            context.Response.Headers.Location = location.Replace("{upstream}", upstream!.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal);
            return Task.CompletedTask;
        });
        upstream = server.Address;
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = new Uri(server.Address, path) });
        using var http = Http(gateway);

        using var answer = await http.GetAsync("/.well-known/caldav");

        Assert.Equal(
            expected.Replace("{upstream}", upstream.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal).Replace("{gateway}", gateway.Address.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal),
            Assert.Single(answer.Headers.GetValues("Location")));
    }

    [Fact]
    public async Task The_clients_host_is_kept_where_the_operator_wants_it()
    {
        await using var server = await StubServer.StartAsync(context => context.Response.WriteAsync(context.Request.Host.Value!));
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = server.Address, Keys = new Dictionary<string, string?> { ["PassThrough:KeepHost"] = "true" } });
        using var http = Http(gateway);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/x") { Headers = { Host = "cloud.example.com" } };

        using var answer = await http.SendAsync(request);

        Assert.Equal("cloud.example.com", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("PROPFIND")]
    [InlineData("REPORT")]
    [InlineData("MKCOL")]
    public async Task The_method_arrives_as_it_was_sent(string method)
    {
        await using var server = await StubServer.StartAsync(context => context.Response.WriteAsync(context.Request.Method));
        await using var gateway = await InFrontOfAsync(server);
        using var http = Http(gateway);

        using var answer = await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/x"));

        Assert.Equal(method, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Headers_cookies_and_body_arrive_and_the_forwarding_is_told()
    {
        IHeaderDictionary? headers = null;
        var body = "";
        await using var server = await StubServer.StartAsync(async context =>
        {
            headers = new HeaderDictionary(context.Request.Headers.ToDictionary());
            body = await new StreamReader(context.Request.Body).ReadToEndAsync();
            context.Response.Headers.Append("Set-Cookie", "nc_session=1; Path=/; HttpOnly");
            context.Response.Headers.Append("Set-Cookie", "nc_token=2; Path=/");
            context.Response.Headers["X-Nextcloud-Talk-Hash"] = "abc";
            context.Response.Headers.Location = "https://elsewhere.example/";
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
        });
        await using var gateway = await InFrontOfAsync(server);
        using var http = Http(gateway);
        var request = new HttpRequestMessage(HttpMethod.Put, "/x") { Content = new StringContent("{\"é\":1}", Encoding.UTF8, "application/json") };
        foreach (var (name, value) in new[]
        {
            ("Authorization", "Basic YWxpY2U6YWxpY2U="), ("Cookie", "a=1; b=2"), ("OCS-APIRequest", "true"), ("Accept-Encoding", "gzip"),
        })
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await http.SendAsync(request);

        Assert.Equal("{\"é\":1}", body);
        Assert.Equal("Basic YWxpY2U6YWxpY2U=", headers!.Authorization);
        Assert.Equal("a=1; b=2", headers.Cookie);
        Assert.Equal("true", headers["OCS-APIRequest"]);
        Assert.Equal("gzip", headers.AcceptEncoding);
        Assert.Equal("application/json; charset=utf-8", headers.ContentType);
        Assert.Equal(server.Address.Authority, headers.Host);
        Assert.Equal("127.0.0.1", headers["X-Forwarded-For"]);
        Assert.Equal("http", headers["X-Forwarded-Proto"]);
        Assert.Equal(gateway.Address.Authority, headers["X-Forwarded-Host"]);
        Assert.DoesNotContain("traceparent", headers.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal(["nc_session=1; Path=/; HttpOnly", "nc_token=2; Path=/"], answer.Headers.GetValues("Set-Cookie"));
        Assert.Equal(["abc"], answer.Headers.GetValues("X-Nextcloud-Talk-Hash"));
        Assert.Equal("https://elsewhere.example/", answer.Headers.Location?.AbsoluteUri);
    }

    [Fact]
    public async Task An_answer_is_streamed_as_it_comes()
    {
        var more = new TaskCompletionSource();
        await using var server = await StubServer.StartAsync(async context =>
        {
            await context.Response.WriteAsync("first");
            await context.Response.Body.FlushAsync();
            await more.Task;
            await context.Response.WriteAsync("second");
        });
        await using var gateway = await InFrontOfAsync(server);
        using var http = Http(gateway);

        using var answer = await http.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var first = new byte[5];
        await stream.ReadExactlyAsync(first);
        more.SetResult();

        Assert.Equal("first", Encoding.ASCII.GetString(first));
        Assert.Equal("second", await new StreamReader(stream).ReadToEndAsync());
    }

    [Fact]
    public async Task An_upload_is_streamed_as_it_comes()
    {
        // Far more than what any buffer on the way may keep back.
        var first = new string('1', 256 * 1024);
        var seen = new TaskCompletionSource();
        await using var server = await StubServer.StartAsync(async context =>
        {
            var begin = new byte[128 * 1024];
            await context.Request.Body.ReadExactlyAsync(begin);
            seen.SetResult();
            var rest = await new StreamReader(context.Request.Body).ReadToEndAsync();
            await context.Response.WriteAsync(Encoding.ASCII.GetString(begin) + rest);
        });
        await using var gateway = await InFrontOfAsync(server);
        using var http = Http(gateway);

        using var answer = await http.PutAsync("/upload", new StepwiseContent(first, seen.Task, "second"));

        Assert.Equal(first + "second", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_upload_larger_than_the_web_servers_own_limit_arrives_whole()
    {
        const int Size = 40 * 1024 * 1024;
        await using var server = await StubServer.StartAsync(async context =>
        {
            long length = 0;
            var buffer = new byte[81920];
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer)) != 0)
            {
                length += read;
            }

            await context.Response.WriteAsync($"{length}");
        });
        await using var gateway = await InFrontOfAsync(server);
        using var http = Http(gateway);

        using var answer = await http.PutAsync("/upload", new ByteArrayContent(new byte[Size]));

        Assert.Equal($"{Size}", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_WebSocket_is_upgraded_and_carries_both_ways()
    {
        await using var server = await StubServer.StartAsync(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync("janus");
            var buffer = new byte[64];
            var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            var echo = Encoding.UTF8.GetBytes($"{StubServer.TargetOf(context)} {Encoding.UTF8.GetString(buffer, 0, received.Count)}");
            await socket.SendAsync(echo, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
        });
        await using var gateway = await InFrontOfAsync(server);
        using var client = new ClientWebSocket();
        client.Options.AddSubProtocol("janus");

        await client.ConnectAsync(new UriBuilder(gateway.Address) { Scheme = "ws", Path = "/standalone-signaling/spreed" }.Uri, CancellationToken.None);
        await client.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        var answer = new byte[128];
        var received = await client.ReceiveAsync(answer.AsMemory(), CancellationToken.None);
        var closed = await client.ReceiveAsync(new byte[8].AsMemory(), CancellationToken.None);

        Assert.Equal("janus", client.SubProtocol);
        Assert.Equal("/standalone-signaling/spreed hello", Encoding.UTF8.GetString(answer, 0, received.Count));
        Assert.Equal((WebSocketMessageType.Close, "bye"), (closed.MessageType, client.CloseStatusDescription));
    }

    [Fact]
    public async Task A_client_that_goes_ends_the_request_to_the_server()
    {
        var (arrived, aborted) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await StubServer.StartAsync(async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            arrived.SetResult();
            await aborted.Task;
        });
        await using var gateway = await InFrontOfAsync(server);
        using var http = Http(gateway);
        using var cancellation = new CancellationTokenSource();

        var call = http.GetAsync("/slow", cancellation.Token);
        await arrived.Task;
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await aborted.Task;
    }

    [Fact]
    public async Task A_server_that_is_down_is_a_bad_gateway()
    {
        Uri address;
        await using (var server = await StubServer.StartAsync(_ => Task.CompletedTask))
        {
            address = server.Address;
        }

        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = address });
        using var http = Http(gateway);

        using var answer = await http.GetAsync("/x");

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
    }

    [Fact]
    public async Task Switched_off_it_answers_404_and_asks_nobody()
    {
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Keys = new Dictionary<string, string?> { ["PassThrough:Enabled"] = "false" } });
        using var http = Http(gateway);

        using var answer = await http.GetAsync("/status.php");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Empty(gateway.Simulator.Requests.All);
        await gateway.As("alice").DoAsync(new Talk.V1.ListRoomsRequest());
    }

    [Theory]
    [InlineData("/ocs/v2.php/cloud/capabilities", true)]
    [InlineData("/ocs", true)]
    [InlineData("/index.php/login", true)]
    [InlineData("/ocsx/v2.php", false)]
    [InlineData("/remote.php/dav", false)]
    [InlineData("/", false)]
    [InlineData("/ocs/../remote.php", false)]
    [InlineData("/ocs/%2e%2e/remote.php", false)]
    [InlineData("/ocs%2f..%2fremote.php", false)]
    public async Task Narrowed_to_prefixes_it_passes_only_those(string target, bool passes)
    {
        var asked = 0;
        await using var server = await StubServer.StartAsync(context =>
        {
            Interlocked.Increment(ref asked);
            return context.Response.WriteAsync("passed");
        });
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions
        {
            Upstream = server.Address,
            Keys = new Dictionary<string, string?> { ["PassThrough:Prefixes:0"] = "/ocs", ["PassThrough:Prefixes:1"] = "/index.php/" },
        });

        Assert.Equal(passes ? "passed" : "", await GetRawAsync(gateway, target));
        Assert.Equal(passes ? 1 : 0, asked);
    }

    [Fact]
    public async Task Http_2_clients_are_passed_through_as_well()
    {
        await using var server = await StubServer.StartAsync(context => context.Response.WriteAsync($"{context.Request.Protocol} {StubServer.TargetOf(context)}"));
        await using var gateway = await InFrontOfAsync(server);
        using var http = Http(gateway);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/x?y") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var answer = await http.SendAsync(request);

        Assert.Equal("HTTP/1.1 /x?y", await answer.Content.ReadAsStringAsync());
        Assert.Equal(HttpVersion.Version20, answer.Version);
    }

    [Fact]
    public void Its_connections_are_opened_and_renewed_as_those_for_rpcs()
    {
        using var connections = PassThroughEndpoint.Connections(new UpstreamOptions { ConnectTimeout = TimeSpan.FromSeconds(7), ConnectionLifetime = TimeSpan.FromSeconds(8) });

        Assert.Equal((7, 8), (connections.ConnectTimeout.TotalSeconds, connections.PooledConnectionLifetime.TotalSeconds));
    }

    private static Task<TestGateway> InFrontOfAsync(StubServer server) => TestGateway.StartAsync(new TestGatewayOptions { Upstream = server.Address });

    private static HttpClient Http(TestGateway gateway) =>
        new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null })
        {
            BaseAddress = gateway.Address,
            Timeout = TimeSpan.FromSeconds(30),
        };

    /// <summary>Sends a target that no client library would leave as it is, and gives the answer's body.</summary>
    private static async Task<string> GetRawAsync(TestGateway gateway, string target)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(gateway.Address.Host, gateway.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nConnection: close\r\n\r\n"));
        var answer = await new StreamReader(stream, Encoding.ASCII).ReadToEndAsync();
        var (head, body) = (answer[..answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)], answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);

        // The stub answers in one chunk where it states no length.
        return head.Contains("chunked", StringComparison.OrdinalIgnoreCase) ? string.Concat(body.Split("\r\n").Where((_, index) => index % 2 == 1)) : body;
    }

    /// <summary>A body whose second part is sent when the first has been seen.</summary>
    private sealed class StepwiseContent(string first, Task seen, string second) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(first));
            await stream.FlushAsync();
            await seen;
            await stream.WriteAsync(Encoding.ASCII.GetBytes(second));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
