using TalkGateway.Transcoding.Compilation;

namespace TalkGateway.Transcoding.Requests;

/// <summary>A request field, and where an rpc carries it.</summary>
internal sealed record Parameter
{
    public required RequestField Field { get; init; }

    /// <summary>Slots of the flattened messages around it: while one is unset, so is the parameter.</summary>
    public required int[] Ancestors { get; init; }

    public required ParameterPlace Place { get; init; }

    /// <summary>Upstream name.</summary>
    public required string Name { get; init; }

    /// <summary>The name as it stands in front of the value: <c>name=</c> in a query (<c>name[]=</c> for lists), <c>"name":</c> in JSON.</summary>
    public required byte[] Prefix { get; init; }

    /// <summary>Servers that know the parameter; null for all.</summary>
    public ServerCondition? KnownWhen { get; init; }

    /// <summary>What servers need when it is set; null for nothing.</summary>
    public ServerCondition? Needs { get; init; }
}

internal enum ParameterPlace
{
    /// <summary>Checked, not carried.</summary>
    None,
    Path,
    Query,
    Body,
    Header,
}
