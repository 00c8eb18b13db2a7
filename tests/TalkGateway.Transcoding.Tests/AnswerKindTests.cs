using Google.Protobuf.WellKnownTypes;
using Sample.V1;
using Xunit;

namespace TalkGateway.Transcoding.Tests;

public class AnswerKindTests
{
    private static readonly World Server = new();

    [Theory]
    [InlineData("\"count\":12", 12L)]
    [InlineData("\"count\":\"12\"", 12L)]
    [InlineData("\"count\":-9223372036854775808", long.MinValue)]
    [InlineData("\"count\":9223372036854775807", long.MaxValue)]
    [InlineData("\"count\":12.0", 12L)]
    [InlineData("\"count\":1.2e1", 12L)]
    [InlineData("\"count\":true", 1L)]
    [InlineData("\"count\":false", 0L)]
    [InlineData("\"count\":0", 0L)]
    public void Integers_are_read_from_numbers_texts_and_truth_values(string json, long expected)
    {
        var item = Server.Item($"{{{json}}}");

        Assert.True(item.HasCount);
        Assert.Equal(expected, item.Count);
        Assert.Null(item.Extra);
    }

    [Theory]
    [InlineData("count", "9223372036854775808")]
    [InlineData("count", "1.5")]
    [InlineData("count", "1e40")]
    [InlineData("count", "\"12x\"")]
    [InlineData("count", "\"\"")]
    [InlineData("count", "\"012\"")]
    [InlineData("count", "[1]")]
    [InlineData("count", "{}")]
    [InlineData("small", "2147483648")]
    [InlineData("small", "-2147483649")]
    [InlineData("huge", "-1")]
    [InlineData("huge", "18446744073709551616")]
    [InlineData("open", "2")]
    [InlineData("open", "\"maybe\"")]
    [InlineData("open", "[]")]
    [InlineData("name", "true")]
    [InlineData("name", "{\"a\":1}")]
    [InlineData("name", "[]")]
    [InlineData("parent", "\"x\"")]
    [InlineData("parent", "[1]")]
    [InlineData("parent", "0")]
    [InlineData("votes", "[1]")]
    [InlineData("votes", "{\"a\":\"x\"}")]
    [InlineData("votes", "5")]
    [InlineData("sessions", "{\"a\":\"x\"}")]
    [InlineData("sessions", "[\"x\",{}]")]
    [InlineData("created", "\"yesterday\"")]
    [InlineData("created", "253402300800")]
    [InlineData("created", "true")]
    [InlineData("age", "[]")]
    [InlineData("score", "1e40")]
    [InlineData("score", "\"NaN\"")]
    [InlineData("children", "[{},5]")]
    [InlineData("numbers", "[1,-1]")]
    [InlineData("color", "\"red\"")]
    [InlineData("params", "\"plain\"")]
    [InlineData("params", "\"{broken\"")]
    public void What_does_not_fit_its_field_is_kept_in_the_rest(string name, string value)
    {
        var item = Server.Item($"{{\"id\":\"i\",\"{name}\":{value},\"text\":\"t\"}}");

        var rest = Value.Parser.ParseJson(value);
        var expected = value is "9223372036854775808" or "18446744073709551616" ? Value.ForString(value) : rest;
        Assert.Equal(new Item { Id = "i", Text = "t", Extra = new Struct { Fields = { [name] = expected } } }, item);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("1", true)]
    [InlineData("0", false)]
    [InlineData("\"1\"", true)]
    [InlineData("\"0\"", false)]
    [InlineData("\"true\"", true)]
    [InlineData("\"false\"", false)]
    [InlineData("\"yes\"", true)]
    [InlineData("\"no\"", false)]
    public void Truth_values_are_read_the_way_php_writes_them(string value, bool expected)
    {
        var item = Server.Item($"{{\"open\":{value}}}");

        Assert.Equal(new Item { Open = expected }, item);
    }

    [Theory]
    [InlineData("\"x\"", "x")]
    [InlineData("12", "12")]
    [InlineData("-1.50", "-1.50")]
    [InlineData("\"\"", "")]
    [InlineData("\"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\te\"", "a\"b\\c/d\b\f\n\r\te")]
    [InlineData("\"\\u00e9\\u20AC\\ud83d\\ude00\"", "é€😀")]
    [InlineData("\"\\ud83d\"", "\uFFFD")]
    [InlineData("\"\\ude00x\"", "\uFFFDx")]
    [InlineData("\"\\ud83d\\ud83d\\ude00\"", "\uFFFD😀")]
    [InlineData("\"\\ud83dx\\ude00\"", "\uFFFDx\uFFFD")]
    [InlineData("\"é😀\"", "é😀")]
    public void Texts_are_unescaped_and_numbers_taken_as_they_stand(string value, string expected) =>
        Assert.Equal(new Item { Name = expected }, Server.Item($"{{\"name\":{value}}}"));

    [Theory]
    [InlineData("1700000000", 1700000000, 0)]
    [InlineData("\"1700000000\"", 1700000000, 0)]
    [InlineData("1700000000.25", 1700000000, 250_000_000)]
    [InlineData("\"1700000000.000000001\"", 1700000000, 1)]
    [InlineData("-1.5", -2, 500_000_000)]
    public void Instants_are_seconds(string value, long seconds, int nanos) =>
        Assert.Equal(new Item { Created = new Timestamp { Seconds = seconds, Nanos = nanos } }, Server.Item($"{{\"created\":{value}}}"));

