using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using TalkGateway.Memory;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Transport;
using Xunit;
using static TalkGateway.Talk.Tests.Transport.UpstreamWorld;

namespace TalkGateway.Talk.Tests.Transport;

/// <summary>Real HTTP on loopback: what goes over the wire, and what breaks on it.</summary>
public sealed class OcsTransportTests
{
    [Fact]
    public async Task A_request_carries_what_nextcloud_asks_for()
    {
        Seen? seen = null;
        await using var server = await Serve(async context =>
        {
            seen = new Seen(context.Request);
            await context.Response.WriteAsync("{}");
        });
        using var transport = Transport(server.Address + "/nextcloud/");
        var identity = new CallIdentity(Credential.None, ClientAddress: IPAddress.Parse("::ffff:203.0.113.7")) { AcceptLanguage = "de, en;q=0.5" };

        using var answer = (await transport.ExchangeAsync(
            new OcsAttempt(Get("/ocs/v2.php/apps/spreed/api/v4/room?includeStatus=1") with { Headers = [new("X-Nextcloud-Talk-Session-Tab-Id", "tab")] }, "Bearer t", "oc1=a; b=c", identity),
            CancellationToken.None)).OrThrow();

        Assert.Equal("/nextcloud/ocs/v2.php/apps/spreed/api/v4/room", seen!.Path);
        Assert.Equal("?includeStatus=1&format=json", seen.Query);
        Assert.Equal("true", seen.Headers["OCS-APIRequest"]);
        Assert.Equal("application/json", seen.Headers["Accept"]);
        Assert.Matches(@"^TalkGateway/\d+\.\d+\.\d+$", seen.Headers["User-Agent"]);
        Assert.Equal("203.0.113.7", seen.Headers["X-Forwarded-For"]);
        Assert.Equal("Bearer t", seen.Headers["Authorization"]);
        Assert.Equal("oc1=a; b=c", seen.Headers["Cookie"]);
        Assert.Equal("de, en;q=0.5", seen.Headers["Accept-Language"]);
        Assert.Equal("tab", seen.Headers["X-Nextcloud-Talk-Session-Tab-Id"]);
    }

    [Theory]
    [InlineData("de, ü;q=0.5")]
    [InlineData("de\r\nCookie: a=b")]
    public async Task Languages_that_no_header_can_carry_stay_behind(string languages)
    {
        Seen? seen = null;
        await using var server = await Serve(context =>
        {
            seen = new Seen(context.Request);
            return Task.CompletedTask;
        });
        using var transport = Transport(server.Address);
        var identity = CallIdentity.Anonymous with { AcceptLanguage = languages };

        using var answer = (await transport.ExchangeAsync(new OcsAttempt(Get("/ocs/v2.php/cloud/user"), null, null, identity), CancellationToken.None)).OrThrow();

        Assert.False(seen!.Headers.ContainsKey("Accept-Language"));
        Assert.False(seen.Headers.ContainsKey("Cookie"));
    }

    [Theory]
    [InlineData("/ocs/v2.php/cloud/user", false, "?format=json", "application/json")]
    [InlineData("/ocs/v2.php/cloud/user?a=%2F%20b", false, "?a=%2F%20b&format=json", "application/json")]
    [InlineData("/status.php", false, "", "application/json")]
    [InlineData("/ocs/v2.php/apps/spreed/api/v4/call/abcd/download", true, "", "*/*")]
    public async Task Json_is_asked_for_where_the_operation_wants_json(string target, bool anyFormat, string query, string accept)
    {
        Seen? seen = null;
        await using var server = await Serve(context =>
        {
            seen = new Seen(context.Request);
            return Task.CompletedTask;
        });
        using var transport = Transport(server.Address);

        using var answer = (await transport.ExchangeAsync(Attempt(Get(target) with { AnyFormat = anyFormat }), CancellationToken.None)).OrThrow();

        Assert.Equal((query, accept), (seen!.Query, seen.Headers["Accept"]));
    }

    [Fact]
    public async Task Body_and_content_type_arrive_as_they_are()
    {
        var seen = ("", "");
        await using var server = await Serve(async context =>
            seen = (context.Request.ContentType!, await new StreamReader(context.Request.Body).ReadToEndAsync()));
        using var transport = Transport(server.Address);

        using var answer = (await transport.ExchangeAsync(Attempt(Post() with { Body = "{\"a\":\"ü\"}"u8.ToArray() }), CancellationToken.None)).OrThrow();

        Assert.Equal(("application/json", "{\"a\":\"ü\"}"), seen);
        Assert.True(answer.Body.IsEmpty);
    }

