using System.Net;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using TalkGateway.Rpc.Tests.Protos;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Rpc.Tests;

/// <summary>The same answers over every protocol, codec, HTTP version and compression.</summary>
public sealed class EveryProtocolTests
{
    private static readonly ServiceDescriptor Echo = EchoReflection.Descriptor.Services[0];
    private static readonly ServiceDescriptor Bytes = EchoReflection.Descriptor.Services[1];
    private static readonly string Long = string.Concat(Enumerable.Repeat("größer ☺ 😈 ", 200));

    public static TheoryData<string> Dialects => [.. Dialect.All.Select(dialect => dialect.ToString())];

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Every_kind_of_call_gives_the_same_messages(string dialect)
    {
        await using var host = await StartAsync();
        using var caller = new AnyProtocolCaller(host.Address);
        var one = new EchoRequest { Text = Long, Count = 3, Data = ByteString.CopyFrom(0, 255, 7) };
        var two = new EchoRequest { Text = "two" };

        foreach (var service in (ServiceDescriptor[])[Echo, Bytes])
        {
            var unary = await caller.CallAsync(Dialect.Named(dialect), service.FindMethodByName("Unary"), [one]);
            var served = await caller.CallAsync(Dialect.Named(dialect), service.FindMethodByName("ServerStream"), [one]);
            var joined = await caller.CallAsync(Dialect.Named(dialect), service.FindMethodByName("ClientStream"), [one, two]);
            var mirrored = await caller.CallAsync(Dialect.Named(dialect), service.FindMethodByName("Bidi"), [one, two, new EchoRequest()]);

            Assert.Equal(new EchoResponse { Text = Long, Index = 3, Data = one.Data }, unary.Messages.Single());
            Assert.Equal([Long, Long, Long], served.Messages.Cast<EchoResponse>().Select(message => message.Text));
            Assert.Equal("two", ((EchoResponse)joined.Messages.Single()).Text);
            Assert.Equal([Long, "two", ""], mirrored.Messages.Cast<EchoResponse>().Select(message => message.Text));
            Assert.All([unary, served, joined, mirrored], reply => Assert.Equal(Code.Ok, reply.Code));
            Assert.All([unary, served, joined, mirrored], reply => Assert.Equal(HttpStatusCode.OK, reply.HttpStatus));
            Assert.Equal(Dialect.Named(dialect).Gzip, unary.Compressed);
            Assert.Equal(Dialect.Named(dialect).Gzip, served.Compressed);
        }
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Metadata_of_successes_and_errors_arrives_apart(string dialect)
    {
        await using var host = await StartAsync();
        using var caller = new AnyProtocolCaller(host.Address);

        foreach (var method in Echo.Methods.Where(method => method.Name is "Unary" or "ServerStream" or "ClientStream" or "Bidi"))
        {
            foreach (var fail in (string[])["", "FailedPrecondition"])
            {
                var reply = await caller.CallAsync(Dialect.Named(dialect), method, [new EchoRequest { Text = "x" }], [("x-echo", "v1"), ("x-data-bin", "AQI="), ("x-fail", fail)]);

                Assert.Equal(["v1", "again"], reply.Headers["x-head"]);
                Assert.Equal(["bing", "quux"], reply.Trailers["x-trail"]);
                Assert.Equal(["AQI"], reply.Trailers["x-trail-bin"]);
                Assert.Empty(reply.Headers["x-trail"]);
                Assert.Equal(fail.Length == 0 ? Code.Ok : Code.FailedPrecondition, reply.Code);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Errors_of_every_code_arrive_with_message_and_details(string dialect)
    {
        await using var host = await StartAsync();
        using var caller = new AnyProtocolCaller(host.Address);

        foreach (var code in System.Enum.GetValues<Code>().Where(code => code != Code.Ok))
        {
            foreach (var method in (string[])["Unary", "ServerStream"])
            {
                var reply = await caller.CallAsync(Dialect.Named(dialect), Echo.FindMethodByName(method), [new EchoRequest()], [("x-fail", code.ToString())]);

                Assert.Equal(code, reply.Code);
                Assert.Equal("\nweil ☺ 😈\r\n%", reply.Message);
                Assert.Equal("elsewhere.Unheard", reply.Details.Single().Type);
                Assert.Equal([255, 0, 1], reply.Details.Single().Value);
                Assert.Empty(reply.Messages);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Error_behind_messages_of_a_stream_comes_behind_them(string dialect)
    {
        await using var host = await StartAsync();
        using var caller = new AnyProtocolCaller(host.Address);

        var reply = await caller.CallAsync(Dialect.Named(dialect), Echo.FindMethodByName("ServerStream"), [new EchoRequest { Count = 2 }], [("x-fail-late", "DataLoss")]);

        Assert.Equal(2, reply.Messages.Count);
        Assert.Equal(Code.DataLoss, reply.Code);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Deadline_is_told_kept_and_enforced(string dialect)
    {
        await using var host = await StartAsync();
        using var caller = new AnyProtocolCaller(host.Address);

        foreach (var method in (string[])["Unary", "ServerStream", "ClientStream", "Bidi"])
        {
            var kept = await caller.CallAsync(Dialect.Named(dialect), Echo.FindMethodByName(method), [new EchoRequest()], timeoutMs: 2000);
            Assert.Equal(["2000"], kept.Headers["x-deadline"]);
            Assert.Equal(Code.Ok, kept.Code);

            var missed = await caller.CallAsync(Dialect.Named(dialect), Echo.FindMethodByName(method), [new EchoRequest()], [("x-wait", "1")], timeoutMs: 200);
            Assert.Equal(Code.DeadlineExceeded, missed.Code);
        }
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Limits_hold_for_plain_messages(string dialect)
    {
        await using var host = await StartAsync(options => options.MaxReceiveMessageSize = 1000);
        using var caller = new AnyProtocolCaller(host.Address);

        foreach (var method in (string[])["Unary", "ServerStream", "ClientStream", "Bidi"])
        {
            var fits = await caller.CallAsync(Dialect.Named(dialect), Echo.FindMethodByName(method), [new EchoRequest { Text = new string('x', 900) }]);
            var exceeds = await caller.CallAsync(Dialect.Named(dialect), Echo.FindMethodByName(method), [new EchoRequest { Text = new string('x', 1001) }]);

            Assert.Equal(Code.Ok, fits.Code);
            Assert.Equal(Code.ResourceExhausted, exceeds.Code);
        }
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Method_without_handler_is_unimplemented(string dialect)
    {
        await using var host = await StartAsync();
        using var caller = new AnyProtocolCaller(host.Address);

        var reply = await caller.CallAsync(Dialect.Named(dialect), Echo.FindMethodByName("Unbound"), [new EchoRequest()]);

        Assert.Equal(Code.Unimplemented, reply.Code);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public async Task Any_of_a_known_type_passes_in_every_codec(string dialect)
    {
        await using var host = await StartAsync();
        using var caller = new AnyProtocolCaller(host.Address);
        var any = Any.Pack(new EchoRequest { Text = "inside" });
        var reply = await caller.CallAsync(Dialect.Named(dialect), Echo.FindMethodByName("Unary"), [new EchoRequest { Any = any }]);

        Assert.Equal(any, ((EchoResponse)reply.Messages.Single()).Any);
    }

    private static Task<RpcTestHost> StartAsync(Action<RpcServerOptions>? options = null)
    {
        RpcTestHost? started = null;
        return Start();

        async Task<RpcTestHost> Start() => started = await RpcTestHost.StartAsync(
            app =>
            {
                app.MapRpcService(Echo, echo => echo
                    .Unary<EchoRequest, EchoResponse>("Unary", async (call, request) =>
                    {
                        await BeginAsync(call);
                        return Answer(request);
                    })
                    .ServerStreaming<EchoRequest, EchoResponse>("ServerStream", async (call, request, responses) =>
                    {
                        await BeginAsync(call);
                        for (var index = 0; index < request.Count; index++)
                        {
                            await responses.WriteAsync(Answer(request));
                        }

                        Fail(call, "x-fail-late");
                    })
                    .ClientStreaming<EchoRequest, EchoResponse>("ClientStream", async (call, requests) =>
                    {
                        await BeginAsync(call);
                        var last = new EchoRequest();
                        await foreach (var request in requests)
                        {
                            last = request;
                        }

                        return Answer(last);
                    })
                    .BidiStreaming<EchoRequest, EchoResponse>("Bidi", async (call, requests, responses) =>
                    {
                        await BeginAsync(call);
                        await foreach (var request in requests)
                        {
                            await responses.WriteAsync(Answer(request));
                        }
                    }));
                app.MapRpcService(Bytes, bytes => bytes
                    .UnaryBytes("Unary", (_, request, response) =>
                    {
                        Answer(EchoRequest.Parser.ParseFrom(request)).WriteTo(response);
                        return default;
                    })
                    .ServerStreamingBytes("ServerStream", async (_, request, responses) =>
                    {
                        var message = EchoRequest.Parser.ParseFrom(request);
                        for (var index = 0; index < message.Count; index++)
                        {
                            await responses.WriteAsync(Answer(message).ToByteArray());
                        }
                    })
                    .ClientStreamingBytes("ClientStream", async (_, requests, response) =>
                    {
                        var last = new EchoRequest();
                        await foreach (var request in requests)
                        {
                            last = EchoRequest.Parser.ParseFrom(request);
                        }

                        Answer(last).WriteTo(response);
                    })
                    .BidiStreamingBytes("Bidi", async (_, requests, responses) =>
                    {
                        await foreach (var request in requests)
                        {
                            await responses.WriteAsync(Answer(EchoRequest.Parser.ParseFrom(request)).ToByteArray());
                        }
                    }));
            },
            options);

        async Task BeginAsync(RpcCall call)
        {
            if (call.RequestMetadata.TryGetValue("x-echo", out var echo))
            {
                call.ResponseMetadata.Add("x-head", echo).Add("x-head", "again");
                call.Trailers.Add("x-trail", "bing").Add("x-trail", "quux");
                Assert.True(call.RequestMetadata.TryGetBytes("x-data-bin", out var data));
                call.Trailers.Add("x-trail-bin", data);
            }

            if (call.Deadline is { } deadline)
            {
                call.ResponseMetadata.Add("x-deadline", ((int)(deadline - started!.Time.GetUtcNow()).TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            await call.WriteHeadersAsync();
            Fail(call, "x-fail");
            if (call.RequestMetadata.TryGetValue("x-wait", out _))
            {
                var told = new TaskCompletionSource();
                using var registration = call.CancellationToken.Register(told.SetResult);
                started!.Time.Advance(TimeSpan.FromMilliseconds(200));
                await told.Task;
            }
        }
    }

    private static void Fail(RpcCall call, string key)
    {
        if (call.RequestMetadata.TryGetValue(key, out var code) && code.Length != 0)
        {
            var unknown = new Any { TypeUrl = "type.googleapis.com/elsewhere.Unheard", Value = ByteString.CopyFrom(255, 0, 1) };
            throw new RpcException(new RpcStatus(System.Enum.Parse<RpcStatusCode>(code), "\nweil ☺ 😈\r\n%", [unknown]));
        }
    }

    private static EchoResponse Answer(EchoRequest request) => new() { Text = request.Text, Index = request.Count, Data = request.Data, Any = request.Any };
}
