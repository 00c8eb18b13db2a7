using System.Net;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using TalkGateway.Rpc.Tests.Protos;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Rpc.Tests;

public sealed class MalformedRequestTests
{
    private const string Echo = "/rpctest.EchoService/";
    private static readonly byte[] Empty = [0, 0, 0, 0, 0];

    [Theory]
    [InlineData("Unary")]
    [InlineData("ServerStream")]
    public async Task No_message_or_two_where_one_belongs_is_unimplemented(string method)
    {
        await using var host = await StartAsync();

        var none = await host.Client.SendBytesAsync<EchoResponse>(Echo + method, []);
        var two = await host.Client.SendBytesAsync<EchoResponse>(Echo + method, [.. Empty, .. Empty]);

        Assert.Equal((int)RpcStatusCode.Unimplemented, none.Code);
        Assert.Equal((int)RpcStatusCode.Unimplemented, two.Code);
    }

    [Theory]
    [InlineData("Unary")]
    [InlineData("ServerStream")]
    [InlineData("ClientStream")]
    [InlineData("Bidi")]
    public async Task Request_that_ends_within_a_message_is_an_internal_error(string method)
    {
        await using var host = await StartAsync();

        var inHeader = await host.Client.SendBytesAsync<EchoResponse>(Echo + method, [0, 0, 0]);
        var inMessage = await host.Client.SendBytesAsync<EchoResponse>(Echo + method, [0, 0, 0, 0, 4, 10, 2]);

        Assert.Equal((int)RpcStatusCode.Internal, inHeader.Code);
        Assert.Equal((int)RpcStatusCode.Internal, inMessage.Code);
    }

    [Fact]
    public async Task Unknown_message_flags_are_an_internal_error()
    {
        await using var host = await StartAsync();

        var reply = await host.Client.SendBytesAsync<EchoResponse>(Echo + "Unary", [2, 0, 0, 0, 0]);

        Assert.Equal((int)RpcStatusCode.Internal, reply.Code);
    }

    [Theory]
    [InlineData("Unary")]
    [InlineData("ServerStream")]
    [InlineData("ClientStream")]
    [InlineData("Bidi")]
    public async Task Bytes_that_are_no_message_are_an_invalid_argument(string method)
    {
        await using var host = await StartAsync();

        // Field 1 with a length beyond the end; field 1 with a string that is not UTF-8.
        var cut = await host.Client.SendBytesAsync<EchoResponse>(Echo + method, GrpcTestClient.Frame([10, 200, 1]));
        var notUtf8 = await host.Client.SendBytesAsync<EchoResponse>(Echo + method, GrpcTestClient.Frame([10, 2, 0xC3, 0x28]));

        Assert.Equal((int)RpcStatusCode.InvalidArgument, cut.Code);
        Assert.Equal((int)RpcStatusCode.InvalidArgument, notUtf8.Code);
    }

    [Fact]
    public async Task Message_cut_anywhere_into_reads_is_read_whole()
    {
        await using var host = await StartAsync();
        using var call = host.Client.Start<EchoResponse>(Echo + "Unary");

        foreach (var part in GrpcTestClient.Frame(new EchoRequest { Text = "pieces" }.ToByteArray()))
        {
            await call.WriteBytesAsync([part]);
        }

        call.Complete();

        Assert.Equal("pieces", (await call.ReadAsync())!.Text);
    }

    [Theory]
    [InlineData("application/grpc")]
    [InlineData("application/grpc+proto")]
    [InlineData("application/grpc;charset=utf-8")]
    [InlineData("application/grpc+proto; charset=utf-8")]
    [InlineData("Application/GRPC")]
    public async Task Content_types_of_grpc_with_protobuf_are_served(string contentType)
    {
        await using var host = await StartAsync();

        var reply = await host.Client.SendBytesAsync<EchoResponse>(Echo + "Unary", Empty, new GrpcTestOptions { ContentType = contentType });

        Assert.Equal(0, reply.Code);
    }

