using Google.Protobuf.WellKnownTypes;
using Sample.V1;
using Xunit;

namespace TalkGateway.Transcoding.Tests;

public class RuleTests
{
    private static string[] Violations(LimitedRequest request) =>
        [.. new World().Refuse("Limited", request).Select(violation => $"{violation.Field} {violation.Description}")];

    [Theory]
    [InlineData("ab")]
    [InlineData("abc")]
    [InlineData("😀😀😀")]
    [InlineData("")]
    public void Lengths_count_code_points_and_an_empty_text_is_unset(string word) =>
        Assert.NotNull(new World().Send("Limited", new LimitedRequest { Word = word }));

    [Theory]
    [InlineData("a", "word is shorter than 2 characters")]
    [InlineData("😀", "word is shorter than 2 characters")]
    [InlineData("abcd", "word is longer than 3 characters")]
    public void Lengths_are_limited(string word, string expected) =>
        Assert.Equal([expected], Violations(new LimitedRequest { Word = word }));

    [Theory]
    [InlineData(-6, "number is below -5")]
    [InlineData(11, "number is above 10")]
    public void Numbers_are_limited(int number, string expected) =>
        Assert.Equal([expected], Violations(new LimitedRequest { Number = number }));

    [Fact]
    public void Large_unsigned_numbers_are_above_every_limit() =>
        Assert.Equal(["big is above 100"], Violations(new LimitedRequest { Big = ulong.MaxValue }));

    [Fact]
    public void Spans_are_limited_in_seconds() =>
        Assert.Equal(["wait is above 30"], Violations(new LimitedRequest { Wait = new Duration { Seconds = 31 } }));

    [Theory]
    [InlineData(1, -1)]
    [InlineData(400_000_000_000, 0)]
    public void A_span_has_to_be_valid(long seconds, int nanos) =>
        Assert.Equal(["wait is no valid Duration"], Violations(new LimitedRequest { Wait = new Duration { Seconds = seconds, Nanos = nanos } }));

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_part_of_a_second_is_not_taken_for_none(int nanos) =>
        Assert.Equal(["wait is less than a second, which would be sent as none"], Violations(new LimitedRequest { Wait = new Duration { Nanos = nanos } }));

    [Fact]
    public void Elements_are_checked_one_by_one() =>
        Assert.Equal(["words[1] does not match ^[a-z]+$"], Violations(new LimitedRequest { Words = { "a", "B" } }));

    [Fact]
    public void A_list_that_is_too_long_is_refused_before_its_elements_are_looked_at() =>
        Assert.Equal(["words has more than 2 elements"], Violations(new LimitedRequest { Words = { "a", "B", "c" } }));

    [Fact]
    public void A_handful_of_violations_is_told_and_that_there_are_more()
    {
        var request = new LimitedRequest();
        request.Inners.AddRange(Enumerable.Range(0, 100_000).Select(_ => new LimitedRequest.Types.Inner()));

        var refused = Assert.Throws<InvalidRequestException>(() => new World().Send("Limited", request));

        Assert.Equal((8, true), (refused.Violations.Count, refused.HasMore));
    }

    [Fact]
    public void A_pattern_has_to_match_the_whole_text() =>
        Assert.Equal(["words[0] does not match ^[a-z]+$"], Violations(new LimitedRequest { Words = { "a\n" } }));

    [Fact]
    public void An_unknown_enum_number_is_refused() =>
        Assert.Equal(["color has an unknown enum number"], Violations(new LimitedRequest { Color = (Color)99 }));

    [Fact]
    public void Messages_inside_have_their_rules() =>
        Assert.Equal(
            ["inner.inner.code is required", "inners[1].code is required"],
            Violations(new LimitedRequest
            {
                Inner = new() { Code = "x", Inner_ = new() },
                Inners = { new LimitedRequest.Types.Inner { Code = "y" }, new LimitedRequest.Types.Inner() },
            }));

    [Fact]
    public void Everything_wrong_is_told_at_once() =>
        Assert.Equal(
            ["word is longer than 3 characters", "number is above 10", "color has an unknown enum number"],
            Violations(new LimitedRequest { Word = "abcd", Number = 100, Color = (Color)(-1) }));

    [Fact]
    public void What_is_not_sent_is_checked_all_the_same() =>
        Assert.Equal("cursor", Assert.Single(new World().Refuse("Search", [0x72, 1, 0xFF])).Field);

    [Fact]
    public void A_required_message_has_to_be_there() =>
        Assert.Contains(new World().Refuse("Remove", new RemoveRequest()), violation => violation is { Field: "who", Description: "is required" });
}
