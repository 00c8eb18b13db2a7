using Sample.V1;
using Xunit;

namespace TalkGateway.Transcoding.Tests;

public class PathTests
{
    [Theory]
    [InlineData("plain-A_1.~", "plain-A_1.~")]
    [InlineData("a b", "a%20b")]
    [InlineData("a/b?c#d%", "a%2Fb%3Fc%23d%25")]
    [InlineData("é😀", "%C3%A9%F0%9F%98%80")]
    [InlineData("...", "...")]
    [InlineData("a..b", "a..b")]
    public void A_value_is_percent_encoded(string id, string expected)
    {
        var request = new World().Send("Get", new GetRequest { Id = id, Part = 7 });

        Assert.Equal($"/api/v4/items/{expected}/parts/7", request.PathAndQuery);
        Assert.Equal(HttpMethod.Get, request.Method);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("../../x")]
    [InlineData("a/..")]
    [InlineData("a\\..\\b")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    [InlineData("\u007F")]
    [InlineData("\u0085")]
    [InlineData("")]
    public void What_could_bend_the_path_is_refused(string id)
    {
        var violations = new World().Refuse("Get", new GetRequest { Id = id });

        Assert.Equal("id", Assert.Single(violations).Field);
    }

    [Fact]
    public void A_number_is_sent_even_if_it_is_zero() =>
        Assert.Equal("/api/v4/items/x/parts/0", new World().Send("Get", new GetRequest { Id = "x" }).PathAndQuery);

    [Fact]
    public void A_flattened_member_that_the_path_needs_has_to_be_set()
    {
        var violations = new World().Refuse("Remove", new RemoveRequest { Who = new Who { Guest = new Guest { Key = "k" } } });

        Assert.Contains(violations, violation => violation is { Field: "who.id", Description: "is required" });
    }

    [Fact]
    public void A_flattened_member_goes_into_the_path()
    {
        var request = new World().Send("Remove", new RemoveRequest { Who = new Who { Id = "u/1" }, Quiet = true });

        Assert.Equal("/api/v4/items/u%2F1?quiet=1", request.PathAndQuery);
        Assert.Equal(HttpMethod.Delete, request.Method);
    }

    [Fact]
    public void An_absolute_path_has_no_base() =>
        Assert.Equal("/status.php", new World().Send("Status", new Empty()).PathAndQuery);
}