    [Theory]
    [InlineData("room")]
    [InlineData("//evil\u0001")]
    [InlineData("/a b")]
    [InlineData("/a#b")]
    [InlineData("/ü")]
    [InlineData("/a\r\nHost: x")]
    [InlineData("/room/../../x")]
    [InlineData("/room/%2e%2E/x")]
    [InlineData("/room/.")]
    [InlineData("/a\\b")]
    public async Task A_path_that_could_lead_elsewhere_is_never_sent(string target)
    {
        using var transport = Transport("http://127.0.0.1:1");

        await Assert.ThrowsAsync<ArgumentException>(async () => await transport.ExchangeAsync(Attempt(Get(target)), CancellationToken.None));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(300_000)]
    public async Task An_answer_is_read_whole_with_and_without_announced_length_and_compression(int length)
    {
        var body = new byte[length];
        new Random(length).NextBytes(body);
        await using var server = await Serve(async context =>
        {
            context.Response.Headers["X-Chat-Last-Given"] = "17";
            switch (context.Request.Path)
            {
                case "/announced":
                    context.Response.ContentLength = length;
                    await context.Response.Body.WriteAsync(body);
                    break;
                case "/chunked":
                    await context.Response.StartAsync();
                    await context.Response.Body.WriteAsync(body);
                    break;
                case "/brotli":
                    Assert.Contains("br", context.Request.Headers.AcceptEncoding.ToString(), StringComparison.Ordinal);
                    context.Response.Headers.ContentEncoding = "br";
                    await using (var brotli = new BrotliStream(context.Response.Body, CompressionLevel.Fastest))
                    {
                        await brotli.WriteAsync(body);
                    }

                    break;
                default:
                    Assert.Contains("gzip", context.Request.Headers.AcceptEncoding.ToString(), StringComparison.Ordinal);
                    context.Response.Headers.ContentEncoding = "gzip";
                    await using (var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest))
                    {
                        await gzip.WriteAsync(body);
                    }

                    break;
            }
        });
        using var transport = Transport(server.Address);

