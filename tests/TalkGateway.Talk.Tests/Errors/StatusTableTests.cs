using Google.Rpc;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Failures;
using Xunit;

namespace TalkGateway.Talk.Tests.Errors;

public sealed class StatusTableTests
{
    [Theory]
    [InlineData(400, Code.InvalidArgument)]
    [InlineData(401, Code.Unauthenticated)]
    [InlineData(403, Code.PermissionDenied)]
    [InlineData(404, Code.NotFound)]
    [InlineData(405, Code.Unimplemented)]
    [InlineData(406, Code.Unimplemented)]
    [InlineData(409, Code.Aborted)]
    [InlineData(412, Code.FailedPrecondition)]
    [InlineData(413, Code.InvalidArgument)]
    [InlineData(422, Code.Unavailable)]
    [InlineData(426, Code.FailedPrecondition)]
    [InlineData(429, Code.ResourceExhausted)]
    [InlineData(500, Code.Internal)]
    [InlineData(501, Code.Unimplemented)]
    [InlineData(502, Code.Unavailable)]
    [InlineData(503, Code.Unavailable)]
    [InlineData(504, Code.Unavailable)]
    [InlineData(418, Code.InvalidArgument)]
    [InlineData(302, Code.Internal)]
    [InlineData(599, Code.Internal)]
    public void A_status_of_the_server_has_one_canonical_code(int httpStatus, Code code) =>
        Assert.Equal(code, StatusRule.For(httpStatus).Code);

    [Fact]
    public void Every_row_has_a_reason_that_ErrorInfo_accepts()
    {
        foreach (var rule in StatusRule.All)
        {
            Assert.Matches("^[A-Z][A-Z0-9_]{1,62}$", rule.Reason);
            Assert.NotEmpty(rule.Message);
        }
    }

    [Fact]
    public void Every_way_an_upstream_can_fail_has_its_row()
    {
        foreach (var kind in Enum.GetValues<UpstreamFailureKind>())
        {
            Assert.True(UpstreamFailureTable.Covers(kind), kind.ToString());
        }
    }

    [Fact]
    public void A_lost_write_says_that_its_outcome_is_unknown_whatever_came_of_its_answer()
    {
        var lost = new UpstreamFailure(UpstreamFailureKind.Interrupted, "cloud", "gone") { MayHaveArrived = true };

        Assert.Equal((Code.Unknown, ErrorReasons.OutcomeUnknown), CodeAndReason(lost));
        Assert.Equal((Code.Unknown, ErrorReasons.OutcomeUnknown), CodeAndReason(lost with { Status = 200 }));
        Assert.Equal((Code.Unavailable, ErrorReasons.UpstreamUnavailable), CodeAndReason(lost with { MayHaveArrived = false }));
    }

    [Theory]
    [InlineData("lobby-timer", "LOBBY_TIMER")]
    [InlineData("password", "PASSWORD")]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void The_servers_own_reason_becomes_upper_snake_case(string? upstream, string? reason) =>
        Assert.Equal(reason, AnswerErrors.Upper(upstream));

    [Fact]
    public void Half_an_answer_is_internal_and_no_answer_unavailable()
    {
        var half = new UpstreamFailure(UpstreamFailureKind.Interrupted, "cloud", "gone") { MayHaveArrived = true, IsOfRead = true, Status = 200 };

        Assert.Equal((Code.Internal, ErrorReasons.MalformedAnswer), CodeAndReason(half));
        Assert.Equal((Code.Unavailable, ErrorReasons.UpstreamUnavailable), CodeAndReason(half with { Status = 0 }));
    }

    [Theory]
    [InlineData(UpstreamFailureKind.NoConnectionFree, Code.Unavailable, "UPSTREAM_BUSY")]
    [InlineData(UpstreamFailureKind.TooManyLongPolls, Code.ResourceExhausted, "TOO_MANY_LONG_POLLS")]
    internal void What_was_never_sent_says_why(UpstreamFailureKind kind, Code code, string reason) =>
        Assert.Equal((code, reason), CodeAndReason(new UpstreamFailure(kind, "cloud", "full")));

    private static (Code Code, string Reason) CodeAndReason(UpstreamFailure failure)
    {
        var told = UpstreamFailureTable.ToStatus(failure);
        return ((Code)told.Code, told.Details.Single(detail => detail.Is(ErrorInfo.Descriptor)).Unpack<ErrorInfo>().Reason);
    }
}
