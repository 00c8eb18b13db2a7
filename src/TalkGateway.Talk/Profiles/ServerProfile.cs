using System.Collections.Frozen;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Profiles;

/// <summary>What one server can do for one credential, as far as the gateway acts on it. Equal by value.</summary>
internal sealed class ServerProfile : IServerFacts, IEquatable<ServerProfile>
{
    public ServerProfile(FrozenSet<string> features, Version? talkVersion, Version? nextcloudVersion)
    {
        Features = features;
        Version = talkVersion;
        NextcloudVersion = nextcloudVersion;
        Api = VersionRouter.Select(features);
    }

    /// <summary>A server of which nothing is known: enough for operations that are the same on every one.</summary>
    public static ServerProfile Unknown { get; } = new(FrozenSet<string>.Empty, null, null);

    /// <summary>The capabilities that Talk publishes (<c>spreed.features</c>), and what is set up besides.</summary>
    public FrozenSet<string> Features { get; }

    /// <summary>Version of Talk: as published since 15.0, before that the one that <see cref="TalkVersions"/> infers.</summary>
    public Version? Version { get; }

    public string Application => "Talk";

    public Version? NextcloudVersion { get; }

    /// <summary>What a user of the profile worked out from it, to be there as long as it is; nobody else's, and no part of its value.</summary>
    public object? Kept { get; set; }

    /// <summary>The API version of each family.</summary>
    public ApiVersions Api { get; }

    public bool HasCapability(string name) => Features.Contains(name);

    /// <summary>API version of a family ("conversation", "call", "signaling"); 1 for all others.</summary>
    public int ApiVersion(string family) => Api.Of(family);

    /// <summary>Base path of a family, below the installation's address; empty for the empty family.</summary>
    public string BasePath(string family) => VersionRouter.BasePath(Api.Of(family), family);

    public bool Equals(ServerProfile? other) =>
        other is not null && Version == other.Version && NextcloudVersion == other.NextcloudVersion && Features.SetEquals(other.Features);

    public override bool Equals(object? obj) => Equals(obj as ServerProfile);

    public override int GetHashCode() => HashCode.Combine(Version, NextcloudVersion, Features.Count);
}
