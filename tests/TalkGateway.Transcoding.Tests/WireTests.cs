using Google.Protobuf;
using Sample.V1;
using Xunit;

namespace TalkGateway.Transcoding.Tests;

public class WireTests
{
    private static string Echo(params byte[] message) => World.Body(new World().Send("Echo", message));

    [Theory]
    [InlineData(new byte[] { 0x08 })]
    [InlineData(new byte[] { 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })]
    [InlineData(new byte[] { 0x72, 5, 1 })]
    [InlineData(new byte[] { 0x00, 0x00 })]
    [InlineData(new byte[] { 0x45, 0x00 })]
    [InlineData(new byte[] { 0xFB, 0x7F, 0x08, 0x01 })]
    [InlineData(new byte[] { 0x0C })]
    [InlineData(new byte[] { 0x0F, 0x01 })]
    public void What_is_no_protobuf_is_refused(byte[] message)
    {
        var violation = Assert.Single(new World().Refuse("Echo", message));

        Assert.Equal(("", "the message is no valid protobuf"), Split(violation));
    }

    [Fact]
    public void A_known_field_of_a_wrong_wire_type_is_refused() =>
        Assert.Equal(("bool_value", "is not encoded as its type demands"), Split(Assert.Single(new World().Refuse("Echo", [0x0A, 1, (byte)'x']))));

    [Fact]
    public void Unknown_fields_are_ignored() =>
        Assert.Equal(Echo(), Echo(0xF8, 0x7F, 1, 0xFB, 0x7F, 0x0B, 0x0C, 0x08, 1, 0xFC, 0x7F, 0xFA, 0x7F, 2, 0xFF, 0xFF, 0xF9, 0x7F, 1, 2, 3, 4, 5, 6, 7, 8, 0xFD, 0x7F, 1, 2, 3, 4));

    [Theory]
    [InlineData(new byte[] { 0xC3, 0x28 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    public void Text_that_is_no_utf8_is_refused(byte[] text) =>
        Assert.Equal(("string_value", "is not valid UTF-8"), Split(Assert.Single(new World().Refuse("Echo", [0x72, (byte)text.Length, .. text]))));

    [Fact]
    public void The_last_value_wins() =>
        Assert.Contains("\"int32Value\":2,", Echo(0x10, 1, 0x10, 2), StringComparison.Ordinal);

    [Fact]
    public void Messages_in_parts_are_merged()
    {
        byte[] message = [.. new Everything { Message = new() { StringValue = "x", Int32List = { 1 } } }.ToByteArray(), .. new Everything { Message = new() { Int32Value = 5, Int32List = { 2 } } }.ToByteArray()];

        Assert.Contains("\"message\":{\"boolValue\":false,\"int32Value\":5", Echo(message), StringComparison.Ordinal);
        Assert.Equal(Echo(Everything.Parser.ParseFrom(message).ToByteArray()), Echo(message));
    }

    [Fact]
    public void The_last_member_of_a_oneof_wins()
    {
        byte[] message = [.. new Everything { Word = "x" }.ToByteArray(), .. new Everything { Number = 5 }.ToByteArray()];

        var body = Echo(message);

        Assert.Contains("\"number\":5", body, StringComparison.Ordinal);
        Assert.DoesNotContain("\"word\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public void A_flattened_member_of_a_oneof_is_forgotten_when_another_is_set()
    {
        byte[] who = [.. new Who { Guest = new() { Key = "k" } }.ToByteArray(), .. new Who { Id = "u" }.ToByteArray()];

        var request = new World().Send("Remove", [0x0A, (byte)who.Length, .. who]);

        Assert.Equal("/api/v4/items/u?quiet=0", request.PathAndQuery);
    }

    [Fact]
    public void Lists_are_read_packed_and_unpacked()
    {
        const string Expected = "\"int32List\":[1,-1,300]";

        Assert.Contains(Expected, Echo(0xAA, 1, 13, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0xAC, 2), StringComparison.Ordinal);
        Assert.Contains(Expected, Echo(0xA8, 1, 1, 0xAA, 1, 10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0xA8, 1, 0xAC, 2), StringComparison.Ordinal);
    }

    [Fact]
    public void A_packed_list_that_ends_within_a_number_is_refused() =>
        Assert.Equal("int32_list", Assert.Single(new World().Refuse("Echo", [0xAA, 1, 2, 1, 0xFF])).Field);

    [Fact]
    public void Numbers_that_are_not_finite_are_refused() =>
        Assert.Equal(
            ["float_value", "double_value"],
            new World().Refuse("Echo", new Everything { FloatValue = float.NaN, DoubleValue = double.PositiveInfinity }).Select(violation => violation.Field));

    [Fact]
    public void Deep_messages_are_refused()
    {
        var message = new Everything();
        for (var i = 0; i < 80; i++)
        {
            message = new Everything { Message = message };
        }

        Assert.EndsWith("nested too deeply", Assert.Single(new World().Refuse("Echo", message)).Description, StringComparison.Ordinal);
    }

    private static (string, string) Split(FieldViolation violation) => (violation.Field, violation.Description);
}
