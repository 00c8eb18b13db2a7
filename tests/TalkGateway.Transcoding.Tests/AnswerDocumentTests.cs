using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Sample.V1;
using Xunit;

namespace TalkGateway.Transcoding.Tests;

public class AnswerDocumentTests
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void Data_fills_the_field_that_the_answer_goes_into()
    {
        var world = new World();

        Assert.Equal(new SearchResponse { Items = { new Item { Id = "a" }, new Item { Id = "b" } }, HttpStatus = 200 }, Search(world, """[{"id":"a"},{"id":"b"}]"""));
        Assert.Equal(new GetResponse { Item = new Item { Id = "a" } }, GetResponse.Parser.ParseFrom(world.Receive("Get", World.Envelope("""{"id":"a"}"""))));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    public void Empty_data_leaves_the_response_empty(string data)
    {
        Assert.Equal(new SearchResponse { HttpStatus = 200 }, Search(new World(), data));
        Assert.Empty(new World().Receive("Get", World.Envelope(data)));
        Assert.Empty(new World().Receive("Read", World.Envelope(data)));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"id\":5}")]
    [InlineData("true")]
    [InlineData("\"text\"")]
    public void A_response_without_fields_takes_any_data(string data) =>
        Assert.Empty(new World().Receive("Remove", World.Envelope(data)));

    [Theory]
    [InlineData("""{"ocs":{"data":{"id":"a"},"meta":{"x":[1,{"y":2}]}},"z":[]}""")]
    [InlineData("""{"a":1,"ocs":{"data":{"id":"b"},"data":{"id":"a"}}}""")]
    [InlineData(" {\"ocs\" :\t{\"meta\":[],\r\n\"data\": {\"id\":\"a\"} } }\n")]
    public void The_envelope_may_have_any_order_and_white_space(string body) =>
        Assert.Equal(new Item { Id = "a" }, Item.Parser.ParseFrom(new World().Receive("Read", body)));

    [Fact]
    public void A_document_without_envelope_is_read_where_the_annotation_says_so() =>
        Assert.Equal(new Status_ { Installed = true, Version = "1.2" }, Status_.Parser.ParseFrom(new World().Receive("Status", """{"installed":true,"versionstring":"1.2","x":[]}""")));

    [Fact]
    public void Bytes_are_taken_as_they_are()
    {
        var world = new World();

        Assert.Equal([1, 0, 255], DownloadResponse.Parser.ParseFrom(world.Receive("Download", [1, 0, 255])).Content.ToByteArray());
        Assert.Empty(world.Receive("Download", ""));
    }

    [Fact]
    public void Headers_and_status_fill_their_fields()
    {
        var world = new World { Headers = { ["x-last-given"] = "42", ["X-Changed"] = "1700000000" } };

        Assert.Equal(new SearchResponse { LastGiven = 42, Changed = new Timestamp { Seconds = 1700000000 }, HttpStatus = 201 }, Search(world, "[]", 201));
    }

    [Fact]
    public void A_header_that_does_not_fit_is_left_out() =>
        Assert.False(Search(new World { Headers = { ["X-Last-Given"] = "a\"b" } }, "[]").HasLastGiven);

    [Fact]
    public void An_empty_status_needs_no_body()
    {
        var world = new World { Headers = { ["X-Last-Given"] = "42" } };

        var response = SearchResponse.Parser.ParseFrom(world.Receive("Search", "<html>", 304));

        Assert.Equal(new SearchResponse { LastGiven = 42, NothingFound = true, HttpStatus = 304 }, response);
        Assert.True(World.Plan("Search").Resolve(world).IsEmptyStatus(304));
        Assert.False(World.Plan("Search").Resolve(world).IsEmptyStatus(200));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"ocs":[]}""")]
    [InlineData("""{"ocs":{"data":{"id":"a"}}""")]
    [InlineData("""{"ocs":{"data":{"id":"a"}}}}""")]
    [InlineData("""{"ocs":{"data":{"id":"a",}}}""")]
    [InlineData("""{"ocs":{"data":{"id" "a"}}}""")]
    [InlineData("""{"ocs":{"data":{id:"a"}}}""")]
    [InlineData("""{"ocs":{"data":{"id":'a'}}}""")]
    [InlineData("""{"ocs":{"data":{"count":01}}}""")]
    [InlineData("""{"ocs":{"data":{"count":1.}}}""")]
    [InlineData("""{"ocs":{"data":{"count":-}}}""")]
    [InlineData("""{"ocs":{"data":{"count":+1}}}""")]
    [InlineData("""{"ocs":{"data":{"count":1e}}}""")]
    [InlineData("""{"ocs":{"data":{"count":nul}}}""")]
    [InlineData("""{"ocs":{"data":{"x":tru}}}""")]
    [InlineData("""{"ocs":{"data":{"x":[1 2]}}}""")]
    [InlineData("""{"ocs":{"data":{"x":[1}}}}""")]
    [InlineData("""{"ocs":{"data":{"id":"\x"}}}""")]
    [InlineData("""{"ocs":{"data":{"id":"\u12g4"}}}""")]
    [InlineData("{\"ocs\":{\"data\":{\"id\":\"a\nb\"}}}")]
    [InlineData("""{"ocs":{"data":{"id":"a}}}""")]
    [InlineData("""{"ocs":{"data":5}}""")]
    [InlineData("""{"ocs":{"data":[5]}}""")]
    [InlineData("""{"ocs":{"data":"secret text"}}""")]
    public void What_cannot_be_read_is_malformed_and_nothing_is_written(string body)
    {
        var target = new System.Buffers.ArrayBufferWriter<byte>();

        var failure = Assert.Throws<MalformedAnswerException>(
            () => World.Plan("Read").Resolve(new World()).ReadAnswer(200, new World(), Encoding.UTF8.GetBytes(body), target));

        Assert.Equal(0, target.WrittenCount);
        Assert.InRange(failure.Offset, 0, body.Length);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_that_is_no_utf8_is_malformed_at_its_first_wrong_byte()
    {
        byte[] body = [.. Encoding.UTF8.GetBytes("""{"ocs":{"data":{"id":"é"""), 0xC3, .. "\"}}}"u8];

        var failure = Assert.Throws<MalformedAnswerException>(() => new World().Receive("Read", body));

        Assert.Equal(("it is no UTF-8", 24), (failure.Reason, failure.Offset));
    }

    // As deep as protobuf parsers take messages inside each other.
    [Fact]
    public void Messages_nested_too_deeply_are_malformed()
    {
        Assert.NotNull(new World().Item(Nested("parent", "{\"parent\":", "}", 61)));
        Assert.Equal("it is nested too deeply", Assert.Throws<MalformedAnswerException>(() => new World().Item(Nested("parent", "{\"parent\":", "}", 65))).Reason);
    }

    [Theory]
    [InlineData("any", "[", "]", 47)]
    [InlineData("any", "{\"a\":", "}", 31)]
    [InlineData("new", "{\"a\":", "}", 30)]
    [InlineData("new", "[", "]", 46)]
    public void Any_JSON_nested_more_deeply_than_messages_may_be_stays_JSON_as_text(string name, string open, string close, int deepest)
    {
        foreach (var depth in new[] { 1, deepest, deepest + 1, deepest + 2, 64, 65, 129, 512 })
        {
            var answer = new World().Item(Nested(name, open, close, depth));

            Assert.Equal(answer, JsonParser.Default.Parse<Item>(JsonFormatter.Default.Format(answer)));
            Assert.Equal(answer, Item.Parser.ParseFrom(answer.ToByteArray()));
            var text = JsonFormatter.Default.Format(answer);
            var rest = Math.Max(0, depth - deepest);
            var inside = string.Concat(Enumerable.Repeat(open, rest)) + "null" + string.Concat(Enumerable.Repeat(close, rest));
            Assert.Contains(rest == 0 ? "null" : JsonSerializer.Serialize(inside, Relaxed), text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Any_JSON_without_end_is_malformed() =>
        Assert.Equal("it is nested too deeply", Assert.Throws<MalformedAnswerException>(() => new World().Item(Nested("new", "[", "]", 5000))).Reason);

    private static string Nested(string name, string open, string close, int depth) =>
        $"{{\"{name}\":{string.Concat(Enumerable.Repeat(open, depth))}null{string.Concat(Enumerable.Repeat(close, depth))}}}";

    private static SearchResponse Search(World world, string data, int status = 200) =>
        SearchResponse.Parser.ParseFrom(world.Receive("Search", World.Envelope(data), status));
}
