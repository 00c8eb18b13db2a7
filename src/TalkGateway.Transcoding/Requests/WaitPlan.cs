namespace TalkGateway.Transcoding.Requests;

/// <summary>For which calls a server waits by intent before it answers, and how long (<c>Operation.waits_seconds</c> and its companions).</summary>
internal sealed record WaitPlan
{
    /// <summary>The longest wait, and that of calls that do not choose.</summary>
    public required TimeSpan Most { get; init; }

    /// <summary>The Duration by which callers choose; null where they can't.</summary>
    public RequestField? Chosen { get; init; }

    /// <summary>The enum that decides whether the server waits; null where it always does.</summary>
    public RequestField? Switch { get; init; }

    /// <summary>The value of <see cref="Switch"/> with which it waits.</summary>
    public int On { get; init; }
}
