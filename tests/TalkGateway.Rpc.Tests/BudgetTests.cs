using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Google.Rpc;
using Microsoft.Extensions.DependencyInjection;
using TalkGateway.Memory;
using TalkGateway.Rpc.Tests.Protos;
using TalkGateway.Rpc.Wire;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Rpc.Tests;

/// <summary>What callers send and do not take is bounded for all of them together and in time, and comes back.</summary>
public sealed class BudgetTests
{
    private const int Kilobyte = 1024;
    private const int Megabyte = 1024 * Kilobyte;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly ManualTimeProvider _time = new();
    private readonly ByteBudget _requests = new(Megabyte, "requests are full");
    private readonly ByteBudget _responses = new(32 * Megabyte, "responses are full");

    public static TheoryData<string> Dialects => [.. Dialect.All.Concat(Dialect.Gets).Select(dialect => dialect.ToString())];

    [Fact]
    public void Large_holders_leave_a_quarter_to_small_ones()
    {
        var (large, small) = (new ByteHolding(_requests), new ByteHolding(_requests));

        Assert.True(large.TryHold(3 * Megabyte / 4));
        Assert.False(large.TryHold((3 * Megabyte / 4) + 1));
        Assert.True(small.TryHold(ByteBudget.SmallHolding));
        Assert.False(small.TryHold(ByteBudget.SmallHolding + 1));
        Assert.Equal((3 * Megabyte / 4) + ByteBudget.SmallHolding, _requests.Used);
        large.Release();
        small.Release();
        Assert.Equal(0, _requests.Used);
        Assert.Equal((3 * Megabyte / 4) + ByteBudget.SmallHolding, _requests.TakePeak());
    }

    [Fact]
    public async Task What_a_body_keeps_is_counted_until_it_is_read_or_given_up()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        using var body = Body(pipe);
        await pipe.Writer.WriteAsync(new byte[300 * Kilobyte]);

        var read = await body.ReadAsync();
        body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        Assert.Equal(300 * Kilobyte, _requests.Used);
        await pipe.Writer.WriteAsync(new byte[100 * Kilobyte]);
        read = await body.ReadAsync();
        body.AdvanceTo(read.Buffer.GetPosition(350 * Kilobyte));
        Assert.Equal(50 * Kilobyte, _requests.Used);
        body.Dispose();

