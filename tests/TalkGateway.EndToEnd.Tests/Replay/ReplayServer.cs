using System.Collections.Frozen;
using System.Text.Json;
using TalkGateway.Talk.Profiles;
using TalkGateway.Testing;
using IServerFacts = TalkGateway.Transcoding.IServerFacts;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>A recorded server as the gateway sees it, if need be with another API version than the gateway would choose.</summary>
internal sealed class ReplayServer(ServerProfile profile, int? askedVersion = null) : IServerFacts
{
    public ServerProfile Profile => profile;

    public Version? Version => profile.Version;

    /// <summary>The profile of a recorded server, from the capabilities that it answered.</summary>
    public static ReplayServer Of(RecordedServer server)
    {
        var data = server.Capabilities.Response.Data;
        var spreed = data.GetProperty("capabilities").TryGetProperty("spreed", out var section) ? section : default;
        var features = Names(spreed, "features");
        var nextcloud = NextcloudOf(server);
        var published = spreed.ValueKind == JsonValueKind.Object && spreed.TryGetProperty("version", out var version)
            ? Version.Parse(version.GetString()!.Split('-')[0])
            : null;
        return new ReplayServer(new ServerProfile(
            features,
            published ?? TalkVersions.Infer(features, nextcloud.Major) ?? TalkVersions.First,
            nextcloud));
    }

    /// <summary>The Nextcloud that such a Talk belongs to: always ten versions ahead, though most were recorded on a newer one.</summary>
    public static Version NextcloudOf(RecordedServer server) =>
        new(Math.Max(Version.Parse(server.TalkVersion.Split('-')[0]).Major, TalkVersions.First.Major) + 10, 0);

    /// <summary>The same server, asked in one API version for everything.</summary>
    public ReplayServer Asked(int version) => new(profile, version);

    public bool HasCapability(string name) => profile.HasCapability(name);

    public int ApiVersion(string family) => askedVersion ?? profile.ApiVersion(family);

    public string BasePath(string family) =>
        askedVersion is { } version && family.Length > 0 ? VersionRouter.BasePath(version, family) : profile.BasePath(family);

    private static FrozenSet<string> Names(JsonElement section, string member) =>
        section.ValueKind == JsonValueKind.Object && section.TryGetProperty(member, out var names)
            ? names.EnumerateArray().Select(name => name.GetString()!).ToFrozenSet()
            : [];
}
