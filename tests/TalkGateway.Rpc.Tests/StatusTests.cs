using System.Net;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using TalkGateway.Rpc.Tests.Protos;
using Xunit;

namespace TalkGateway.Rpc.Tests;

public sealed class StatusTests
{
    private const string Unary = "/rpctest.EchoService/Unary";
    private const string ServerStream = "/rpctest.EchoService/ServerStream";

    public static TheoryData<RpcStatusCode> ErrorCodes => [.. System.Enum.GetValues<RpcStatusCode>().Where(code => code != RpcStatusCode.Ok)];

    [Theory]
    [MemberData(nameof(ErrorCodes))]
    public async Task Error_of_a_unary_handler_is_the_callers_status_in_one_block(RpcStatusCode code)
    {
        await using var host = await FailingAsync(new RpcStatus(code, "because"));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest());

        Assert.Equal(HttpStatusCode.OK, reply.HttpStatus);
        Assert.Equal((int)code, reply.Code);
        Assert.Equal("because", reply.Message);
        Assert.Empty(reply.Frames);
        Assert.True(reply.IsTrailersOnly);
        Assert.Equal("application/grpc", reply.ContentType);
    }

    [Theory]
    [InlineData("")]
    [InlineData("100% of\ttabs, \r\n lines")]
    [InlineData("größer als ☺ und 😈")]
    [InlineData("~tilde and space ")]
    public async Task Message_of_an_error_arrives_whatever_its_characters(string message)
    {
        await using var host = await FailingAsync(new RpcStatus(RpcStatusCode.Internal, message));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest());

        Assert.Equal(message, reply.Message);
    }

    [Theory]
    [InlineData("語", 2000, 500)]
    [InlineData("😈", 1000, 0)]
    [InlineData("a", 100_000, 3)]
    [InlineData("%", 3000, 500)]
    public async Task A_status_fits_into_what_clients_take_and_is_cut_at_a_character(string character, int times, int detailLength)
    {
        var message = string.Concat(Enumerable.Repeat(character, times));
        var first = new ErrorInfo { Reason = "FIRST", Domain = "test" };
        var long2 = new ErrorInfo { Reason = new string('x', 4000) };
        var last = new ErrorInfo { Reason = new string('y', detailLength), Domain = "last" };
        await using var host = await FailingAsync(RpcStatus.WithDetails(RpcStatusCode.Internal, message, first, long2, last));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest());

        Assert.EndsWith("… (cut)", reply.Message, StringComparison.Ordinal);
        Assert.Empty(reply.Message[..^"… (cut)".Length].Replace(character, "", StringComparison.Ordinal));
        Assert.True(reply.Headers.Sum(header => header.Key.Length + header.Value.Sum(value => value.Length) + 32) < 8000);
        Assert.Equal(reply.Message, reply.Status!.Details!.Message);
        Assert.Equal(["FIRST", last.Reason], reply.Status.Details.Details.Select(detail => detail.Unpack<ErrorInfo>().Reason));
    }

    [Fact]
    public async Task Message_is_percent_encoded_with_upper_case_hex()
    {
        await using var host = await FailingAsync(new RpcStatus(RpcStatusCode.Internal, "a%b\nü"));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest());

        Assert.Equal(["a%25b%0A%C3%BC"], reply.Headers.GetValues("grpc-message"));
    }

    [Fact]
    public async Task Details_known_and_unknown_pass_as_they_are()
    {
        var unknown = new Any { TypeUrl = "type.googleapis.com/elsewhere.Unheard", Value = ByteString.CopyFrom(255, 0, 1) };
        var known = Any.Pack(new LocalizedMessage { Locale = "de", Message = "Warten" });
        await using var host = await FailingAsync(new RpcStatus(RpcStatusCode.FailedPrecondition, "wait", [known, unknown]));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest());

        Assert.Equal([known, unknown], reply.Status!.Details!.Details);
        Assert.Equal((int)RpcStatusCode.FailedPrecondition, reply.Status.Details.Code);
        Assert.Equal("wait", reply.Status.Details.Message);
        Assert.DoesNotContain('=', reply.Headers.GetValues("grpc-status-details-bin").Single());
    }

    [Fact]
    public async Task Status_without_details_has_no_details_header()
    {
        await using var host = await FailingAsync(new RpcStatus(RpcStatusCode.NotFound, "no"));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest());

        Assert.False(reply.Headers.Contains("grpc-status-details-bin"));
    }

    [Fact]
    public async Task Error_after_messages_of_a_stream_comes_in_the_trailers_behind_them()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.ServerStreaming<EchoRequest, EchoResponse>("ServerStream", async (_, _, responses) =>
            {
                await responses.WriteAsync(new EchoResponse { Index = 1 });
                throw new RpcException(RpcStatusCode.Aborted, "halfway");
            }));

        var reply = await host.Client.CallAsync<EchoResponse>(ServerStream, new EchoRequest());

        Assert.Equal(1, reply.Response.Index);
        Assert.False(reply.IsTrailersOnly);
        Assert.Equal((int)RpcStatusCode.Aborted, reply.Code);
        Assert.Equal("halfway", reply.Message);
    }

    [Fact]
    public async Task Response_of_a_unary_bytes_handler_that_fails_is_not_sent()
    {
        await using var host = await RpcTestHost.StartBytesAsync(bytes => bytes.UnaryBytes("Unary", (_, _, response) =>
        {
            response.GetSpan(3).Clear();
            response.Advance(3);
            throw new RpcException(RpcStatusCode.DataLoss, "after writing");
        }));

        var reply = await host.Client.CallAsync<EchoResponse>("/rpctest.BytesService/Unary", new EchoRequest());

        Assert.Empty(reply.Frames);
        Assert.Equal((int)RpcStatusCode.DataLoss, reply.Code);
    }

    [Fact]
    public async Task Exception_of_a_handler_is_unknown_and_its_text_stays_in_the_log()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (_, _) => throw new InvalidOperationException("the database password is hunter2")));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest());

        Assert.Equal((int)RpcStatusCode.Unknown, reply.Code);
        Assert.DoesNotContain("hunter2", reply.Message, StringComparison.Ordinal);
        Assert.Contains(host.Logs, entry => entry.StartsWith("Error 3", StringComparison.Ordinal) && entry.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cancellation_that_nobody_asked_for_is_unknown()
    {
        await using var host = await RpcTestHost.StartEchoAsync(echo =>
            echo.Unary<EchoRequest, EchoResponse>("Unary", (_, _) => throw new OperationCanceledException()));

        var reply = await host.Client.CallAsync<EchoResponse>(Unary, new EchoRequest());

        Assert.Equal((int)RpcStatusCode.Unknown, reply.Code);
    }

    [Fact]
    public void Exception_with_ok_cannot_be_made()
    {
        Assert.Throws<ArgumentException>(() => new RpcException(RpcStatusCode.Ok, "fine"));
    }

    private static Task<RpcTestHost> FailingAsync(RpcStatus status) =>
        RpcTestHost.StartEchoAsync(echo => echo.Unary<EchoRequest, EchoResponse>("Unary", (_, _) => throw new RpcException(status)));
}