        foreach (var path in new[] { "/announced", "/chunked", "/gzip", "/brotli" })
        {
            using var answer = (await transport.ExchangeAsync(Attempt(Get(path)), CancellationToken.None)).OrThrow();

            Assert.Equal(200, answer.Status);
            Assert.True(answer.Body.Span.SequenceEqual(body), path);
            Assert.Equal("17", answer.Header("x-chat-last-given"));
            Assert.Null(answer.Header("X-Nothing"));
        }
    }

    [Theory]
    [InlineData("/announced")]
    [InlineData("/inflated")]
    public async Task An_answer_beyond_the_limit_is_not_read(string path)
    {
        await using var server = await Serve(async context =>
        {
            if (context.Request.Path == "/announced")
            {
                context.Response.ContentLength = 200_000;
                await context.Response.Body.WriteAsync(new byte[200_000]);
                return;
            }

            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest);
            await gzip.WriteAsync(new byte[200_000]);
        });
        using var transport = Transport(server.Address, o => o with { MaxAnswerBytes = 100_000 });

        var failure = await FailureOf(transport, Get(path));

        Assert.Equal((UpstreamFailureKind.AnswerTooLarge, true), (failure.Kind, failure.MayHaveArrived));
        Assert.Contains("MaxAnswerBytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_explained_and_not_followed()
    {
        await using var server = await Serve(context =>
        {
            Assert.Equal("/ocs/v2.php/apps/spreed/api/v4/room", context.Request.Path);
            context.Response.Redirect("https://cloud.example.com/secret?x=y", permanent: true);
            return Task.CompletedTask;
        });
        using var transport = Transport(server.Address);

        var failure = await FailureOf(transport, Post());

        Assert.Equal(UpstreamFailureKind.Redirected, failure.Kind);
        Assert.Contains("https://cloud.example.com", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_got_nothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var transport = Transport($"http://127.0.0.1:{port}");

        var failure = await FailureOf(transport, Post());

        Assert.Equal((UpstreamFailureKind.Unreachable, false), (failure.Kind, failure.MayHaveArrived));
    }

    [Fact]
    public async Task A_host_name_without_an_address_got_nothing()
    {
        using var transport = Transport("http://no-such-host.invalid");

        var failure = await FailureOf(transport, Post());

        Assert.Equal((UpstreamFailureKind.Unreachable, false), (failure.Kind, failure.MayHaveArrived));
    }

    [Theory]
    [InlineData("", UpstreamFailureKind.Interrupted)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", UpstreamFailureKind.Interrupted)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"ocs\":", UpstreamFailureKind.Interrupted)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"ocs", UpstreamFailureKind.Interrupted)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", UpstreamFailureKind.BadAnswer)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 4\r\n\r\nnope", UpstreamFailureKind.BadAnswer)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", UpstreamFailureKind.BadAnswer)]
    public async Task Half_an_answer_or_none_leaves_the_fate_of_the_request_unknown(string sent, object kind)
    {
        using var server = new RawServer(_ => sent, closes: true);
        using var transport = Transport(server.Address);

        var failure = await FailureOf(transport, Post());

        Assert.Equal(((UpstreamFailureKind)kind, true), (failure.Kind, failure.MayHaveArrived));
    }

    [Theory]
    [InlineData("POST", true)]
    [InlineData("POST", false)]
    [InlineData("PUT", false)]
    [InlineData("DELETE", false)]
    [InlineData("GET", false)] // pulling signaling messages takes them away
    public async Task On_a_pooled_connection_that_breaks_nothing_with_an_effect_is_sent_twice(string method, bool hasBody)
    {
        using var server = new RawServer(n => n == 1 ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" : null, closes: false);
        using var transport = Transport(server.Address);
        (await transport.ExchangeAsync(Attempt(Get()), CancellationToken.None)).OrThrow().Dispose();
        var request = new OcsRequest { Method = new HttpMethod(method), PathAndQuery = "/ocs/v2.php/x", Body = hasBody ? "{}"u8.ToArray() : default };

        var failure = await FailureOf(transport, request);

        Assert.Equal((UpstreamFailureKind.Interrupted, true), (failure.Kind, failure.MayHaveArrived));
        Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task Cancelling_ends_the_request_on_the_server_too()
    {
        var arrived = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using var server = await Serve(async context =>
        {
            await using var registration = context.RequestAborted.Register(aborted.SetResult);
            arrived.SetResult();
            await aborted.Task;
        });
        using var transport = Transport(server.Address);
        using var cancellation = new CancellationTokenSource();

        var exchange = transport.ExchangeAsync(Attempt(Get()), cancellation.Token).AsTask();
        await arrived.Task;
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exchange);
        await aborted.Task;
    }

    [Fact]
    public async Task Retry_after_is_read_as_seconds_and_as_a_date()
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        await using var server = await Serve(context =>
        {
            context.Response.Headers.RetryAfter = context.Request.Query["after"];
            return Task.CompletedTask;
        });
        using var transport = Transport(server.Address);

        async Task<TimeSpan?> Ask(string value)
        {
            using var answer = (await transport.ExchangeAsync(Attempt(Get("/x?after=" + Uri.EscapeDataString(value))), CancellationToken.None)).OrThrow();
            return answer.RetryAfter(now);
        }

        Assert.Equal(TimeSpan.FromSeconds(120), await Ask("120"));
        Assert.Equal(TimeSpan.FromSeconds(60), await Ask("Thu, 01 Jan 2026 00:01:00 GMT"));
        Assert.Equal(TimeSpan.Zero, await Ask("Wed, 31 Dec 2025 00:01:00 GMT"));
        Assert.Null(await Ask("soon"));
    }

    private static OcsAttempt Attempt(OcsRequest request) => new(request, null, null, CallIdentity.Anonymous);

    private static OcsTransport Transport(string address, Func<UpstreamOptions, UpstreamOptions>? configure = null)
    {
        var options = new UpstreamOptions { Address = address };
        return new OcsTransport("main", configure?.Invoke(options) ?? options, ByteBudget.Unlimited, handler: null);
    }

    private static async Task<UpstreamFailure> FailureOf(OcsTransport transport, OcsRequest request) =>
        (await transport.ExchangeAsync(Attempt(request), CancellationToken.None)).Failure!;

    private static Task<LocalServer> Serve(RequestDelegate handle) => LocalServer.StartAsync(handle);

    private sealed class Seen(HttpRequest request)
    {
        public string Path { get; } = request.Path;

        public string Query { get; } = request.QueryString.Value!;

        public Dictionary<string, string> Headers { get; } = request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Answers each request with given bytes, whatever they are; null closes the connection instead.</summary>
    private sealed class RawServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Func<int, string?> _answer;
        private readonly bool _closes;
        private int _requests;

        public RawServer(Func<int, string?> answer, bool closes)
        {
            (_answer, _closes) = (answer, closes);
            _listener.Start();
            _ = AcceptAsync();
        }

        public string Address => $"http://{_listener.LocalEndpoint}";

        public int Requests => Volatile.Read(ref _requests);

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    await ServeAsync(client.GetStream());
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task ServeAsync(NetworkStream stream)
        {
            var buffer = new byte[16 * 1024];
            var text = new StringBuilder();
            while (await stream.ReadAsync(buffer) is var read && read > 0)
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
                if (!IsComplete(text.ToString()))
                {
                    continue;
                }

                text.Clear();
                if (_answer(Interlocked.Increment(ref _requests)) is not { } answer)
                {
                    return;
                }

                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
                if (_closes)
                {
                    return;
                }
            }
        }

        private static bool IsComplete(string request)
        {
            var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                return false;
            }

            var length = request.Split("\r\n").FirstOrDefault(l => l.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase));
            return request.Length - end - 4 >= int.Parse(length?["Content-Length: ".Length..] ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
