using System.Text.Json.Nodes;
using Google.Rpc;
using Microsoft.AspNetCore.Http;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Talk.V1;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Failures;

/// <summary>Calls at an external service work where one is set up, and invite nobody to try again where none is.</summary>
public sealed class ExternalCallTests
{
    private const string Rpc = "talk.v1.CallService/GetExternalCallUrl";

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "config.call.external-call-service")]
    public async Task They_are_supported_where_the_server_names_a_service(bool isSetUp, string missing)
    {
        await using var talk = await TalkAsync(isSetUp, 400, """{"error":"type"}""");
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = talk.Address });
        var alice = gateway.As("alice");

        var listed = (await alice.AskAsync<GetCapabilitiesResponse>(new GetCapabilitiesRequest())).Rpcs.Single(rpc => rpc.Rpc == Rpc);
        var failure = await alice.FailAsync(new GetExternalCallUrlRequest { Token = "abcd1234" });

        Assert.Equal((isSetUp, missing), (listed.Supported, listed.Missing));
        Assert.Equal(isSetUp ? Code.FailedPrecondition : Code.Unimplemented, failure.Code);
    }

    [Theory]
    [InlineData("server", Code.FailedPrecondition, "CALL_SERVICE_NOT_CONFIGURED")]
    [InlineData("type", Code.FailedPrecondition, "UNSUITABLE_ROOM_TYPE")]
    [InlineData("field", Code.FailedPrecondition, "CALL_SERVICE_ANSWER_LACKS_ADDRESS")]
    [InlineData("response", Code.Unavailable, "CALL_SERVICE_UNREACHABLE")]
    public async Task Only_a_service_that_does_not_answer_is_worth_another_try(string error, Code code, string reason)
    {
        await using var talk = await TalkAsync(isSetUp: true, 400, $$"""{"error":"{{error}}"}""");
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = talk.Address });

        var failure = await gateway.As("alice").FailAsync(new GetExternalCallUrlRequest { Token = "abcd1234" });

        Assert.Equal((code, reason), (failure.Code, failure.Reason));
    }

    private static Task<StubServer> TalkAsync(bool isSetUp, int status, string data)
    {
        var call = isSetUp ? new JsonObject { ["external-call-service"] = "https://calls.example.com/{meetingId}" } : [];
        var capabilities = new JsonObject
        {
            ["spreed"] = new JsonObject { ["version"] = "25.0.0", ["features"] = new JsonArray("conversation-v4"), ["config"] = new JsonObject { ["call"] = call } },
        };
        var told = new JsonObject { ["version"] = new JsonObject { ["major"] = 35, ["minor"] = 0, ["micro"] = 0 }, ["capabilities"] = capabilities }.ToJsonString();
        return StubServer.StartAsync(context =>
        {
            var isCall = context.Request.Path.Value!.EndsWith("/external-call", StringComparison.Ordinal);
            context.Response.StatusCode = isCall ? status : 200;
            context.Response.ContentType = "application/json";
            var meta = $$"""{"status":"","statuscode":{{context.Response.StatusCode}},"message":""}""";
            return context.Response.WriteAsync($$$"""{"ocs":{"meta":{{{meta}}},"data":{{{(isCall ? data : told)}}}}}""");
        });
    }
}
