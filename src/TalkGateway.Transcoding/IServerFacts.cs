namespace TalkGateway.Transcoding;

/// <summary>What a plan needs to know about a server to choose among variants. Implementations do not change once handed out.</summary>
public interface IServerFacts
{
    /// <summary>Version of the application behind the API; null where it is not known, and then no condition on it holds.</summary>
    Version? Version { get; }

    /// <summary>What <see cref="Version"/> is the version of, for messages such as "Talk 8.0 or newer".</summary>
    string Application => "version";

    /// <summary>Whether the server publishes the capability.</summary>
    bool HasCapability(string name);

    /// <summary>The API version chosen for a family; 0 where the server has none that is usable.</summary>
    int ApiVersion(string family);

    /// <summary>Path that the templates of a family continue, such as <c>/ocs/v2.php/apps/spreed/api/v4</c>; without a slash at its end.</summary>
    string BasePath(string family);
}