        Assert.Equal(0, _requests.Used);
    }

    [Fact]
    public async Task A_body_that_does_not_fit_beside_the_others_is_refused()
    {
        var other = new ByteHolding(_requests);
        Assert.True(other.TryHold(600 * Kilobyte));
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        using var body = Body(pipe);
        await pipe.Writer.WriteAsync(new byte[300 * Kilobyte]);

        var refusal = await Assert.ThrowsAsync<RpcException>(async () => await body.ReadAsync());

        Assert.Equal((RpcStatusCode.ResourceExhausted, "requests are full"), (refusal.Status.Code, refusal.Status.Message));
    }

    [Fact]
    public async Task A_message_that_trickles_in_has_to_end()
    {
        var pipe = new Pipe();
        using var body = Body(pipe);
        for (var second = 0; second < 59; second++)
        {
            await pipe.Writer.WriteAsync(new byte[] { 7 });
            var part = await body.ReadAsync();
            body.AdvanceTo(part.Buffer.Start, part.Buffer.End);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        var rest = body.ReadAsync();
        Assert.False(rest.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(RpcStatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(async () => await rest)).Status.Code);
    }

    [Fact]
    public async Task A_stream_may_be_silent_between_its_messages()
    {
        var pipe = new Pipe();
        using var body = Body(pipe, maySilent: true);
        for (var i = 0; i < 3; i++)
        {
            var pending = body.ReadAsync();
            _time.Advance(TimeSpan.FromDays(1));
            Assert.False(pending.IsCompleted);
            await pipe.Writer.WriteAsync(new byte[] { 7 });
            body.AdvanceTo((await pending).Buffer.End);
        }
    }

    [Fact]
    public async Task A_call_whose_request_does_not_end_is_over_after_a_minute()
    {
        await using var host = await StartAsync();
        var waiting = host.Time.WaitForTimerAsync(Minute);
        using var call = host.Client.Start<EchoResponse>("/rpctest.EchoService/Unary");
        await waiting;

        host.Time.Advance(Minute);

        Assert.Equal((int)RpcStatusCode.DeadlineExceeded, (await call.FinishAsync()).Code);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task A_large_answer_arrives_whole_in_every_protocol(string dialect)
    {
        var random = new byte[Megabyte];
        new Random(7).NextBytes(random);
        await using (var host = await StartAsync(random))
        {
            using var caller = new AnyProtocolCaller(host.Address);

            var reply = await caller.CallAsync(Dialect.Named(dialect), MethodFor(dialect), [new EchoRequest { Text = "large" }]);

            Assert.Equal(Code.Ok, reply.Code);
            Assert.Equal(random, ((EchoResponse)reply.Messages.Single()).Data.ToByteArray());
        }

        Assert.Equal((0, 0), (_requests.Used, _responses.Used));
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task An_answer_that_does_not_fit_beside_the_others_is_refused(string dialect)
    {
        var others = new ByteHolding(_responses);
        Assert.True(others.TryHold(24 * Megabyte));
        await using (var host = await StartAsync(new byte[Megabyte]))
        {
            using var caller = new AnyProtocolCaller(host.Address);
            var method = MethodFor(dialect);

            var large = await caller.CallAsync(Dialect.Named(dialect), method, [new EchoRequest { Text = "large" }]);
            var small = await caller.CallAsync(Dialect.Named(dialect), method, [new EchoRequest { Text = "small" }]);

            Assert.Equal((Code.ResourceExhausted, "responses are full"), (large.Code, large.Message));
            Assert.Equal(Code.Ok, small.Code);
        }

        others.Release();
        Assert.Equal(0, _responses.Used);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("10S")]
    public async Task A_large_answer_that_is_not_taken_is_let_go(string? timeout)
    {
        await using (var host = await StartAsync(new byte[4 * Megabyte]))
        {
            var sending = host.Time.WaitForTimerAsync(Minute);
            using var call = host.Client.Start<EchoResponse>("/rpctest.EchoService/Unary", new GrpcTestOptions { Timeout = timeout });
            await call.WriteAsync(new EchoRequest { Text = "large" });
            call.Complete();
            await sending;
            await call.ResponseAsync;

            host.Time.Advance(Minute);

            await Assert.ThrowsAnyAsync<Exception>(call.FinishAsync);
        }

        Assert.Equal(0, _responses.Used);
    }

    [Theory]
    [InlineData("application/proto", 8 * Megabyte)]
    [InlineData("application/json", 3 * Megabyte / 2)]
    [InlineData("application/grpc-web+proto", 8 * Megabyte)]
    public async Task A_large_answer_over_HTTP_1_is_let_go_when_its_caller_leaves(string contentType, int size)
    {
        await using (var host = await StartAsync(new byte[size]))
        {
            var sending = host.Time.WaitForTimerAsync(Minute);
            using (var client = new TcpClient())
            {
                client.ReceiveBufferSize = Kilobyte;
                await client.ConnectAsync(host.Address.Host, host.Address.Port);
                var message = new EchoRequest { Text = "large" }.ToByteArray();
                byte[] body = contentType switch
                {
                    "application/json" => """{"text":"large"}"""u8.ToArray(),
                    "application/proto" => message,
                    _ => [0, 0, 0, 0, (byte)message.Length, .. message],
                };
                var head = $"POST /rpctest.EchoService/Unary HTTP/1.1\r\nHost: x\r\nContent-Type: {contentType}\r\nContent-Length: {body.Length}\r\n\r\n";
                await client.GetStream().WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body]);
                await sending;
                client.LingerState = new LingerOption(true, 0);
            }
        }

        Assert.Equal((0, 0), (_requests.Used, _responses.Used));
    }

    [Fact]
    public async Task Calls_that_are_under_way_are_counted_though_they_send_nothing()
    {
        const int Calls = 8;

        // Their heads are small, but not nothing.
        var budget = new ByteBudget(((Calls * 4) + 3) * Kilobyte, "requests are full");
        await using (var host = await StartAsync(requests: budget))
        {
            var calls = new List<GrpcTestCall<EchoResponse>>();
            for (var i = 0; i < Calls; i++)
            {
                var waiting = host.Time.WaitForTimerAsync(Minute);
                calls.Add(host.Client.Start<EchoResponse>("/rpctest.EchoService/Unary"));
                await waiting;
            }

            var refused = await host.Client.CallAsync<EchoResponse>("/rpctest.EchoService/Unary", new EchoRequest());

            Assert.Equal(((int)RpcStatusCode.ResourceExhausted, "requests are full"), (refused.Code, refused.Message));
            calls.ForEach(call => call.Dispose());
        }

        Assert.Equal(0, budget.Used);
    }

    [Fact]
    public async Task JSON_that_takes_much_more_memory_than_its_bytes_is_refused_before_it_is_read()
    {
        await using (var host = await StartAsync())
        {
            using var http = new HttpClient { BaseAddress = host.Address };
            var zeros = $$"""{"text":"x","unknown":[{{string.Join(',', Enumerable.Repeat('0', 20_000))}}]}""";

            using var refused = await http.PostAsync("/rpctest.EchoService/Unary", new StringContent(zeros, Encoding.UTF8, "application/json"));

            Assert.Equal(System.Net.HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Contains("requests are full", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(0, _requests.Used);
    }

    [Fact]
    public void Writing_JSON_counts_more_than_the_message()
    {
        var others = new ByteHolding(_responses);
        Assert.True(others.TryHold(20 * Megabyte));
        var codec = new JsonCodec(EchoReflection.Descriptor, new RpcBudgets(_requests, _responses));
        var message = new EchoResponse { Data = ByteString.CopyFrom(new byte[Megabyte / 2]) }.ToByteArray();

        Assert.Throws<RpcException>(() => codec.FromBinary(EchoResponse.Descriptor, message, new System.Buffers.ArrayBufferWriter<byte>()));
        others.Release();
        codec.FromBinary(EchoResponse.Descriptor, message, new System.Buffers.ArrayBufferWriter<byte>());

        Assert.Equal(0, _responses.Used);
    }

    private BoundedRequestBody Body(Pipe pipe, bool maySilent = false) => new(pipe.Reader, _requests, Minute, maySilent, _time);

    /// <summary>A server that answers every request with its text, or with the data for "large".</summary>
    private Task<RpcTestHost> StartAsync(byte[]? data = null, ByteBudget? requests = null)
    {
        var large = data is null ? ByteString.Empty : UnsafeByteOperations.UnsafeWrap(data);
        ValueTask<EchoResponse> Answer(RpcCall call, EchoRequest request) => new(new EchoResponse { Text = request.Text, Data = request.Text == "large" ? large : ByteString.Empty });
        return RpcTestHost.StartAsync(
            app => app.MapRpcService(EchoReflection.Descriptor.Services[0], echo => echo
                .Unary<EchoRequest, EchoResponse>("Unary", Answer)
                .Unary<EchoRequest, EchoResponse>("Read", Answer)),
            build: builder => builder.Services.AddSingleton(new RpcBudgets(requests ?? _requests, _responses)));
    }

    private static Google.Protobuf.Reflection.MethodDescriptor MethodFor(string dialect) =>
        EchoReflection.Descriptor.Services[0].FindMethodByName(Dialect.Named(dialect).IsGet ? "Read" : "Unary");
}
