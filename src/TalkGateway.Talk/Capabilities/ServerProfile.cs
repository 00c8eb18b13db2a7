using System.Collections.Frozen;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Capabilities;

/// <summary>What one server can do for one credential, as its capabilities tell.</summary>
internal sealed class ServerProfile : IServerFacts
{
    public ServerProfile(FrozenSet<string> features, FrozenSet<string> localFeatures, Version? talkVersion, Version? nextcloudVersion, ReadOnlyMemory<byte> document)
    {
        Features = features;
        LocalFeatures = localFeatures;
        Version = talkVersion;
        NextcloudVersion = nextcloudVersion;
        Document = document;
        Api = VersionRouter.Select(features);
    }

    /// <summary>A server of which nothing is known: enough for operations that are the same on every one.</summary>
    public static ServerProfile Unknown { get; } = new(FrozenSet<string>.Empty, FrozenSet<string>.Empty, null, null, default);

    /// <summary>The capabilities that Talk publishes (<c>spreed.features</c>).</summary>
    public FrozenSet<string> Features { get; }

    /// <summary>Those that count on this server alone, never on the host of a federated conversation (<c>features-local</c>, Talk 19.0.1).</summary>
    public FrozenSet<string> LocalFeatures { get; }

    /// <summary>Version of Talk: as published since 15.0, before that the one that <see cref="TalkVersions"/> infers.</summary>
    public Version? Version { get; }

    public string Application => "Talk";

    public Version? NextcloudVersion { get; }

    /// <summary>The server's answer, the OCS envelope included.</summary>
    public ReadOnlyMemory<byte> Document { get; }

    /// <summary>The API version of each family.</summary>
    public ApiVersions Api { get; }

    public bool HasCapability(string name) => Features.Contains(name);

    /// <summary>API version of a family ("conversation", "call", "signaling"); 1 for all others.</summary>
    public int ApiVersion(string family) => Api.Of(family);

    /// <summary>Base path of a family, below the installation's address; empty for the empty family.</summary>
    public string BasePath(string family) => VersionRouter.BasePath(Api.Of(family), family);
}
