using System.Buffers;
using System.Net;
using System.Text;
using Google.Rpc;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Sessions;
using TalkGateway.Talk.Upstream;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Talk.Tests.Errors;

/// <summary>What a client is told of a failure that the server answered.</summary>
public sealed class AnswerErrorsTests
{
    private const string Import = "talk.v1.ParticipantService.ImportEmails";

    [Fact]
    public void Lines_that_cannot_be_imported_and_the_counts_reach_the_caller()
    {
        var failure = Of(Import, 400, """
            {"error":"Folgende Zeilen sind ungültig: 4, 7","message":"Folgende Zeilen sind ungültig: 4, 7","invites":2,"duplicates":0,"invalid":2,"invalidLines":[4,7]}
            """);

        Assert.Equal((Code.InvalidArgument, "INVALID_LINES"), (failure.Code, failure.Reason));
        Assert.Equal(("2", "0", "2", "4, 7"), (failure["invites"], failure["duplicates"], failure["invalid"], failure["invalid_lines"]));
        Assert.Equal(["file"], failure.Fields);
        Assert.Contains("Folgende Zeilen", failure.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"error":"Missing \"email\" field in header line","message":"Missing \"email\" field in header line"}""")]
    [InlineData("""{"error":"Feld \"email\" fehlt in der Kopfzeile","message":"Feld \"email\" fehlt in der Kopfzeile"}""")]
    [InlineData("""{"error":"file","message":"Uploading the file failed"}""")]
    public void A_sentence_is_no_reason(string data)
    {
        var failure = Of(Import, 400, data);

        Assert.Equal((Code.InvalidArgument, "INVALID_FILE"), (failure.Code, failure.Reason));
        Assert.Equal(["file"], failure.Fields);
    }

    [Theory]
    [InlineData("""{"error":null}""", "UNSUITABLE_ROOM")]
    [InlineData("""{"error":"classified"}""", "CLASSIFIED")]
    public void A_room_that_takes_no_mail_guests_is_a_failed_precondition_even_without_a_reason(string data, string reason)
    {
        var failure = Of(Import, 400, data);

        Assert.Equal((Code.FailedPrecondition, reason), (failure.Code, failure.Reason));
        Assert.Empty(failure.Fields);
    }

    private static Told Of(string rpc, int status, string data, CallIdentity? caller = null)
    {
        var body = Encoding.UTF8.GetBytes($$$"""{"ocs":{"meta":{"status":"failure","statuscode":{{{status}}},"message":""},"data":{{{data}}}}}""");
        var buffer = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(buffer, 0);
        using var answer = new OcsAnswer(new HttpResponseMessage((HttpStatusCode)status), buffer, body.Length);
        return new Told(AnswerErrors.From(TalkContract.Plans[rpc], null, "cloud", answer, new ManualTimeProvider(), caller).Status);
    }

    private sealed record Told(Status Status)
    {
        public Code Code => (Code)Status.Code;

        public string Text => Status.Message;

        public string Reason => Info.Reason;

        public IReadOnlyList<string> Fields =>
            [.. Status.Details.Where(detail => detail.Is(BadRequest.Descriptor)).SelectMany(detail => detail.Unpack<BadRequest>().FieldViolations).Select(v => v.Field)];

        private ErrorInfo Info => Status.Details.Single(detail => detail.Is(ErrorInfo.Descriptor)).Unpack<ErrorInfo>();

        public string this[string key] => Info.Metadata[key];
    }
}
