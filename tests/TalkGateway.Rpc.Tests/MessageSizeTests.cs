using Google.Protobuf;
using TalkGateway.Rpc.Tests.Protos;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Rpc.Tests;

public sealed class MessageSizeTests
{
    private const int Limit = 1000;

    [Theory]
    [InlineData(Limit, RpcStatusCode.Ok, false)]
    [InlineData(Limit + 1, RpcStatusCode.ResourceExhausted, false)]
    [InlineData(Limit, RpcStatusCode.Ok, true)]
    [InlineData(Limit + 1, RpcStatusCode.ResourceExhausted, true)]
    public async Task Receive_limit_holds_for_the_plain_message_in_every_kind_of_call(int size, RpcStatusCode expected, bool gzip)
    {
        await using var host = await StartAsync(options => options.MaxReceiveMessageSize = Limit);
        var message = OfSize(size);

        foreach (var method in (string[])["Unary", "ServerStream", "ClientStream", "Bidi"])
        {
            var reply = await host.Client.CallAsync<EchoResponse>("/rpctest.EchoService/" + method, message, new GrpcTestOptions { Gzip = gzip });
            Assert.Equal(expected, (RpcStatusCode)reply.Code);
        }
    }

    [Fact]
    public async Task Later_message_of_a_stream_beyond_the_limit_ends_the_call_behind_what_was_answered()
    {
        await using var host = await StartAsync(options => options.MaxReceiveMessageSize = Limit);

        var reply = await host.Client.CallAsync<EchoResponse>("/rpctest.EchoService/Bidi", [OfSize(Limit), OfSize(Limit + 1)]);

        Assert.Single(reply.Messages);
        Assert.Equal((int)RpcStatusCode.ResourceExhausted, reply.Code);
    }

    [Fact]
    public async Task Message_beyond_the_limit_is_refused_by_its_length_alone()
    {
        await using var host = await StartAsync(options => options.MaxReceiveMessageSize = Limit);
        using var call = host.Client.Start<EchoResponse>("/rpctest.EchoService/ClientStream");

        await call.WriteBytesAsync([0, 0xFF, 0xFF, 0xFF, 0xFF]);

        Assert.Equal((int)RpcStatusCode.ResourceExhausted, (await call.FinishAsync()).Code);
    }

    [Theory]
    [InlineData(Limit, RpcStatusCode.Ok)]
    [InlineData(Limit + 1, RpcStatusCode.ResourceExhausted)]
    public async Task Send_limit_holds_in_every_kind_of_call(int size, RpcStatusCode expected)
    {
        await using var host = await StartAsync(options => options.MaxSendMessageSize = Limit);

        foreach (var method in (string[])["Unary", "ServerStream", "ClientStream", "Bidi"])
        {
            var reply = await host.Client.CallAsync<EchoResponse>("/rpctest.EchoService/" + method, OfSize(size));
            Assert.Equal(expected, (RpcStatusCode)reply.Code);
            Assert.Equal(expected == RpcStatusCode.Ok ? 1 : 0, reply.Frames.Count);
        }
    }

    [Fact]
    public async Task Default_limit_is_four_mebibytes_over_any_number_of_reads()
    {
        await using var host = await StartAsync();

        var whole = await host.Client.CallAsync<EchoResponse>("/rpctest.EchoService/Unary", OfSize(4 << 20));
        var over = await host.Client.CallAsync<EchoResponse>("/rpctest.EchoService/Unary", OfSize((4 << 20) + 1));

        Assert.Equal(4 << 20, whole.Frames.Single().Message.Length);
        Assert.Equal((int)RpcStatusCode.ResourceExhausted, over.Code);
    }

    [Fact]
    public async Task Stream_may_send_more_in_all_than_Kestrel_accepts_of_a_body()
    {
        await using var host = await StartAsync();

        var reply = await host.Client.CallAsync<EchoResponse>("/rpctest.EchoService/ClientStream", Enumerable.Repeat(OfSize(4 << 20), 9));

        Assert.Equal(0, reply.Code);
    }

    private static EchoRequest OfSize(int size)
    {
        var message = new EchoRequest { Data = ByteString.CopyFrom(new byte[size]) };
        message.Data = ByteString.CopyFrom(new byte[size - (message.CalculateSize() - size)]);
        return message.CalculateSize() == size ? message : throw new InvalidOperationException("The size is not reachable with this field.");
    }

    private static Task<RpcTestHost> StartAsync(Action<RpcServerOptions>? options = null) =>
        RpcTestHost.StartEchoAsync(
            echo => echo
                .Unary<EchoRequest, EchoResponse>("Unary", (_, request) => new(new EchoResponse { Data = request.Data }))
                .ServerStreaming<EchoRequest, EchoResponse>("ServerStream", (_, request, responses) => responses.WriteAsync(new EchoResponse { Data = request.Data }))
                .ClientStreaming<EchoRequest, EchoResponse>("ClientStream", async (_, requests) =>
                {
                    var last = ByteString.Empty;
                    await foreach (var request in requests)
                    {
                        last = request.Data;
                    }

                    return new EchoResponse { Data = last };
                })
                .BidiStreaming<EchoRequest, EchoResponse>("Bidi", async (_, requests, responses) =>
                {
                    await foreach (var request in requests)
                    {
                        await responses.WriteAsync(new EchoResponse { Data = request.Data });
                    }
                }),
            options);
}
