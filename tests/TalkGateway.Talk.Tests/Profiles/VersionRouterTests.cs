using System.Collections.Frozen;
using TalkGateway.Talk.Profiles;
using Xunit;

namespace TalkGateway.Talk.Tests.Profiles;

/// <summary>Every released generation of Talk, with what it publishes as far as versions hang on it.</summary>
public sealed class VersionRouterTests
{
    private const string Since4 = "audio video chat-v2 guest-signaling multi-room-users no-ping in-call-flags";
    private const string Since5 = Since4 + " invite-groups-and-mails";
    private const string Since6 = Since5 + " read-only-rooms";
    private const string Since7 = Since6 + " webinary-lobby";
    private const string Since8 = Since7 + " chat-replies";
    private const string Since9 = Since8 + " conversation-v2";
    private const string Since12 = Since8 + " sip-support listable-rooms delete-messages conversation-v4 signaling-v3";

    public static TheoryData<int, string, string, int, int, int, string?> Generations => new()
    {
        // Nextcloud, Talk, capabilities, conversation, call, signaling, inferred version where none is published
        { 13, "3.0.0", "", 1, 1, 1, null },
        { 13, "3.0.1", "audio video chat", 1, 1, 1, "3.0.1" },
        { 13, "3.1", "audio video chat guest-signaling empty-group-room", 1, 1, 1, "3.1" },
        { 13, "3.2", "audio video chat-v2 guest-signaling empty-group-room multi-room-users", 1, 1, 1, "3.2" },
        { 14, "4.0", Since4, 1, 1, 1, "4.0" },
        { 15, "5.0", Since5, 1, 1, 1, "5.0" },
        { 16, "6.0", Since6, 1, 1, 1, "6.0" },
        { 17, "7.0", Since7, 1, 1, 1, "7.0" },
        { 18, "8.0", Since8, 1, 1, 1, "8.0" },
        { 19, "9.0", Since9, 2, 1, 1, "9.0" }, // the hole: rooms v2, calls v1 only
        { 20, "10.0", Since9, 2, 1, 1, "10.0" },
        { 20, "10.1.0", Since9 + " sip-support", 3, 3, 2, "10.1" }, // routes of v3, flag forgotten
        { 20, "10.1.1", Since9 + " sip-support conversation-v3", 3, 3, 2, "10.1.1" },
        { 21, "11.0", Since9 + " sip-support conversation-v3 listable-rooms", 3, 3, 2, "11.0" },
        { 21, "11.3", Since9 + " sip-support conversation-v3 listable-rooms delete-messages", 3, 3, 2, "11.1" },
        { 22, "12", Since12, 4, 4, 3, "12.0" },
        { 23, "13", Since12 + " clear-history direct-mention-flag", 4, 4, 3, "13.0" },
        { 24, "14", Since12 + " clear-history direct-mention-flag conversation-permissions reactions", 4, 4, 3, "14.0" },
        { 25, "15", Since12 + " talk-polls", 4, 4, 3, "15.0" },
        { 26, "16", Since12 + " talk-polls breakout-rooms-v1", 4, 4, 3, "15.0" },
        { 27, "17", Since12 + " talk-polls typing-privacy", 4, 4, 3, "15.0" },
        { 28, "18", Since12 + " talk-polls session-state", 4, 4, 3, "15.0" },
        { 29, "19", Since12 + " talk-polls federation-v1", 4, 4, 3, "15.0" },
        { 30, "20", Since12 + " talk-polls federation-v2", 4, 4, 3, "15.0" },
        { 31, "21", Since12 + " talk-polls conversation-creation-password", 4, 4, 3, "15.0" },
        { 32, "22", Since12 + " talk-polls threads", 4, 4, 3, "15.0" },
        { 33, "23", Since12 + " talk-polls pinned-messages", 4, 4, 3, "15.0" },
        { 34, "24", Since12 + " talk-polls react-permission", 4, 4, 3, "15.0" },
        { 35, "25", Since12 + " talk-polls promote-demote-owner", 4, 4, 3, "15.0" },
    };

    [Theory]
    [MemberData(nameof(Generations))]
    public void Every_generation_is_asked_in_its_versions(int nextcloud, string talk, string features, int conversation, int call, int signaling, string? inferred)
    {
        var set = Set(features);

        Assert.Equal(new ApiVersions(conversation, call, signaling), VersionRouter.Select(set));
        Assert.Equal(inferred, TalkVersions.Infer(set, nextcloud)?.ToString());
        Assert.NotEmpty(talk);
    }

    [Theory]
    [InlineData("conversation", "/ocs/v2.php/apps/spreed/api/v3", 3)]
    [InlineData("call", "/ocs/v2.php/apps/spreed/api/v3", 3)]
    [InlineData("signaling", "/ocs/v2.php/apps/spreed/api/v2", 2)]
    [InlineData("chat", "/ocs/v2.php/apps/spreed/api/v1", 1)]
    [InlineData("v1", "/ocs/v2.php/apps/spreed/api/v1", 1)]
    [InlineData("", "", 1)]
    public void A_profile_gives_each_family_its_path(string family, string path, int version)
    {
        var profile = new ServerProfile(Set("conversation-v2 sip-support"), null, null);

        Assert.Equal(path, profile.BasePath(family));
        Assert.Equal(version, profile.ApiVersion(family));
    }

    [Fact]
    public void Calls_keep_to_version_1_without_sip_support() =>
        Assert.Equal(1, VersionRouter.Select(Set("conversation-v3")).Call);

    private static FrozenSet<string> Set(string names) => names.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
}
