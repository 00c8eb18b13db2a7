using Google.Protobuf.WellKnownTypes;
using Sample.V1;
using Xunit;

namespace TalkGateway.Transcoding.Tests;

public class AnswerMemberTests
{
    private static readonly World Server = new();

    private static Struct Rest(params (string Name, Value Value)[] members) =>
        new() { Fields = { members.ToDictionary(member => member.Name, member => member.Value) } };

    [Fact]
    public void Members_are_found_in_any_order()
    {
        var expected = new Item { Id = "i", Count = 1, Open = true, Text = "t" };

        Assert.Equal(expected, Server.Item("""{"id":"i","count":1,"open":true,"text":"t"}"""));
        Assert.Equal(expected, Server.Item("""{"text":"t","open":true,"count":1,"id":"i"}"""));
        Assert.Equal(expected, Server.Item(""" { "count" : 1 , "text" : "t" , "id" : "i" , "open" : true } """));
        Assert.Equal(expected, Server.Item("""{"\u0069d":"i","count":1,"open":true,"text":"t"}"""));
    }

    [Theory]
    [InlineData("""{"label":"l"}""", "l", null)]
    [InlineData("""{"title":"t"}""", "t", null)]
    [InlineData("""{"title":"t","label":"l"}""", "t", "label")]
    [InlineData("""{"label":"l","title":"t"}""", "t", "label")]
    [InlineData("""{"label":"l","name":"n"}""", "n", "label")]
    [InlineData("""{"name":"n","label":"l"}""", "n", "label")]
    [InlineData("""{"name":null,"label":"l"}""", "l", null)]
    [InlineData("""{"label":"l","name":null}""", "l", null)]
    [InlineData("""{"label":"l","name":[]}""", "l", "name")]
    public void The_name_goes_before_aliases_whatever_their_order(string json, string expected, string? left)
    {
        var item = Server.Item(json);

        Assert.Equal(expected, item.Name);
        Assert.Equal(left is null ? [] : new[] { left }, item.Extra?.Fields.Keys ?? (IEnumerable<string>)[]);
    }

    [Fact]
    public void A_better_name_leaves_what_was_written_around_it_alone()
    {
        var item = Server.Item("""{"id":"i","label":"a long label","count":5,"parent":{"id":"p"},"name":"n","open":true}""");

        Assert.Equal(new Item { Id = "i", Name = "n", Count = 5, Parent = new Item { Id = "p" }, Open = true, Extra = Rest(("label", Value.ForString("a long label"))) }, item);
    }

    [Fact]
    public void An_alias_can_be_the_name_of_another_field()
    {
        Assert.Equal(new Item { Session = "s", Sessions = { "s" } }, Server.Item("""{"session":"s"}"""));
        Assert.Equal(new Item { Session = "s", Sessions = { "a", "b" } }, Server.Item("""{"sessions":["a","b"],"session":"s"}"""));
        Assert.Equal(new Item { Session = "s", Sessions = { "a", "b" } }, Server.Item("""{"session":"s","sessions":["a","b"]}"""));
    }

    [Fact]
    public void What_stands_for_absent_is_absent()
    {
        Assert.Equal(new Item(), Server.Item("""{"session":"0"}"""));
        Assert.Equal(new Item(), Server.Item("""{"session":0}"""));
        Assert.Equal(new Item { Sessions = { "a" } }, Server.Item("""{"sessions":["0","a"],"session":"0"}"""));
    }

    [Theory]
    [InlineData("""{"count":1,"count":2}""")]
    [InlineData("""{"count":1,"id":null,"count":"2"}""")]
    public void The_last_of_duplicates_counts(string json) => Assert.Equal(new Item { Count = 2 }, Server.Item(json));

    [Fact]
    public void Duplicates_of_lists_and_messages_are_not_merged()
    {
        Assert.Equal(new Item { Numbers = { 3 }, Parent = new Item { Count = 1 } }, Server.Item("""{"numbers":[1,2],"parent":{"id":"p"},"numbers":[3],"parent":{"count":1}}"""));
        Assert.Equal(new Item(), Server.Item("""{"count":1,"count":null}"""));
    }

    [Fact]
    public void Unclaimed_members_go_to_the_rest_of_their_object()
    {
        var item = Server.Item("""{"new":{"a":[1]},"parent":{"other":null,"id":"p"},"\"q\"":true}""");

        Assert.Equal(
            new Item
            {
                Extra = Rest(("new", Value.ForStruct(Rest(("a", Value.ForList(Value.ForNumber(1)))))), ("\"q\"", Value.ForBool(true))),
                Parent = new Item { Id = "p", Extra = Rest(("other", Value.ForNull())) },
            },
            item);
    }

    [Fact]
    public void Unclaimed_members_are_dropped_where_there_is_no_rest() =>
        Assert.Equal(new Everything { Word = "x" }, Everything.Parser.ParseFrom(Server.Receive("Echo", World.Envelope("""{"new":[{"a":"b"}],"word":"x"}"""))));

    [Fact]
    public void The_rest_is_one_field_on_the_wire()
    {
        // Some clients keep only the last part of a message that comes in parts.
        var wire = Server.Receive("Read", World.Envelope("""{"a":1,"id":"i","b":2}"""));

        Assert.Equal(1, Enumerable.Range(0, wire.Length - 1).Count(at => wire[at] == 0xA2 && wire[at + 1] == 0x06));
    }

    [Theory]
    [InlineData("""{"legacyFlags":3}""", 3u)]
    [InlineData("""{"legacyFlags":3,"flags":1}""", 1u)]
    [InlineData("""{"flags":true}""", 7u)]
    [InlineData("""{"flags":false}""", 0u)]
    [InlineData("""{"id":"i","flags":true,"open":true}""", 7u)]
    public void A_conversion_fills_what_no_name_did(string json, uint expected)
    {
        var item = Server.Item(json);

        Assert.True(item.HasFlags);
        Assert.Equal(expected, item.Flags);
    }

    [Theory]
    [InlineData("""{"legacyFlags":-1}""")]
    [InlineData("""{"id":"i"}""")]
    public void A_conversion_that_finds_nothing_fitting_leaves_the_field_absent(string json) => Assert.False(Server.Item(json).HasFlags);

    [Fact]
    public void A_conversion_can_give_a_text() =>
        Assert.Equal("Zoë \"Z\"", Server.Item("""{"ownerName":"Zo\u00eb \"Z\""}""").Owner);

    [Fact]
    public void Messages_of_any_length_keep_their_place()
    {
        foreach (var length in new[] { 0, 1, 126, 127, 128, 129, 16_381, 16_382, 16_383, 16_384, 70_000 })
        {
            var text = new string('x', length);

            Assert.Equal(
                new Item { Parent = new Item { Parent = new Item { Name = text }, Id = "p" }, Text = "t" },
                Server.Item($$"""{"parent":{"parent":{"name":"{{text}}"},"id":"p"},"text":"t"}"""));
        }
    }
}
