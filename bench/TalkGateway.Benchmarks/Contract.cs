using TalkGateway.Talk;
using TalkGateway.Transcoding;

namespace TalkGateway.Benchmarks;

/// <summary>The contract's plans, on a server that has everything.</summary>
internal sealed class Contract : IServerFacts, IHeaderLookup
{
    public static Contract Newest { get; } = new();

    public Version? Version { get; } = new(25, 0);

    public static Route Route(string method) => TalkContract.Plans[$"talk.v1.{method}"].Resolve(Newest);

    public bool HasCapability(string name) => true;

    public int ApiVersion(string family) => 4;

    public string BasePath(string family) => "/ocs/v2.php/apps/spreed/api/v4";

    public string? Find(string name) => null;
}
