using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Sample.V1;
using Xunit;

namespace TalkGateway.Transcoding.Tests;

public class BodyTests
{
    private static string Echo(Action<Everything> set)
    {
        var message = new Everything();
        set(message);
        var zeros = World.Body(new World().Send("Echo", new Everything()));
        var body = World.Body(new World().Send("Echo", message));
        Assert.StartsWith("{\"boolValue\":", body, StringComparison.Ordinal);
        Assert.StartsWith("{\"boolValue\":false,\"int32Value\":0", zeros, StringComparison.Ordinal);
        return body;
    }

    [Fact]
    public void A_body_says_that_it_is_json()
    {
        var request = new World().Send("Echo", new Everything());

        Assert.Equal("application/json", request.ContentType);
        Assert.Equal(HttpMethod.Post, request.Method);
    }

    [Fact]
    public void Without_body_parameters_there_is_no_body()
    {
        var request = new World().Send("Get", new GetRequest { Id = "x" });

        Assert.True(request.Body.IsEmpty);
        Assert.Null(request.ContentType);
    }

    [Fact]
    public void Texts_are_escaped() =>
        Assert.Contains("\"stringValue\":\"\\\"\\\\/\\n\\r\\t\\u0001é😀\"", Echo(message => message.StringValue = "\"\\/\n\r\t\u0001é😀"), StringComparison.Ordinal);

    [Fact]
    public void Encodings_change_how_values_look()
    {
        var body = Echo(message => (message.Decimal, message.ZeroOne, message.OneZero) = (long.MinValue, true, true));

        Assert.Contains("\"decimal\":\"-9223372036854775808\",", body + ",", StringComparison.Ordinal);
        Assert.Contains("\"zeroOne\":1,\"oneZero\":0", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_text_is_json_in_a_string() =>
        Assert.Contains(
            "\"jsonText\":\"{\\\"a\\\":\\\"x\\\\\\\"y\\\"}\"",
            Echo(message => message.JsonText = new Struct { Fields = { ["a"] = Value.ForString("x\"y") } }),
            StringComparison.Ordinal);

    [Fact]
    public void An_enum_of_words_is_sent_as_its_word_and_its_wordless_zero_not_at_all()
    {
        Assert.Contains("\"action\":\"add\"", Echo(message => message.Action = Sample.V1.Action.Add), StringComparison.Ordinal);
        Assert.DoesNotContain("\"action\"", Echo(message => message.Action = Sample.V1.Action.Unspecified), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_json_is_written_as_it_was_meant()
    {
        var value = Value.Parser.ParseJson("""{"a":[1,-2.5,true,null,"x",{}],"b":{"c":[]}}""");

        Assert.Contains("\"value\":{\"a\":[1,-2.5,true,null,\"x\",{}],\"b\":{\"c\":[]}}", Echo(message => message.Value = value), StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_without_a_kind_is_null() =>
        Assert.Contains("\"value\":null", Echo(message => message.Value = new Value()), StringComparison.Ordinal);

    [Fact]
    public void The_last_entry_of_a_map_wins()
    {
        var entries = new Everything { StringMap = { ["k"] = "old" } }.ToByteArray().Concat(new Everything { StringMap = { ["k"] = "new", ["l"] = "x" } }.ToByteArray());

        Assert.Contains("\"stringMap\":{\"k\":\"new\",\"l\":\"x\"}", World.Body(new World().Send("Echo", [.. entries])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_form_has_a_part_per_value_and_bytes_as_a_file()
    {
        var request = new World().Send("Upload", new UploadRequest
        {
            Title = "Zoë",
            File = ByteString.CopyFrom(0, 1, 255),
            Numbers = { 1, 2 },
            Meta = new Struct { Fields = { ["a"] = Value.ForBool(true) } },
        });

        var boundary = request.ContentType!["multipart/form-data; boundary=".Length..];
        var parts = Encoding.Latin1.GetString(request.Body.Span).Split("--" + boundary);
        Assert.Equal(
            [
                "",
                "\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nZo\u00C3\u00AB\r\n",
                "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\nContent-Type: application/octet-stream\r\n\r\n\0\u0001\u00FF\r\n",
                "\r\nContent-Disposition: form-data; name=\"numbers[]\"\r\n\r\n1\r\n",
                "\r\nContent-Disposition: form-data; name=\"numbers[]\"\r\n\r\n2\r\n",
                "\r\nContent-Disposition: form-data; name=\"meta\"\r\n\r\n{\"a\":true}\r\n",
                "--\r\n",
            ],
            parts);
    }

    [Fact]
    public void A_request_object_can_be_used_again()
    {
        var request = new UpstreamRequest();
        World.Plan("Echo").Resolve(new World()).WriteRequest(new Everything { StringValue = "x" }.ToByteArray(), request);

        World.Plan("Get").Resolve(new World()).WriteRequest(new GetRequest { Id = "y" }.ToByteArray(), request);

        Assert.Equal(("/api/v4/items/y/parts/0", 0, null), (request.PathAndQuery, request.Body.Length, request.ContentType));
    }
}
