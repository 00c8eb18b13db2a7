using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Google.Protobuf;
using TalkGateway.Rpc.Tests.Protos;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Rpc.Tests;

public sealed class GrpcWebTests
{
    private static readonly byte[] Hello = GrpcTestClient.Frame(new EchoRequest { Text = "hello" }.ToByteArray());

    [Theory]
    [InlineData("application/grpc-web", "application/grpc-web+proto")]
    [InlineData("application/grpc-web+proto", "application/grpc-web+proto")]
    [InlineData("application/grpc-web; charset=utf-8", "application/grpc-web+proto")]
    public async Task Trailers_come_in_the_last_frame_in_lower_case(string contentType, string answered)
    {
        await using var host = await StartAsync();

        var (body, response) = await PostAsync(host, contentType, Hello);

        var frames = GrpcTestClient.Unframe(body);
        Assert.Equal([0, 0x80], frames.Select(frame => (int)frame.Flags));
        Assert.Equal("hello", EchoResponse.Parser.ParseFrom(frames[0].Message).Text);
        Assert.Equal("grpc-status: 0\r\n", Encoding.ASCII.GetString(frames[1].Message));
        Assert.Equal(answered, response.Content.Headers.ContentType!.ToString());
    }

    [Theory]
    [InlineData(0, 12)]
    [InlineData(1, 0)]
    [InlineData(2, 12)]
    public async Task One_message_is_taken_and_others_are_unimplemented(int count, int status)
    {
        await using var host = await StartAsync();

        var (body, _) = await PostAsync(host, "application/grpc-web+proto", [.. Enumerable.Repeat(Hello, count).SelectMany(frame => frame)]);

        Assert.StartsWith($"grpc-status: {status}\r\n", Encoding.ASCII.GetString(GrpcTestClient.Unframe(body)[^1].Message), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_may_be_encoded_frame_by_frame_or_part_by_part()
    {
        await using var host = await StartAsync();
        var parts = string.Concat(Convert.ToBase64String(Hello.AsSpan(0, 1)), Convert.ToBase64String(Hello.AsSpan(1, 4)), Convert.ToBase64String(Hello.AsSpan(5)));

        var (body, response) = await PostAsync(host, "application/grpc-web-text", Encoding.ASCII.GetBytes(parts));

        Assert.Equal("application/grpc-web-text+proto", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("hello", EchoResponse.Parser.ParseFrom(GrpcTestClient.Unframe(Decode(body))[0].Message).Text);
    }

    [Theory]
    [InlineData("AAAA*AAA")]
    [InlineData("AAAAAAA")]
    [InlineData("AAAA AAA")]
    [InlineData("=AAA")]
    public async Task Text_that_is_not_base64_is_an_internal_error(string text)
    {
        await using var host = await StartAsync();

        var (body, _) = await PostAsync(host, "application/grpc-web-text", Encoding.ASCII.GetBytes(text));

        Assert.StartsWith("grpc-status: 13\r\n", Encoding.ASCII.GetString(GrpcTestClient.Unframe(Decode(body))[^1].Message), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_of_megabytes_is_read_whole()
    {
        await using var host = await StartAsync();
        var large = GrpcTestClient.Frame(new EchoRequest { Text = new string('x', 3 << 20) }.ToByteArray());

        var (body, _) = await PostAsync(host, "application/grpc-web-text", Encoding.ASCII.GetBytes(Convert.ToBase64String(large)));

        Assert.Equal(3 << 20, EchoResponse.Parser.ParseFrom(GrpcTestClient.Unframe(Decode(body))[0].Message).Text.Length);
    }

    [Fact]
    public async Task Unknown_methods_are_unimplemented_and_unknown_codecs_415()
    {
        await using var host = await StartAsync();

        var (body, _) = await PostAsync(host, "application/grpc-web", Hello, "/rpctest.NoSuchService/Unary");
        var (_, refused) = await PostAsync(host, "application/grpc-web+foo", Hello);

        Assert.StartsWith("grpc-status: 12\r\n", Encoding.ASCII.GetString(GrpcTestClient.Unframe(body).Single().Message), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, refused.StatusCode);
    }

    private static byte[] Decode(byte[] text) =>
        [.. Encoding.ASCII.GetString(text).Chunk(4).SelectMany(group => Convert.FromBase64CharArray(group, 0, group.Length))];

    private static async Task<(byte[] Body, HttpResponseMessage Response)> PostAsync(RpcTestHost host, string contentType, byte[] body, string path = "/rpctest.EchoService/Unary")
    {
        using var http = new HttpClient { BaseAddress = host.Address };
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        var response = await http.PostAsync(path, content);
        return (await response.Content.ReadAsByteArrayAsync(), response);
    }

    private static Task<RpcTestHost> StartAsync() =>
        RpcTestHost.StartEchoAsync(echo => echo.Unary<EchoRequest, EchoResponse>("Unary", (_, request) => new(new EchoResponse { Text = request.Text })));
}
