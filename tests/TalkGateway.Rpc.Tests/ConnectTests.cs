using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using TalkGateway.Rpc.Tests.Protos;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Rpc.Tests;

public sealed class ConnectTests
{
    private const string Unary = "/rpctest.EchoService/Unary";
    private const string Read = "/rpctest.EchoService/Read";

    [Fact]
    public async Task Json_posted_without_a_connect_header_is_answered()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };

        using var response = await http.PostAsync(Unary, Json("""{"text":"curl"}"""));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("""{ "text": "curl" }""", await response.Content.ReadAsStringAsync());
        Assert.NotNull(response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Json_with_a_charset_and_unknown_fields_is_read()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };

        using var response = await http.PostAsync(Unary, new StringContent("""{"text":"x","newer":{"field":1}}""", Encoding.UTF8, "application/json"));

        Assert.Equal("""{ "text": "x" }""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"text":5}""")]
    [InlineData("""{"count":99999999999}""")]
    [InlineData("""{"data":"%"}""")]
    [InlineData("""{"any":{"@type":"type.googleapis.com/no.Such"}}""")]
    public async Task Json_that_is_no_such_message_is_an_invalid_argument_with_400(string json)
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };

        foreach (var path in (string[])[Unary, "/rpctest.BytesService/Unary"])
        {
            using var response = await http.PostAsync(path, Json(json));

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Equal("invalid_argument", await ErrorCodeAsync(response));
        }
    }

    [Fact]
    public async Task Json_that_is_not_utf_8_is_an_invalid_argument()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };
        using var content = new ByteArrayContent([.. "{\"text\":\""u8, 0xC3, 0x28, .. "\"}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using var response = await http.PostAsync(Unary, content);

        Assert.Equal("invalid_argument", await ErrorCodeAsync(response));
    }

    [Theory]
    [InlineData(RpcStatusCode.Cancelled, 499, "canceled")]
    [InlineData(RpcStatusCode.Unknown, 500, "unknown")]
    [InlineData(RpcStatusCode.InvalidArgument, 400, "invalid_argument")]
    [InlineData(RpcStatusCode.DeadlineExceeded, 504, "deadline_exceeded")]
    [InlineData(RpcStatusCode.NotFound, 404, "not_found")]
    [InlineData(RpcStatusCode.AlreadyExists, 409, "already_exists")]
    [InlineData(RpcStatusCode.PermissionDenied, 403, "permission_denied")]
    [InlineData(RpcStatusCode.ResourceExhausted, 429, "resource_exhausted")]
    [InlineData(RpcStatusCode.FailedPrecondition, 400, "failed_precondition")]
    [InlineData(RpcStatusCode.Aborted, 409, "aborted")]
    [InlineData(RpcStatusCode.OutOfRange, 400, "out_of_range")]
    [InlineData(RpcStatusCode.Unimplemented, 501, "unimplemented")]
    [InlineData(RpcStatusCode.Internal, 500, "internal")]
    [InlineData(RpcStatusCode.Unavailable, 503, "unavailable")]
    [InlineData(RpcStatusCode.DataLoss, 500, "data_loss")]
    [InlineData(RpcStatusCode.Unauthenticated, 401, "unauthenticated")]
    public async Task Error_has_its_http_status_and_name_whatever_the_codec(RpcStatusCode code, int httpStatus, string name)
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (_, _) => throw new RpcException(code, "because")));
        using var http = new HttpClient { BaseAddress = host.Address };

        using var response = await http.PostAsync(Unary, Proto(new EchoRequest()));

        Assert.Equal(httpStatus, (int)response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
        Assert.Equal($$"""{"code":"{{name}}","message":"because"}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Details_that_are_googles_come_readable_too_and_others_as_they_are()
    {
        var violation = new BadRequest { FieldViolations = { new BadRequest.Types.FieldViolation { Field = "name", Description = "is required" } } };
        var malformed = new Any { TypeUrl = "type.googleapis.com/google.rpc.ErrorInfo", Value = ByteString.CopyFrom(255) };
        var inexpressible = Any.Pack(new RetryInfo { RetryDelay = new Duration { Seconds = 1, Nanos = -1 } });
        var unknown = new Any { TypeUrl = "type.googleapis.com/elsewhere.Unheard", Value = ByteString.CopyFrom(1) };
        var status = new RpcStatus(RpcStatusCode.InvalidArgument, "name", [Any.Pack(violation), malformed, inexpressible, unknown]);
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (_, _) => throw new RpcException(status)));
        using var http = new HttpClient { BaseAddress = host.Address };

        using var response = await http.PostAsync(Unary, Json("{}"));

        var details = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("details").EnumerateArray().ToList();
        Assert.Equal("is required", details[0].GetProperty("debug").GetProperty("fieldViolations")[0].GetProperty("description").GetString());
        Assert.Equal(status.Details.Select(detail => detail.Value.ToBase64().TrimEnd('=')), details.Select(detail => detail.GetProperty("value").GetString()));
        Assert.All(details[1..], detail => Assert.False(detail.TryGetProperty("debug", out _)));
    }

    [Fact]
    public async Task Body_without_bytes_is_the_empty_message()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };

        using var response = await http.PostAsync(Unary, Proto(new EchoRequest()));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/proto", response.Content.Headers.ContentType!.ToString());
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("encoding=json&message=%7B%22text%22%3A%22g%C3%BC%22%7D")]
    [InlineData("connect=v1&encoding=json&base64=1&message=eyJ0ZXh0IjoiZ8O8In0")]
    [InlineData("connect=v1&encoding=json&base64=1&message=eyJ0ZXh0IjoiZ8O8In0%3D")]
    [InlineData("encoding=proto&base64=1&message=CgNnw7w")]
    [InlineData("encoding=proto&base64=1&message=CgNnw7w%3D")]
    public async Task Method_without_side_effects_can_be_got(string query)
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };

        using var response = await http.GetAsync($"{Read}?{query}");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["Accept-Encoding", "authorization", "cookie"], response.Headers.Vary);
        Assert.Null(response.Headers.CacheControl);
        var body = await response.Content.ReadAsByteArrayAsync();
        var message = query.Contains("json", StringComparison.Ordinal) ? JsonParser.Default.Parse<EchoResponse>(Encoding.UTF8.GetString(body)) : EchoResponse.Parser.ParseFrom(body);
        Assert.Equal("gü", message.Text);
    }

    [Theory]
    [InlineData("encoding=json&message=%7B%7D", "authorization", "no-store, private")]
    [InlineData("encoding=json&message=%7B%7D", "cookie", "no-store, private")]
    [InlineData("encoding=json&message=%7B%7D", "x-other", null)]
    [InlineData("encoding=json&message=%7B", "x-other", "no-store")]
    [InlineData("encoding=json&message=%7B", "authorization", "no-store, private")]
    public async Task Answers_to_callers_with_a_credential_and_failures_are_kept_by_no_cache(string query, string header, string? cacheControl)
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Read}?{query}");
        request.Headers.TryAddWithoutValidation(header, "value");

        using var response = await http.SendAsync(request);

        Assert.Equal(cacheControl, response.Headers.TryGetValues("cache-control", out var values) ? values.Single() : null);
    }

    [Fact]
    public async Task Message_in_a_query_may_be_compressed()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };
        var message = System.Buffers.Text.Base64Url.EncodeToString(GrpcTestClient.Frame("{\"text\":\"small\"}"u8.ToArray(), gzip: true).AsSpan(5));

        using var response = await http.GetAsync($"{Read}?encoding=json&compression=gzip&base64=1&message={message}");

        Assert.Equal("""{ "text": "small" }""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("encoding=json", "invalid_argument")]
    [InlineData("encoding=json&message={}&message={}", "invalid_argument")]
    [InlineData("encoding=json&message={}&connect=v2", "invalid_argument")]
    [InlineData("encoding=proto&message=*&base64=1", "invalid_argument")]
    [InlineData("encoding=json&message={}&compression=zstd", "unimplemented")]
    public async Task Query_that_is_no_call_is_refused(string query, string code)
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };

        using var response = await http.GetAsync($"{Read}?{query}");

        Assert.Equal(code, await ErrorCodeAsync(response));
    }

    [Fact]
    public async Task Method_with_side_effects_cannot_be_got()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };

        using var refused = await http.GetAsync($"{Unary}?encoding=json&message={{}}");
        using var deleted = await http.DeleteAsync(Read);
        using var withoutCodec = await http.GetAsync($"{Read}?message={{}}");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, refused.StatusCode);
        Assert.Equal(["POST"], refused.Content.Headers.Allow);
        Assert.Equal(["GET", "POST"], deleted.Content.Headers.Allow);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, withoutCodec.StatusCode);
    }

    [Theory]
    [InlineData(Unary, "application/connect+json")]
    [InlineData(Unary, "application/xml")]
    [InlineData("/rpctest.EchoService/ServerStream", "application/json")]
    [InlineData("/rpctest.EchoService/ServerStream", "application/proto")]
    public async Task Content_type_of_another_kind_of_call_gets_415_and_the_accepted_ones(string path, string contentType)
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };
        using var content = new ByteArrayContent([]);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);

        using var response = await http.PostAsync(path, content);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        Assert.Contains("application/connect+json", response.Headers.GetValues("accept-post").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("connect-timeout-ms", "12345678901", "invalid_argument")]
    [InlineData("connect-timeout-ms", "-1", "invalid_argument")]
    [InlineData("connect-timeout-ms", "1.5", "invalid_argument")]
    [InlineData("connect-timeout-ms", "1s", "invalid_argument")]
    [InlineData("connect-timeout-ms", "0", "deadline_exceeded")]
    [InlineData("connect-protocol-version", "2", "invalid_argument")]
    public async Task Header_that_cannot_be_kept_is_refused(string name, string value, string code)
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };
        http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);

        using var response = await http.PostAsync(Unary, Json("{}"));

        Assert.Equal(code, await ErrorCodeAsync(response));
    }

    [Fact]
    public async Task Longest_timeout_is_kept()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };
        http.DefaultRequestHeaders.TryAddWithoutValidation("connect-timeout-ms", "9999999999");

        using var response = await http.PostAsync(Unary, Json("{}"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Unknown_encoding_is_unimplemented_and_the_known_ones_are_named()
    {
        await using var host = await StartAsync();
        using var http = new HttpClient { BaseAddress = host.Address };
        using var content = Json("{}");
        content.Headers.ContentEncoding.Add("zstd");

        using var response = await http.PostAsync(Unary, content);

        Assert.Equal("unimplemented", await ErrorCodeAsync(response));
        Assert.Equal("identity,gzip", string.Join(',', response.Headers.GetValues("accept-encoding")));
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("br, gzip;q=0.5", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip; q=0.000", false)]
    [InlineData("br", false)]
    public async Task Response_is_compressed_for_those_who_accept_it(string accept, bool compressed)
    {
        await using var host = await StartAsync(options => options.ResponseCompression = RpcResponseCompression.WhenAccepted);
        using var http = new HttpClient { BaseAddress = host.Address };
        http.DefaultRequestHeaders.TryAddWithoutValidation("accept-encoding", accept);

        using var response = await http.PostAsync(Unary, Json($$"""{"text":"{{new string('x', 5000)}}"}"""));

        Assert.Equal(compressed ? ["gzip"] : [], response.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task Headers_of_a_unary_call_wait_for_its_status()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", async (call, _) =>
            {
                call.ResponseMetadata.Add("x-head", "1");
                await call.WriteHeadersAsync();
                call.Trailers.Add("x-trail", "2");
                throw new RpcException(RpcStatusCode.NotFound, "after the headers");
            }));
        using var http = new HttpClient { BaseAddress = host.Address };

        using var response = await http.PostAsync(Unary, Json("{}"));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(["1"], response.Headers.GetValues("x-head"));
        Assert.Equal(["2"], response.Headers.GetValues("trailer-x-trail"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Stream_with_no_message_or_two_where_one_belongs_is_unimplemented(int count)
    {
        await using var host = await StartAsync();

        var end = await StreamAsync(host, "ServerStream", [.. Enumerable.Repeat(GrpcTestClient.Frame([]), count).SelectMany(frame => frame)]);

        Assert.Equal("unimplemented", end.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Stream_with_a_compressed_message_without_an_encoding_is_an_internal_error()
    {
        await using var host = await StartAsync();

        var end = await StreamAsync(host, "ServerStream", GrpcTestClient.Frame([], flags: 1));

        Assert.Equal("internal", end.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task End_of_a_stream_without_error_or_trailers_is_an_empty_object()
    {
        await using var host = await StartAsync();

        var end = await StreamAsync(host, "ServerStream", GrpcTestClient.Frame([]));

        Assert.Equal("{}", end.GetRawText());
    }

    private static async Task<JsonElement> StreamAsync(RpcTestHost host, string method, byte[] body)
    {
        using var http = new HttpClient { BaseAddress = host.Address };
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/connect+proto");
        using var response = await http.PostAsync("/rpctest.EchoService/" + method, content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var last = GrpcTestClient.Unframe(await response.Content.ReadAsByteArrayAsync())[^1];
        Assert.Equal(2, last.Flags);
        return JsonDocument.Parse(last.Message).RootElement;
    }

    private static async Task<string> ErrorCodeAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("code").GetString()!;

    private static ByteArrayContent Json(string json)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static ByteArrayContent Proto(IMessage message)
    {
        var content = new ByteArrayContent(message.ToByteArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/proto");
        return content;
    }

    private static Task<RpcTestHost> StartAsync(Action<RpcServerOptions>? options = null) =>
        RpcTestHost.StartAsync(
            app =>
            {
                app.MapRpcService(EchoReflection.Descriptor.Services[0], echo => echo
                    .Unary<EchoRequest, EchoResponse>("Unary", (_, request) => new(new EchoResponse { Text = request.Text }))
                    .Unary<EchoRequest, EchoResponse>("Read", (_, request) => new(new EchoResponse { Text = request.Text }))
                    .ServerStreaming<EchoRequest, EchoResponse>("ServerStream", (_, _, _) => default));
                app.MapRpcService(EchoReflection.Descriptor.Services[1], bytes => bytes.UnaryBytes("Unary", (_, _, _) => default));
            },
            options);
}
