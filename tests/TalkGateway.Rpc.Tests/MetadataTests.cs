using TalkGateway.Rpc.Tests.Protos;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Rpc.Tests;

public sealed class MetadataTests
{
    private const string Unary = "/rpctest.EchoService/Unary";
    private const string ServerStream = "/rpctest.EchoService/ServerStream";

    [Fact]
    public async Task Headers_and_trailers_of_a_success_arrive_apart_with_repeated_keys_in_order()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (call, _) =>
            {
                call.ResponseMetadata.Add("x-head", "foo").Add("x-head", "bar").Add("x-head-bin", [1, 2, 3, 4]);
                call.Trailers.Add("x-trail", "bing").Add("x-trail", "quux").Add("x-trail-bin", [255]).Add("x-trail-bin", [254]);
                return new(new EchoResponse());
            }));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest());

        Assert.Equal(["foo", "bar"], reply.Headers.GetValues("x-head"));
        Assert.Equal(["AQIDBA"], reply.Headers.GetValues("x-head-bin"));
        Assert.Equal(["bing", "quux"], reply.Trailers.GetValues("x-trail"));
        Assert.Equal(["/w", "/g"], reply.Trailers.GetValues("x-trail-bin"));
        Assert.False(reply.Headers.Contains("x-trail"));
    }

    [Fact]
    public async Task Headers_of_an_error_stay_headers_and_its_trailers_trailers()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.ServerStreaming<EchoRequest, EchoResponse>("ServerStream", (call, _, _) =>
            {
                call.ResponseMetadata.Add("x-head", "foo");
                call.Trailers.Add("x-trail", "bing");
                throw new RpcException(new RpcStatus(RpcStatusCode.Internal, "no"), new RpcMetadata().Add("x-trail", "quux"));
            }));

        var reply = await host.Client.CallAsync<EchoResponse>(ServerStream, new EchoRequest());

        Assert.Equal(["foo"], reply.Headers.GetValues("x-head"));
        Assert.Equal(["bing", "quux"], reply.Trailers.GetValues("x-trail"));
        Assert.Equal((int)RpcStatusCode.Internal, reply.Code);
        Assert.False(reply.IsTrailersOnly);
    }

    [Fact]
    public async Task Trailers_of_an_error_without_headers_come_in_one_block_with_it()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (call, _) =>
            {
                call.Trailers.Add("x-trail", "bing");
                throw new RpcException(RpcStatusCode.Internal, "no");
            }));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest());

        Assert.True(reply.IsTrailersOnly);
        Assert.Equal(["bing"], reply.Headers.GetValues("x-trail"));
    }

    [Theory]
    [InlineData("AQIDBA==", "01020304")]
    [InlineData("AQIDBA", "01020304")]
    [InlineData("AQI=", "0102")]
    [InlineData("AQI", "0102")]
    [InlineData("", "")]
    [InlineData("AQI,AQ==,+/8", "0102 01 FBFF")]
    [InlineData("AQI, AQ", "0102 01")]
    public async Task Binary_values_are_read_padded_unpadded_and_joined(string header, string expected)
    {
        Assert.Equal(expected, await ReadBinaryAsync([("x-data-bin", header)]));
    }

    [Fact]
    public async Task Binary_values_of_repeated_headers_keep_their_order()
    {
        Assert.Equal("01 02", await ReadBinaryAsync([("x-data-bin", "AQ"), ("x-data-bin", "Ag==")]));
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AQ=")]
    [InlineData("AQI==")]
    [InlineData("A Q I")]
    [InlineData("AQ*D")]
    [InlineData("=")]
    public async Task Binary_value_that_is_not_base64_is_an_invalid_argument(string header)
    {
        Assert.Equal("InvalidArgument", await ReadBinaryAsync([("x-data-bin", header)]));
    }

    [Fact]
    public async Task Text_values_are_read_whatever_the_case_of_the_key()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (call, _) =>
            {
                Assert.True(call.RequestMetadata.TryGetValue("X-Text", out var text));
                Assert.False(call.RequestMetadata.TryGetValue("x-other", out var _));
                return new(new EchoResponse { Text = text });
            }));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest(), new GrpcTestOptions { Headers = [("x-text", "value")] });

        Assert.Equal("value", reply.Response.Text);
    }

    [Fact]
    public async Task Values_of_repeated_headers_keep_their_order_and_the_last_one_wins()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (call, _) =>
            {
                Assert.True(call.RequestMetadata.TryGetValue("x-text", out var last));
                Assert.True(call.RequestMetadata.TryGetBytes("x-data-bin", out var bytes));
                var all = string.Join('|', call.RequestMetadata["x-text"].ToArray());
                return new(new EchoResponse { Text = $"{last}:{all}:{bytes[0]}:{call.RequestMetadata.GetAllBytes("x-data-bin").Count}" });
            }));

        // HttpClient joins repeated headers, so this one speaks HTTP/1.1 by hand.
        using var socket = new System.Net.Sockets.TcpClient(host.Address.Host, host.Address.Port);
        await socket.GetStream().WriteAsync("""
            POST /rpctest.EchoService/Unary HTTP/1.1
            Host: localhost
            Connection: close
            Content-Type: application/json
            Content-Length: 2
            X-Text: Value1
            x-text: Value2
            X-Data-Bin: AQ==
            x-data-bin: Ag,Aw

            {}
            """u8.ToArray().Where(b => b != '\r').SelectMany(b => b == '\n' ? "\r\n"u8.ToArray() : [b]).ToArray());
        using var reader = new StreamReader(socket.GetStream());

        Assert.EndsWith("""{ "text": "Value2:Value1|Value2:3:3" }""", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Upper", "v")]
    [InlineData("grpc-status", "0")]
    [InlineData("content-type", "text/html")]
    [InlineData("with space", "v")]
    [InlineData("", "v")]
    [InlineData("x-line", "a\r\nb: c")]
    [InlineData("x-umlaut", "ü")]
    [InlineData("x-data-bin", "text")]
    public void Text_that_cannot_travel_is_refused(string key, string value)
    {
        Assert.Throws<ArgumentException>(() => new RpcMetadata().Add(key, value));
    }

    [Fact]
    public void Bytes_under_a_text_key_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new RpcMetadata().Add("x-data", [1]));
    }

    [Fact]
    public async Task Headers_after_the_first_message_are_refused()
    {
        Exception? refused = null;
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.ServerStreaming<EchoRequest, EchoResponse>("ServerStream", async (call, _, responses) =>
            {
                call.ResponseMetadata.Add("x-early", "1");
                await responses.WriteAsync(new EchoResponse());
                refused = Record.Exception(() => call.ResponseMetadata.Add("x-late", "1"));
            }));

        await host.Client.CallAsync<EchoResponse>(ServerStream, new EchoRequest());

        Assert.IsType<InvalidOperationException>(refused);
    }

    private static async Task<string> ReadBinaryAsync(IReadOnlyList<(string, string)> headers)
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (call, _) =>
                new(new EchoResponse { Text = string.Join(' ', call.RequestMetadata.GetAllBytes("x-data-bin").Select(Convert.ToHexString)) })));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest(), new GrpcTestOptions { Headers = headers });

        return reply.Code == 0 ? reply.Response.Text : ((RpcStatusCode)reply.Code).ToString();
    }
}
