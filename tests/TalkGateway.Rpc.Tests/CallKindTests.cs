using System.Buffers;
using Google.Protobuf;
using TalkGateway.Rpc.Tests.Protos;
using Xunit;

namespace TalkGateway.Rpc.Tests;

public sealed class CallKindTests
{
    private const string Echo = "/rpctest.EchoService/";
    private const string Bytes = "/rpctest.BytesService/";

    [Fact]
    public async Task Unary_answers_one_message_with_status_in_the_trailers()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (_, request) => new(new EchoResponse { Text = request.Text })));

        var reply = await host.Client.CallAsync<EchoResponse>(Echo + "Unary", new EchoRequest { Text = "hello" });

        Assert.Equal("hello", reply.Response.Text);
        Assert.Equal(0, reply.Code);
        Assert.False(reply.IsTrailersOnly);
        Assert.Equal("application/grpc", reply.ContentType);
        Assert.Equal(["identity,gzip"], reply.Headers.GetValues("grpc-accept-encoding"));
    }

    [Fact]
    public async Task Unary_of_an_empty_message_answers_an_empty_message()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (_, _) => new(new EchoResponse())));

        var reply = await host.Client.CallAsync<EchoResponse>(Echo + "Unary", new EchoRequest());

        Assert.Equal(new EchoResponse(), reply.Response);
        Assert.Equal(0, reply.Code);
    }

    [Fact]
    public async Task Server_streaming_answers_every_message_in_order()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.ServerStreaming<EchoRequest, EchoResponse>("ServerStream", async (_, request, responses) =>
            {
                for (var index = 0; index < request.Count; index++)
                {
                    await responses.WriteAsync(new EchoResponse { Index = index });
                }
            }));

        var reply = await host.Client.CallAsync<EchoResponse>(Echo + "ServerStream", new EchoRequest { Count = 100 });

        Assert.Equal(Enumerable.Range(0, 100), reply.Messages.Select(message => message.Index));
        Assert.Equal(0, reply.Code);
    }

    [Fact]
    public async Task Server_streaming_without_messages_answers_ok_alone()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.ServerStreaming<EchoRequest, EchoResponse>("ServerStream", (_, _, _) => default));

        var reply = await host.Client.CallAsync<EchoResponse>(Echo + "ServerStream", new EchoRequest());

        Assert.Empty(reply.Frames);
        Assert.Equal(0, reply.Code);
        Assert.True(reply.IsTrailersOnly);
    }

    [Fact]
    public async Task Client_streaming_reads_every_message_and_answers_one()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.ClientStreaming<EchoRequest, EchoResponse>("ClientStream", async (_, requests) =>
            {
                var texts = new List<string>();
                await foreach (var request in requests)
                {
                    texts.Add(request.Text);
                }

                return new EchoResponse { Text = string.Join('+', texts) };
            }));

        var reply = await host.Client.CallAsync<EchoResponse>(
            Echo + "ClientStream", [new EchoRequest { Text = "a" }, new EchoRequest(), new EchoRequest { Text = "c" }]);

        Assert.Equal("a++c", reply.Response.Text);
    }

    [Fact]
    public async Task Client_streaming_without_messages_is_a_call_like_any()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.ClientStreaming<EchoRequest, EchoResponse>("ClientStream", async (_, requests) =>
                new EchoResponse { Text = await requests.MoveNextAsync() ? "some" : "none" }));

        var reply = await host.Client.CallAsync<EchoResponse>(Echo + "ClientStream", []);

        Assert.Equal("none", reply.Response.Text);
    }

    [Fact]
    public async Task Client_streaming_may_answer_before_all_is_read()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.ClientStreaming<EchoRequest, EchoResponse>("ClientStream", async (_, requests) =>
            {
                await requests.MoveNextAsync();
                return new EchoResponse { Text = requests.Current.Text };
            }));
        using var call = host.Client.Start<EchoResponse>(Echo + "ClientStream");

        await call.WriteAsync(new EchoRequest { Text = "enough" });
        var reply = await call.FinishAsync();

        Assert.Equal("enough", reply.Response.Text);
        Assert.Equal(0, reply.Code);
    }

    [Fact]
    public async Task Bidi_answers_each_message_while_the_request_goes_on()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.BidiStreaming<EchoRequest, EchoResponse>("Bidi", async (_, requests, responses) =>
            {
                await foreach (var request in requests)
                {
                    await responses.WriteAsync(new EchoResponse { Text = request.Text });
                }
            }));
        using var call = host.Client.Start<EchoResponse>(Echo + "Bidi");

        foreach (var text in (string[])["one", "two", "three"])
        {
            await call.WriteAsync(new EchoRequest { Text = text });
            Assert.Equal(text, (await call.ReadAsync())!.Text);
        }

        call.Complete();
        Assert.Null(await call.ReadAsync());
        Assert.Equal(0, (await call.FinishAsync()).Code);
    }

    [Fact]
    public async Task Headers_of_a_stream_can_come_before_its_first_message()
    {
        var go = new TaskCompletionSource();
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.ServerStreaming<EchoRequest, EchoResponse>("ServerStream", async (call, _, responses) =>
            {
                call.ResponseMetadata.Add("cursor", "7");
                await call.WriteHeadersAsync();
                await call.WriteHeadersAsync();
                await go.Task;
                await responses.WriteAsync(new EchoResponse { Text = "late" });
            }));
        using var call = host.Client.Start<EchoResponse>(Echo + "ServerStream");
        await call.WriteAsync(new EchoRequest());
        call.Complete();

        var head = await call.ResponseAsync;
        Assert.Equal(["7"], head.Headers.GetValues("cursor"));
        go.SetResult();

        Assert.Equal("late", (await call.ReadAsync())!.Text);
    }

    [Fact]
    public async Task Unary_bytes_gets_and_gives_wire_bytes()
    {
        await using var host = await RpcTestHost.StartBytesAsync(bytes => bytes.UnaryBytes("Unary", (_, request, response) =>
        {
            foreach (var part in request)
            {
                response.Write(part.Span);
            }

            return default;
        }));
        var request = new EchoRequest { Text = "as it came", Count = 5 };

        var reply = await host.Client.CallAsync<EchoResponse>(Bytes + "Unary", request);

        Assert.Equal(request.ToByteArray(), reply.Frames.Single().Message);
    }

    [Fact]
    public async Task Unary_bytes_that_writes_nothing_answers_an_empty_message()
    {
        await using var host = await RpcTestHost.StartBytesAsync(bytes => bytes.UnaryBytes("Unary", (_, _, _) => default));

        var reply = await host.Client.CallAsync<EchoResponse>(Bytes + "Unary", new EchoRequest());

        Assert.Empty(reply.Frames.Single().Message);
        Assert.Equal(0, reply.Code);
    }

    [Fact]
    public async Task Streaming_bytes_of_all_kinds_carry_wire_bytes()
    {
        await using var host = await RpcTestHost.StartBytesAsync(bytes => bytes
            .ServerStreamingBytes("ServerStream", async (_, request, responses) =>
            {
                await responses.WriteAsync(request.ToArray());
                await responses.WriteAsync(request.ToArray());
            })
            .ClientStreamingBytes("ClientStream", async (_, requests, response) =>
            {
                while (await requests.MoveNextAsync())
                {
                    response.Write(requests.Current.ToArray());
                }
            })
            .BidiStreamingBytes("Bidi", async (_, requests, responses) =>
            {
                await foreach (var request in requests)
                {
                    await responses.WriteAsync(request.ToArray());
                }
            }));
        var one = new EchoRequest { Text = "one" };
        var two = new EchoRequest { Count = 2 };

        var served = await host.Client.CallAsync<EchoResponse>(Bytes + "ServerStream", one);
        var joined = await host.Client.CallAsync<EchoResponse>(Bytes + "ClientStream", [one, two]);
        var mirrored = await host.Client.CallAsync<EchoResponse>(Bytes + "Bidi", [one, two]);

        Assert.Equal(["one", "one"], served.Messages.Select(message => message.Text));
        Assert.Equal(new EchoResponse { Text = "one", Index = 2 }, joined.Response);
        Assert.Equal([one.ToByteArray(), two.ToByteArray()], mirrored.Frames.Select(frame => frame.Message));
    }

    [Fact]
    public async Task Many_calls_at_once_on_one_connection_do_not_mix()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", async (_, request) =>
            {
                await Task.Yield();
                return new EchoResponse { Text = request.Text, Data = request.Data };
            }));

        var replies = await Task.WhenAll(Enumerable.Range(0, 200).Select(number => host.Client.CallAsync<EchoResponse>(
            Echo + "Unary", new EchoRequest { Text = $"call {number}", Data = ByteString.CopyFrom(new byte[number * 100]) })));

        Assert.Equal(Enumerable.Range(0, 200).Select(number => $"call {number}"), replies.Select(reply => reply.Response.Text));
        Assert.Equal(Enumerable.Range(0, 200).Select(number => number * 100), replies.Select(reply => reply.Response.Data.Length));
    }
}
