using System.Text.Json.Nodes;
using Xunit;

namespace TalkGateway.Simulator.Tests;

/// <summary>What each version publishes about itself, which is all a client has to choose API versions by.</summary>
public sealed class CapabilityTests
{
    [Theory]
    [InlineData("3.0", "chat", "chat-v2")]
    [InlineData("3.2", "chat-v2", "chat")]
    [InlineData("9", "conversation-v2", "sip-support")]
    [InlineData("10.1", "conversation-v3", "conversation-v4")]
    [InlineData("10.1.0", "sip-support", "conversation-v3")]
    [InlineData("12", "conversation-v4", "conversation-v2")]
    [InlineData("21", "conversation-creation-password", "conversation-creation-all")]
    [InlineData("25", "preserve-conversation", "archived-conversations")]
    public async Task Features_come_and_go_with_the_version(string profile, string present, string absent)
    {
        var spreed = (JsonObject)(await CapabilitiesAsync(profile))["capabilities"]!["spreed"]!;

        var features = spreed["features"]!.AsArray().Select(f => (string)f!).ToList();
        Assert.Contains(present, features);
        Assert.DoesNotContain(absent, features);
    }

    [Fact]
    public async Task The_very_first_version_publishes_nothing() =>
        Assert.Null((await CapabilitiesAsync("3.0.0"))["capabilities"]!["spreed"]);

    [Theory]
    [InlineData("5", 15, null, false, false)]
    [InlineData("12", 22, null, true, false)]
    [InlineData("16", 26, "16.0.10", true, false)]
    [InlineData("25", 35, "25.0.0-alpha.1", true, true)]
    public async Task Nextcloud_and_Talk_versions_are_told(string profile, int major, string? version, bool hasConfig, bool hasLocal)
    {
        var data = await CapabilitiesAsync(profile);
        var spreed = (JsonObject)data["capabilities"]!["spreed"]!;

        Assert.Equal(major, (int)data["version"]!["major"]!);
        Assert.Equal(version, (string?)spreed["version"]);
        Assert.Equal((hasConfig, hasLocal, hasLocal), (spreed.ContainsKey("config"), spreed.ContainsKey("features-local"), spreed.ContainsKey("config-local")));
    }

    [Fact]
    public async Task Capabilities_with_a_known_etag_are_304()
    {
        await using var simulator = await TalkSimulator.StartAsync();
        using var client = new HttpClient { BaseAddress = simulator.BaseAddress };
        client.DefaultRequestHeaders.Add("OCS-APIRequest", "true");
        client.DefaultRequestHeaders.Add("Accept", "application/json");
        using var first = await client.GetAsync("/ocs/v2.php/cloud/capabilities");
        client.DefaultRequestHeaders.IfNoneMatch.Add(first.Headers.ETag!);

        using var second = await client.GetAsync("/ocs/v2.php/cloud/capabilities");

        Assert.Equal(304, (int)second.StatusCode);
    }

    private static async Task<JsonObject> CapabilitiesAsync(string profile)
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = profile });
        using var alice = OcsClient.WithAppPassword(simulator, "alice");
        return (JsonObject)(await alice.SendAsync("GET", "/ocs/v2.php/cloud/capabilities")).Is(200).Data!;
    }
}
