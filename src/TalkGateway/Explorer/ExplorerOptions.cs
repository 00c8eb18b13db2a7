namespace TalkGateway.Explorer;

/// <summary>The explorer, a page that shows the contract and calls it. Configuration section <c>Explorer</c>.</summary>
public sealed class ExplorerOptions
{
    /// <summary>The configuration section.</summary>
    internal const string Section = "Explorer";

    /// <summary>Whether <c>/explorer</c> is served at all; when not, it is a path like every other that is no rpc.</summary>
    public bool Enabled { get; set; } = true;
}
