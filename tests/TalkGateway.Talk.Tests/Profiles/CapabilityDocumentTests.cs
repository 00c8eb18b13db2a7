using System.Text;
using TalkGateway.Talk.Profiles;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Talk.Tests.Profiles;

public sealed class CapabilityDocumentTests
{
    // The recorded servers run old Talks on Nextcloud 20, so that Nextcloud's version tells nothing about Talk's.
    public static TheoryData<string, string, int, int, int> Recorded => new()
    {
        { "talk4", "4.0", 1, 1, 1 },
        { "talk5", "5.0", 1, 1, 1 },
        { "talk6", "6.0", 1, 1, 1 },
        { "talk8", "8.0", 1, 1, 1 },
        { "talk9", "10.0", 2, 1, 1 },
        { "talk10.0", "10.0", 2, 1, 1 },
        { "talk10.1", "10.1.1", 3, 3, 2 },
        { "talk12", "12.1", 4, 4, 3 },
        { "talk25", "25.0.0", 4, 4, 3 },
    };

    [Theory]
    [MemberData(nameof(Recorded))]
    public void What_real_servers_answer_is_understood(string server, string talk, int conversation, int call, int signaling)
    {
        var document = OfRecording(server);

        Assert.True(document.HasTalk);
        Assert.Equal(talk, (document.TalkVersion ?? TalkVersions.Infer(document.Features, document.NextcloudVersion?.Major))?.ToString());
        Assert.Equal(new ApiVersions(conversation, call, signaling), VersionRouter.Select(document.Features));
        Assert.Equal(server == "talk25" ? 35 : 20, document.NextcloudVersion!.Major);
    }

    [Theory]
    [InlineData("talk3.0")]
    [InlineData("talk2.9dev")]
    public void The_oldest_servers_say_nothing_of_talk(string server) => Assert.False(OfRecording(server).HasTalk);

    [Theory]
    [InlineData("""{"ocs":{"data":{"version":{"major":"19"},"capabilities":{"spreed":{"features":{"0":"chat-v2","2":"x"}}}}}}""", "chat-v2 x", "19.0.0")]
    [InlineData("""{"ocs":{"data":{"version":{"string":"13.0.1"},"capabilities":{"spreed":{"features":["chat",5,null]}}}}}""", "chat", "13.0.1")]
    [InlineData("""{"ocs":{"data":{"capabilities":{"spreed":{}}}}}""", "", null)]
    public void Php_shapes_are_read_leniently(string json, string features, string? nextcloud)
    {
        var document = CapabilityDocument.Parse(Encoding.UTF8.GetBytes(json));

        Assert.Equal(features.Split(' ', StringSplitOptions.RemoveEmptyEntries), document!.Features.Order());
        Assert.Equal(nextcloud, document.NextcloudVersion?.ToString());
        Assert.True(document.HasTalk);
    }

    [Theory]
    [InlineData("""{"ocs":{"data":{"capabilities":[]}}}""")]
    [InlineData("""{"ocs":{"data":{"capabilities":{"spreed":[]}}}}""")]
    [InlineData("""{"ocs":{"data":{}}}""")]
    public void A_server_without_talk_is_seen(string json) =>
        Assert.False(CapabilityDocument.Parse(Encoding.UTF8.GetBytes(json))!.HasTalk);

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("""{"ocs":{"data":[]}}""")]
    [InlineData("""{"ocs":{"data":{"capa""")]
    public void What_is_no_document_is_seen(string body) =>
        Assert.Null(CapabilityDocument.Parse(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("25.0.0-alpha.1", "25.0.0")]
    [InlineData("21.1.3", "21.1.3")]
    [InlineData("22", "22.0")]
    [InlineData("20.1.", "20.1")]
    [InlineData("beta", null)]
    [InlineData("", null)]
    public void Versions_are_read_as_far_as_they_are_numbers(string text, string? expected) =>
        Assert.Equal(expected, CapabilityDocument.ParseVersion(text)?.ToString());

    private static CapabilityDocument OfRecording(string server)
    {
        var exchange = Recordings.ForServer(server).Exchanges.First(e => e is { Operation: "server.capabilities", Response: { Status: 200, Body.ValueKind: System.Text.Json.JsonValueKind.Object } });
        return CapabilityDocument.Parse(exchange.Response.Bytes)!;
    }
}
