using System.Buffers;
using System.Net;
using System.Text;
using Google.Rpc;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Sessions;
using TalkGateway.Talk.Transport;
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

    [Fact]
    public void A_guest_who_forgot_the_session_is_told_to_join_and_send_it()
    {
        const string rpc = "talk.v1.ChatService.SendMessage";
        var guest = Of(rpc, 404, "[]", CallIdentity.Anonymous);
        var user = Of(rpc, 404, "[]", new CallIdentity(Credential.Parse("Bearer secret")));
        var joined = Of(rpc, 404, "[]", CallIdentity.Anonymous with { Session = new SessionJar() });

        Assert.Equal(Code.NotFound, guest.Code);
        Assert.Contains("JoinRoom", guest.Text, StringComparison.Ordinal);
        Assert.Contains("talk-session", guest.Text, StringComparison.Ordinal);
        Assert.All([user, joined], other => Assert.DoesNotContain("talk-session", other.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("talk.v1.RoomService.CreateRoom", 400, "object-type", Code.InvalidArgument, "object_type")]
    [InlineData("talk.v1.RoomService.CreateRoom", 400, "type", Code.InvalidArgument, "type")]
    [InlineData("talk.v1.RoomService.CreateRoom", 404, "invite", Code.NotFound, "invite")]
    [InlineData("talk.v1.RoomService.SetRoomPermissions", 400, "mode", Code.InvalidArgument, "mode")]
    [InlineData("talk.v1.RoomService.SetNotificationLevel", 400, "level", Code.InvalidArgument, "level")]
    [InlineData("talk.v1.RoomService.SetCallNotification", 400, "level", Code.InvalidArgument, "enabled")]
    [InlineData("talk.v1.RoomService.RenameRoom", 400, "value", Code.InvalidArgument, "name")]
    [InlineData("talk.v1.ParticipantService.AddParticipant", 400, "source", Code.InvalidArgument, "source")]
    [InlineData("talk.v1.ParticipantService.AddParticipant", 404, "new-participant", Code.NotFound, "new_participant")]
    [InlineData("talk.v1.ParticipantService.RemoveParticipant", 404, "participant", Code.NotFound, "attendee")]
    [InlineData("talk.v1.ParticipantService.JoinRoom", 403, "password", Code.PermissionDenied, "password")]
    [InlineData("talk.v1.ChatService.SendMessage", 400, "reply-to", Code.InvalidArgument, "reply_to")]
    [InlineData("talk.v1.ChatService.EditMessage", 404, "message", Code.NotFound, "message_id")]
    [InlineData("talk.v1.ChatService.EditMessage", 413, "message", Code.InvalidArgument, "message")]
    public void A_reason_of_the_server_that_names_a_parameter_names_our_field(string rpc, int status, string word, Code code, string field)
    {
        var failure = Of(rpc, status, $$"""{"error":"{{word}}"}""");

        Assert.Equal(code, failure.Code);
        Assert.Equal([field], failure.Fields);
        Assert.Contains($"({word})", failure.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("talk.v1.RoomService.CreateRoom", 403, "permissions", Code.PermissionDenied)]
    [InlineData("talk.v1.RoomService.RenameRoom", 400, "type", Code.FailedPrecondition)]
    [InlineData("talk.v1.RoomService.SetRoomPassword", 400, "breakout-room", Code.FailedPrecondition)]
    public void A_reason_that_is_no_fault_of_a_field_names_none(string rpc, int status, string word, Code code)
    {
        var failure = Of(rpc, status, $$"""{"error":"{{word}}"}""");

        Assert.Equal(code, failure.Code);
        Assert.Empty(failure.Fields);
        Assert.Contains($"({word})", failure.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_words_of_a_password_policy_are_handed_on()
    {
        var failure = Of("talk.v1.RoomService.SetRoomPassword", 400, """{"error":"password","message":"Password is among the 1,000,000 most common ones."}""");

        Assert.Equal((Code.InvalidArgument, "PASSWORD"), (failure.Code, failure.Reason));
        Assert.Equal(["password"], failure.Fields);
        Assert.EndsWith("Password is among the 1,000,000 most common ones.", failure.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refusal_without_any_answer_is_not_taken_for_what_Talk_says_by_that_status()
    {
        var failure = Of("talk.v1.ChatService.DeleteMessage", 400, null);

        Assert.Equal((Code.InvalidArgument, "BAD_REQUEST"), (failure.Code, failure.Reason));
        Assert.Contains("does not say which", failure.Text, StringComparison.Ordinal);
        Assert.Equal("NO_CALL", Of("talk.v1.CallService.DownloadCallParticipants", 400, null).Reason);
    }

    private static Told Of(string rpc, int status, string? data, CallIdentity? caller = null)
    {
        var body = Encoding.UTF8.GetBytes(data is null ? "" : $$$"""{"ocs":{"meta":{"status":"failure","statuscode":{{{status}}},"message":""},"data":{{{data}}}}}""");
        var buffer = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(buffer, 0);
        using var answer = new OcsAnswer(new HttpResponseMessage((HttpStatusCode)status), buffer, body.Length, default);
        return new Told(AnswerErrors.From(TalkContract.Plans[rpc], null, "cloud", answer, new ManualTimeProvider(), caller));
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
