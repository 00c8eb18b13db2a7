using System.IO.Compression;
using Google.Protobuf;
using TalkGateway.Rpc.Tests.Protos;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Rpc.Tests;

public sealed class CompressionTests
{
    private const string Unary = "/rpctest.EchoService/Unary";
    private static readonly EchoRequest Large = new() { Text = new string('x', 5000) };

    [Fact]
    public async Task Compressed_request_is_read()
    {
        await using var host = await StartAsync();

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, Large, new GrpcTestOptions { Gzip = true });

        Assert.Equal(Large.Text, reply.Response.Text);
    }

    [Fact]
    public async Task Uncompressed_message_of_a_call_that_may_compress_is_read()
    {
        await using var host = await StartAsync();

        var reply = await host.Client.SendBytesAsync<EchoResponse>(Unary, GrpcTestClient.Frame(Large.ToByteArray()), new GrpcTestOptions { Gzip = true });

        Assert.Equal(Large.Text, reply.Response.Text);
    }

    [Fact]
    public async Task Compressed_empty_message_without_bytes_is_empty()
    {
        await using var host = await StartAsync();

        var reply = await host.Client.SendBytesAsync<EchoResponse>(Unary, [1, 0, 0, 0, 0], new GrpcTestOptions { Gzip = true });

        Assert.Equal("", reply.Response.Text);
    }

    [Theory]
    [InlineData(RpcResponseCompression.WhenRequestIsCompressed, true, "identity,gzip", true)]
    [InlineData(RpcResponseCompression.WhenRequestIsCompressed, true, null, false)]
    [InlineData(RpcResponseCompression.WhenRequestIsCompressed, false, "gzip", false)]
    [InlineData(RpcResponseCompression.WhenAccepted, false, "deflate, GZIP", true)]
    [InlineData(RpcResponseCompression.WhenAccepted, false, "identity,deflate,br", false)]
    [InlineData(RpcResponseCompression.WhenAccepted, false, null, false)]
    [InlineData(RpcResponseCompression.Never, true, "gzip", false)]
    public async Task Response_is_compressed_as_policy_and_caller_agree(RpcResponseCompression policy, bool gzipRequest, string? accept, bool compressed)
    {
        await using var host = await StartAsync(options => options.ResponseCompression = policy);

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, Large, new GrpcTestOptions
        {
            Gzip = gzipRequest,
            Headers = accept is null ? [] : [("grpc-accept-encoding", accept)],
        });

        Assert.Equal(Large.Text, reply.Response.Text);
        Assert.Equal(compressed ? 1 : 0, reply.Frames.Single().Flags);
        Assert.Equal(compressed, reply.Headers.Contains("grpc-encoding"));
    }

    [Theory]
    [InlineData(96, 0)]
    [InlineData(97, 1)]
    public async Task Response_smaller_than_the_threshold_stays_as_it_is(int letters, byte flags)
    {
        // Two bytes of tag and length precede the letters.
        await using var host = await StartAsync(options =>
        {
            options.ResponseCompression = RpcResponseCompression.WhenAccepted;
            options.ResponseCompressionThreshold = 99;
        });

        var reply = await host.Client.CallAsync<EchoResponse>(
            Unary, new EchoRequest { Text = new string('x', letters) }, new GrpcTestOptions { Headers = [("grpc-accept-encoding", "gzip")] });

        Assert.Equal(flags, reply.Frames.Single().Flags);
    }

    [Fact]
    public async Task Streamed_responses_are_compressed_one_by_one()
    {
        await using var host = await RpcTestHost.StartEchoAsync(
            echo => echo.BidiStreaming<EchoRequest, EchoResponse>("Bidi", async (_, requests, responses) =>
            {
                await foreach (var request in requests)
                {
                    await responses.WriteAsync(new EchoResponse { Text = request.Text });
                }
            }));

        var reply = await host.Client.CallAsync<EchoResponse>(
            "/rpctest.EchoService/Bidi",
            [Large, new EchoRequest { Text = "small" }, Large],
            new GrpcTestOptions { Gzip = true, Headers = [("grpc-accept-encoding", "gzip")] });

        Assert.Equal([1, 0, 1], reply.Frames.Select(frame => (int)frame.Flags));
        Assert.Equal([Large.Text, "small", Large.Text], reply.Messages.Select(message => message.Text));
    }

    [Fact]
    public async Task Compressed_message_without_an_encoding_is_an_internal_error()
    {
        await using var host = await StartAsync();

        var silent = await host.Client.SendBytesAsync<EchoResponse>(Unary, GrpcTestClient.Frame(Large.ToByteArray(), gzip: true));
        var identity = await host.Client.SendBytesAsync<EchoResponse>(
            Unary, GrpcTestClient.Frame([], flags: 1), new GrpcTestOptions { Headers = [("grpc-encoding", "identity")] });

        Assert.Equal((int)RpcStatusCode.Internal, silent.Code);
        Assert.Equal((int)RpcStatusCode.Internal, identity.Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Unknown_encoding_is_unimplemented_and_the_known_ones_are_named(byte flags)
    {
        await using var host = await StartAsync();

        var reply = await host.Client.SendBytesAsync<EchoResponse>(
            Unary, GrpcTestClient.Frame([], flags: flags), new GrpcTestOptions { Headers = [("grpc-encoding", "zstd")] });

        Assert.Equal((int)RpcStatusCode.Unimplemented, reply.Code);
        Assert.Equal(["identity,gzip"], reply.Headers.GetValues("grpc-accept-encoding"));
    }

    [Fact]
    public async Task Message_that_is_no_gzip_is_an_internal_error()
    {
        await using var host = await StartAsync();

        var reply = await host.Client.SendBytesAsync<EchoResponse>(Unary, GrpcTestClient.Frame([1, 2, 3, 4], flags: 1), new GrpcTestOptions { Gzip = true });

        Assert.Equal((int)RpcStatusCode.Internal, reply.Code);
    }

    [Fact]
    public async Task Message_whose_gzip_is_cut_off_is_an_internal_error()
    {
        await using var host = await StartAsync();
        var whole = GrpcTestClient.Frame(Large.ToByteArray(), gzip: true)[5..];

        var reply = await host.Client.SendBytesAsync<EchoResponse>(
            Unary, GrpcTestClient.Frame(whole[..(whole.Length / 2)], flags: 1), new GrpcTestOptions { Gzip = true });

        Assert.Equal((int)RpcStatusCode.Internal, reply.Code);
    }

    [Fact]
    public async Task Message_that_inflates_beyond_the_limit_is_refused_before_it_fills_the_memory()
    {
        await using var host = await StartAsync(options => options.MaxReceiveMessageSize = 100_000);
        using var bomb = new MemoryStream();
        using (var gzip = new GZipStream(bomb, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var megabyte = 0; megabyte < 64; megabyte++)
            {
                gzip.Write(new byte[1 << 20]);
            }
        }

        Assert.True(bomb.Length < 100_000);
        var reply = await host.Client.SendBytesAsync<EchoResponse>(Unary, GrpcTestClient.Frame(bomb.ToArray(), flags: 1), new GrpcTestOptions { Gzip = true });

        Assert.Equal((int)RpcStatusCode.ResourceExhausted, reply.Code);
    }

    private static Task<RpcTestHost> StartAsync(Action<RpcServerOptions>? options = null) =>
        RpcTestHost.StartEchoAsync(
            echo => echo.Unary<EchoRequest, EchoResponse>("Unary", (_, request) => new(new EchoResponse { Text = request.Text })), options);
}
