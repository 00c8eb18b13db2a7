using Xunit;

namespace TalkGateway.Simulator.Tests;

/// <summary>Formats, envelopes and the pages servers give in place of them.</summary>
public sealed class EnvelopeTests
{
    private const string Rooms = "/ocs/v2.php/apps/spreed/api/v4/room";

    [Theory]
    [InlineData("application/json", "", true)]
    [InlineData("application/json, text/plain", "", true)]
    [InlineData("application/json;q=0.9, */*;q=0.1", "", false)]
    [InlineData("*/*", "", false)]
    [InlineData(null, "", false)]
    [InlineData(null, "?format=json", true)]
    [InlineData("application/json", "?format=xml", false)]
    public async Task Json_is_sent_to_a_plain_accept_or_a_format_parameter_and_xml_otherwise(string? accept, string query, bool isJson)
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");

        var answer = (await alice.SendAsync("GET", Rooms + query, accept: accept)).Is(200);

        Assert.Equal(isJson ? "application/json; charset=utf-8" : "application/xml; charset=utf-8", answer.ContentType);
        Assert.StartsWith(isJson ? "{\"ocs\":" : "<?xml version=\"1.0\"?>\n<ocs>\n <meta>\n  <status>ok</status>", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slashes_and_everything_beyond_ascii_are_escaped_as_php_does()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");

        var answer = (await alice.SendAsync("POST", Rooms, new { roomType = 2, roomName = "a/b <ü> 🎉" })).Is(201);

        Assert.Contains("\"name\":\"a\\/b <\\u00fc> \\ud83c\\udf89\"", answer.Text, StringComparison.Ordinal);
        Assert.Equal("a/b <ü> 🎉", (string?)answer.Data!["name"]);
    }

    [Theory]
    [InlineData("12", "text/xml; charset=UTF-8", null)]
    [InlineData("16", "application/json; charset=utf-8", 998)]
    [InlineData("25", "application/json; charset=utf-8", 998)]
    public async Task An_unknown_route_is_an_xml_page_on_old_servers_and_998_on_new_ones(string profile, string type, int? code)
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = profile });
        using var alice = OcsClient.WithAppPassword(simulator, "alice");

        var answer = (await alice.RoomAsync("GET", "nonsense")).Is(404);

        Assert.Equal(type, answer.ContentType);
        Assert.Equal(code, (int?)answer.Meta?["statuscode"]);
    }

    [Theory]
    [InlineData("9", 404, "text/xml; charset=UTF-8")]
    [InlineData("16", 500, "application/json; charset=utf-8")]
    [InlineData("25", 400, "text/html; charset=UTF-8")]
    public async Task A_missing_parameter_shows_the_age_of_the_server(string profile, int status, string type)
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = profile });
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        var token = (string)(await alice.RoomAsync("POST", "room", new { roomType = 2, roomName = "x" })).Is(201).Data!["token"]!;

        Assert.Equal(type, (await alice.ChatAsync("POST", $"chat/{token}", new { })).Is(status).ContentType);
    }

    [Fact]
    public async Task A_wrong_method_is_405_without_a_body()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");

        Assert.Equal("", (await alice.SendAsync("PATCH", Rooms)).Is(405).Text);
    }

    [Theory]
    [InlineData("20", "[]", "[]")]
    [InlineData("21", "null", "Room")]
    public async Task Setters_answer_the_room_since_Talk_21_and_nothing_before(string profile, string leave, string rename)
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = profile });
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        var token = (string)(await alice.RoomAsync("POST", "room", new { roomType = 2, roomName = "x" })).Is(201).Data!["token"]!;

        Assert.Equal(leave, Shapes.KindOf((await alice.RoomAsync("DELETE", $"room/{token}/participants/active")).Is(200).Data));
        Assert.Equal(rename, Shapes.KindOf((await alice.RoomAsync("PUT", $"room/{token}", new { roomName = "y" })).Is(200).Data));
    }

    [Fact]
    public async Task Lists_and_maps_are_read_from_forms()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        using var form = new FormUrlEncodedContent([new("roomType", "2"), new("roomName", "Form"), new("participants[users][]", "bob"), new("participants[users][]", "carol")]);

        var token = (string)(await alice.SendAsync("POST", Rooms, form)).Is(201).Data!["token"]!;

        Assert.Equal(["alice", "bob", "carol"], (await alice.RoomAsync("GET", $"room/{token}/participants")).Is(200).List.Select(p => (string)p!["actorId"]!));
    }

    [Fact]
    public async Task Unknown_invitees_among_known_ones_are_named_with_202()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var alice = OcsClient.WithAppPassword(simulator, "alice");

        var answer = (await alice.SendAsync("POST", Rooms, new { roomType = 2, roomName = "x", participants = new { users = new[] { "bob", "nobody" } } })).Is(202);

        Assert.Equal("nobody", (string?)answer.Data!["invalidParticipants"]!["users"]![0]);
    }
}
