using Google.Protobuf.WellKnownTypes;
using Sample.V1;
using Xunit;

namespace TalkGateway.Transcoding.Tests;

public class QueryTests
{
    private const string Always = "text=&exact=0&color=0&hidden=1";

    private static string Query(SearchRequest request, World? world = null) => (world ?? new World()).Send("Search", request).PathAndQuery["/api/v4/items?".Length..];

    [Fact]
    public void Fields_without_presence_are_always_sent_and_the_others_when_set() =>
        Assert.Equal(Always, Query(new SearchRequest()));

    [Fact]
    public void A_field_with_presence_is_sent_when_it_is_zero() =>
        Assert.Equal("text=&limit=0&exact=0&color=0&ratio=0&hidden=1", Query(new SearchRequest { Limit = 0, Ratio = 0 }));

    [Fact]
    public void Texts_are_percent_encoded() =>
        Assert.Equal("text=a%20%26%3D%2B%C3%A9&exact=0&color=0&hidden=1", Query(new SearchRequest { Text = "a &=+é" }));

    [Fact]
    public void Lists_repeat_their_name_with_brackets() =>
        Assert.Equal("text=&exact=0&tags[]=a&tags[]=b%2Fc&ids[]=-1&ids[]=5&color=0&hidden=1", Query(new SearchRequest { Tags = { "a", "b/c" }, Ids = { -1, 5 } }));

    [Fact]
    public void Types_have_their_texts()
    {
        var request = new SearchRequest
        {
            Exact = true,
            Color = Color.Blue,
            Action = Sample.V1.Action.Remove,
            Since = new Timestamp { Seconds = 1700000000, Nanos = 999 },
            Wait = new Duration { Seconds = 30 },
            Ratio = 0.1,
            Hidden = true,
            Filter = new Struct { Fields = { ["a"] = Value.ForNumber(1) } },
        };

        Assert.Equal(
            "text=&exact=1&color=2&action=remove&since=1700000000&wait=30&ratio=0.1&filter=%7B%22a%22%3A1%7D&hidden=0",
            Query(request));
    }

    [Fact]
    public void A_header_field_goes_to_the_headers()
    {
        var request = new World().Send("Search", new SearchRequest { Trace = "abc 1" });

        Assert.Equal(new KeyValuePair<string, string>("X-Trace", "abc 1"), Assert.Single(request.Headers));
        Assert.DoesNotContain("race", request.PathAndQuery, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\r\nSet-Cookie: x")]
    [InlineData("é")]
    public void A_header_takes_only_printable_ascii(string value) =>
        Assert.Equal("trace", Assert.Single(new World().Refuse("Search", new SearchRequest { Trace = value })).Field);

    [Fact]
    public void A_field_of_the_gateway_is_not_sent() =>
        Assert.Equal(Always, Query(new SearchRequest { Cursor = "mine" }));

    [Fact]
    public void A_parameter_is_left_out_where_the_server_does_not_know_it()
    {
        var request = new SearchRequest { Fancy = true };

        Assert.Equal(Always + "&fancy=1", Query(request));
        Assert.Equal(Always, Query(request, new World { Capabilities = [] }));
    }

    [Fact]
    public void A_parameter_that_the_server_cannot_act_upon_is_refused_unless_it_is_zero()
    {
        var world = new World { Capabilities = [] };

        var refusal = Assert.Throws<UnsupportedFieldException>(() => world.Send("Search", new SearchRequest { Strict = true }));

        Assert.Equal(("strict", "strict or severe"), (refusal.Field, refusal.Missing));
        Assert.Equal(Always + "&strict=0", Query(new SearchRequest { Strict = false }, world));
        Assert.Equal(Always + "&strict=1", Query(new SearchRequest { Strict = true }));
    }
}