    [Theory]
    [InlineData("application/grpc+foo")]
    [InlineData("application/grpcx")]
    [InlineData("image/jpeg")]
    [InlineData("text/plain")]
    public async Task Other_content_types_get_415_and_no_status(string contentType)
    {
        await using var host = await StartAsync();

        var reply = await host.Client.SendBytesAsync<EchoResponse>(Echo + "Unary", Empty, new GrpcTestOptions { ContentType = contentType });

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, reply.HttpStatus);
        Assert.Null(reply.Status);
    }

    [Fact]
    public async Task Other_http_methods_get_405()
    {
        await using var host = await StartAsync();
        var request = GrpcTestClient.CreateRequest(Echo + "Unary", new ByteArrayContent(Empty));
        request.Method = HttpMethod.Delete;

        var reply = await host.Client.SendAsync<EchoResponse>(request);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, reply.HttpStatus);
    }

    [Fact]
    public async Task Grpc_over_http_1_gets_505()
    {
        await using var host = await StartAsync();
        var request = GrpcTestClient.CreateRequest(Echo + "Unary", new ByteArrayContent(Empty));
        request.Version = HttpVersion.Version11;

        var reply = await host.Client.SendAsync<EchoResponse>(request);

        Assert.Equal(HttpStatusCode.HttpVersionNotSupported, reply.HttpStatus);
    }

    [Theory]
    [InlineData("/rpctest.EchoService/Nonsense")]
    [InlineData("/rpctest.EchoService/Unbound")]
    [InlineData("/rpctest.EchoService/unary")]
    [InlineData("/rpctest.NoSuchService/Unary")]
    public async Task Methods_and_services_that_are_not_there_are_unimplemented(string path)
    {
        await using var host = await StartAsync();

        var reply = await host.Client.SendBytesAsync<EchoResponse>(path, Empty);

        Assert.Equal((int)RpcStatusCode.Unimplemented, reply.Code);
        Assert.Contains(path, reply.Message, StringComparison.Ordinal);
        Assert.Equal("application/grpc", reply.ContentType);
    }

    [Fact]
    public async Task Catch_all_route_sees_neither_rpcs_nor_their_wrong_methods()
    {
        await using var host = await RpcTestHost.StartAsync(app =>
        {
            app.MapRpcService(EchoReflection.Descriptor.Services[0], echo => echo.Unary<EchoRequest, EchoResponse>("Unary", (_, _) => new(new EchoResponse())));
            app.Map("{**path}", http =>
            {
                http.Response.StatusCode = StatusCodes.Status418ImATeapot;
                return Task.CompletedTask;
            });
        });
        using var http = new HttpClient { BaseAddress = host.Address };

        using var page = await http.GetAsync("/rpctest.NoSuchService/Unary");
        using var wrongMethod = await http.GetAsync(Echo + "Unary");
        var rpc = await host.Client.SendBytesAsync<EchoResponse>(Echo + "Unary", Empty);
        var unknown = await host.Client.SendBytesAsync<EchoResponse>("/rpctest.NoSuchService/Unary", Empty);

        Assert.Equal(StatusCodes.Status418ImATeapot, (int)page.StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, wrongMethod.StatusCode);
        Assert.Equal(0, rpc.Code);
        Assert.Equal((int)RpcStatusCode.Unimplemented, unknown.Code);
    }

    private static Task<RpcTestHost> StartAsync() =>
        RpcTestHost.StartEchoAsync(echo => echo
            .Unary<EchoRequest, EchoResponse>("Unary", (_, request) => new(new EchoResponse { Text = request.Text }))
            .ServerStreaming<EchoRequest, EchoResponse>("ServerStream", (_, _, _) => default)
            .ClientStreaming<EchoRequest, EchoResponse>("ClientStream", async (_, requests) =>
            {
                await requests.MoveNextAsync();
                return new EchoResponse();
            })
            .BidiStreaming<EchoRequest, EchoResponse>("Bidi", async (_, requests, _) => await requests.MoveNextAsync()));
}
