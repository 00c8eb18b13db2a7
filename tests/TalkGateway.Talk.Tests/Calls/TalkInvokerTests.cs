using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Google.Protobuf;
using Google.Rpc;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Servers;
using TalkGateway.Talk.Tests.Transport;
using TalkGateway.Talk.V1;
using Xunit;
using static TalkGateway.Talk.Tests.Transport.FakeNextcloud;

namespace TalkGateway.Talk.Tests.Calls;

/// <summary>How a call ends for the host.</summary>
public sealed class TalkInvokerTests : IDisposable
{
    private static readonly AsyncLocal<ConcurrentQueue<Exception>?> Watch = new();

    private readonly UpstreamWorld _world = new();
    private readonly TalkInvoker _invoker;
    private readonly ConcurrentQueue<Exception> _thrown = new();
    private Func<Request, HttpResponseMessage> _answer = _ => Json(200, """{"token":"room1"}""");

    public TalkInvokerTests()
    {
        var servers = new UpstreamsOptions { Servers = { ["main"] = _world.Options } };
        _invoker = new TalkInvoker(TalkContract.Plans, TalkContract.Polyfills, new UpstreamRegistry(servers, (_, _) => _world.Server), _world.Clock);
        _world.Nextcloud.Intercept = request => Task.FromResult<HttpResponseMessage?>(request.Path switch
        {
            "/ocs/v2.php/cloud/user" => null,
            "/ocs/v2.php/cloud/capabilities" => Json(200, """{"version":{"major":35},"capabilities":{"spreed":{"version":"25.0.0","features":["conversation-v4","chat-v2"]}}}"""),
            _ => _answer(request),
        });
        AppDomain.CurrentDomain.FirstChanceException += Note;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.FirstChanceException -= Note;
        _world.Dispose();
    }

    [Fact]
    public async Task A_call_that_goes_well_has_a_response_and_no_failure()
    {
        var (outcome, response) = await InvokeAsync(new GetRoomRequest { Token = "room1" });

        Assert.Equal(default, outcome);
        Assert.Equal("room1", GetRoomResponse.Parser.ParseFrom(response).Room.Token);
    }

    [Fact]
    public async Task What_the_server_refuses_costs_no_exception()
    {
        await InvokeAsync(new GetRoomRequest { Token = "room1" });
        _answer = _ => Json(404);

        var (outcome, response) = await InvokeAsync(new GetRoomRequest { Token = "room1" });

        Assert.Equal((Code.NotFound, "NOT_FOUND"), (CodeOf(outcome), ReasonOf(outcome)));
        Assert.Empty(response);
        Assert.Empty(_thrown);
    }

    [Fact]
    public async Task What_the_server_cannot_do_costs_no_exception_and_no_request()
    {
        await InvokeAsync(new GetRoomRequest { Token = "room1" });
        var asked = _world.Nextcloud.Requests.Count;

        var (outcome, _) = await InvokeAsync(new SetRecordingConsentRequest { Token = "room1", Required = true });

        Assert.Equal((Code.Unimplemented, ErrorReasons.NotSupportedByServer), (CodeOf(outcome), ReasonOf(outcome)));
        Assert.Equal(asked, _world.Nextcloud.Requests.Count);
        Assert.Empty(_thrown);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_costs_no_exception_but_those_of_its_connections()
    {
        await InvokeAsync(new GetRoomRequest { Token = "room1" });
        var broken = new HttpRequestException(HttpRequestError.ResponseEnded);
        _answer = _ => throw broken;

        var (outcome, _) = await InvokeAsync(new GetRoomRequest { Token = "room1" });

        Assert.Equal((Code.Unavailable, ErrorReasons.UpstreamUnavailable), (CodeOf(outcome), ReasonOf(outcome)));
        Assert.Same(broken, outcome.Cause);
        Assert.DoesNotContain(_thrown, exception => exception is UpstreamException or TalkException);
    }

    [Fact]
    public async Task What_no_call_can_come_of_is_an_outcome_as_well()
    {
        Assert.Equal(ErrorReasons.UnknownUpstream, ReasonOf((await InvokeAsync(new GetRoomRequest { Token = "room1" }, new() { Upstream = "other" })).Outcome));
        Assert.Equal(ErrorReasons.MalformedCredential, ReasonOf((await InvokeAsync(new GetRoomRequest { Token = "room1" }, new() { Authorization = "Basic" })).Outcome));
        Assert.Equal(ErrorReasons.SessionInvalid, ReasonOf((await InvokeAsync(new GetRoomRequest { Token = "room1" }, new() { SessionToken = "none" })).Outcome));
        Assert.Empty(_world.Nextcloud.Requests);
        Assert.Equal(ErrorReasons.SessionRequired, ReasonOf((await InvokeAsync(new LeaveCallRequest { Token = "room1" })).Outcome));
        Assert.Equal("/ocs/v2.php/cloud/user", Assert.Single(_world.Nextcloud.Requests).Path);
    }

    [Fact]
    public async Task A_session_that_was_opened_comes_back_though_the_call_failed()
    {
        _answer = _ =>
        {
            var refused = Json(403, """{"error":"password"}""");
            refused.Headers.TryAddWithoutValidation("Set-Cookie", "oc123=s1; path=/");
            return refused;
        };

        var (outcome, response) = await InvokeAsync(new JoinRoomRequest { Token = "room1" });

        Assert.Equal(Code.PermissionDenied, CodeOf(outcome));
        Assert.NotNull(outcome.SessionToken);
        Assert.Empty(response);
    }

    private static Code CodeOf(TalkOutcome outcome) => (Code)outcome.Failure!.Code;

    private static string ReasonOf(TalkOutcome outcome) =>
        outcome.Failure!.Details.Single(detail => detail.Is(ErrorInfo.Descriptor)).Unpack<ErrorInfo>().Reason;

    private async Task<(TalkOutcome Outcome, byte[] Response)> InvokeAsync(IMessage request, TalkCallMetadata? metadata = null)
    {
        Watch.Value = _thrown;
        var plan = TalkContract.Plans.Methods.Single(plan => plan.Descriptor.InputType == request.Descriptor);
        var response = new ArrayBufferWriter<byte>();
        var outcome = await _invoker.InvokeAsync(plan, metadata ?? new() { Authorization = AliceApp }, request.ToByteArray(), response, CancellationToken.None);
        return (outcome, response.WrittenSpan.ToArray());
    }

    /// <summary>Other tests throw at the same time; those of this call come on its own way through the program.</summary>
    private void Note(object? sender, FirstChanceExceptionEventArgs thrown)
    {
        if (Watch.Value == _thrown)
        {
            _thrown.Enqueue(thrown.Exception);
        }
    }
}