    [Theory]
    [InlineData("0")]
    [InlineData("\"0\"")]
    [InlineData("0.0")]
    [InlineData("null")]
    public void An_instant_of_zero_is_never(string value) =>
        Assert.Equal(new Item(), Server.Item($"{{\"created\":{value}}}"));

    [Theory]
    [InlineData("0", 0, 0)]
    [InlineData("\"60\"", 60, 0)]
    [InlineData("-1.5", -1, -500_000_000)]
    public void Spans_are_seconds_and_may_be_zero(string value, long seconds, int nanos) =>
        Assert.Equal(new Item { Age = new Duration { Seconds = seconds, Nanos = nanos } }, Server.Item($"{{\"age\":{value}}}"));

    [Theory]
    [InlineData("parent")]
    [InlineData("votes")]
    [InlineData("sessions")]
    [InlineData("children")]
    [InlineData("params")]
    public void An_empty_list_is_an_empty_map_a_missing_object_or_an_empty_list(string name)
    {
        Assert.Equal(new Item(), Server.Item($"{{\"{name}\":[]}}"));
        Assert.Equal(new Item(), Server.Item($"{{\"{name}\":null}}"));
    }

    [Fact]
    public void A_scalar_is_a_list_of_one()
    {
        Assert.Equal(new Item { Numbers = { 5 } }, Server.Item("{\"numbers\":5}"));
        Assert.Equal(new Item { Sessions = { "x" } }, Server.Item("{\"sessions\":\"x\"}"));
    }

    [Fact]
    public void Elements_that_are_null_are_dropped_and_empty_objects_keep_their_place()
    {
        Assert.Equal(new Item { Numbers = { 1, 0, 2 } }, Server.Item("{\"numbers\":[1,null,0,\"2\"]}"));
        Assert.Equal(new Item { Children = { new Item { Id = "a" }, new Item(), new Item { Id = "b" } } }, Server.Item("{\"children\":[{\"id\":\"a\"},[],{\"id\":\"b\"}]}"));
    }

    [Fact]
    public void Enums_are_numbers_even_unknown_ones()
    {
        Assert.Equal(new Item { Color = Color.Blue }, Server.Item("{\"color\":2}"));
        Assert.Equal(new Item { Color = (Color)77 }, Server.Item("{\"color\":\"77\"}"));
    }

    [Fact]
    public void Words_fill_an_enum_beside_the_text()
    {
        Assert.Equal(new Item { Kind = "remove", KindAction = Sample.V1.Action.Remove }, Server.Item("{\"kind\":\"remove\"}"));
        Assert.Equal(new Item { Kind = "other" }, Server.Item("{\"kind\":\"other\"}"));
        Assert.Equal(new Item { Kind = "add", KindAction = Sample.V1.Action.Add }, Server.Item("{\"kind\":\"\\u0061dd\"}"));
    }

    [Fact]
    public void Json_in_a_text_is_read()
    {
        var expected = new Item { Params = new Struct { Fields = { ["a"] = Value.ForString("x\"y") } } };

        Assert.Equal(expected, Server.Item("""{"params":"{\"a\":\"x\\\"y\"}"}"""));
        Assert.Equal(expected, Server.Item("""{"params":{"a":"x\"y"}}"""));
        Assert.Equal(new Item(), Server.Item("""{"params":"[]"}"""));
    }

    [Fact]
    public void One_name_can_fill_a_field_per_kind()
    {
        Assert.Equal(new Item { Ends = new Timestamp { Seconds = 5 } }, Server.Item("{\"ends\":5}"));
        Assert.Equal(new Item { EndsDate = new Struct { Fields = { ["date"] = Value.ForString("x") } } }, Server.Item("{\"ends\":{\"date\":\"x\"}}"));
        Assert.Equal(new Item { Ends = new Timestamp { Seconds = 5 } }, Server.Item("{\"ends\":\"5\"}"));
        Assert.Equal(new Item { Extra = new Struct { Fields = { ["ends"] = Value.ForString("x") } } }, Server.Item("{\"ends\":\"x\"}"));
    }

    [Fact]
    public void Maps_have_their_keys()
    {
        Assert.Equal(new Item { Votes = { ["a\"b"] = 1, [""] = 2 } }, Server.Item("""{"votes":{"a\"b":1,"":"2","c":null}}"""));
        var everything = Everything.Parser.ParseFrom(Server.Receive("Echo", World.Envelope("""{"numberMap":{"-5":1},"messageMap":{"true":{"word":"x"},"0":[]}}""")));
        Assert.Equal(new Everything { NumberMap = { [-5] = 1 }, MessageMap = { [true] = new() { Word = "x" }, [false] = new() } }, everything);
    }

    [Fact]
    public void Any_json_is_kept_and_large_numbers_as_texts()
    {
        var item = Server.Item("""{"any":[null,9007199254740992,9007199254740993,-9007199254740993,0.5,1e400,{"a":{}}]}""");

        Assert.Equal(
            new Item
            {
                Any = Value.ForList(
                    Value.ForNull(), Value.ForNumber(9007199254740992), Value.ForString("9007199254740993"), Value.ForString("-9007199254740993"),
                    Value.ForNumber(0.5), Value.ForString("1e400"), Value.ForStruct(new Struct { Fields = { ["a"] = Value.ForStruct(new Struct()) } })),
            },
            item);
    }

    [Fact]
    public void Null_is_a_value_for_a_field_of_any_kind() =>
        Assert.Equal(new Item { Any = Value.ForNull() }, Server.Item("{\"any\":null}"));
}
