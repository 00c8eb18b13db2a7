namespace TalkGateway.Talk.Capabilities;

/// <summary>What a plan needs to know about a server.</summary>
internal interface IServerFacts
{
    bool HasCapability(string name);

    Version? Version { get; }

    int ApiVersion(string family);

    string BasePath(string family);
}
