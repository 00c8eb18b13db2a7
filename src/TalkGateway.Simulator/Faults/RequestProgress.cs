namespace TalkGateway.Simulator;

/// <summary>What is learnt about a request while it is answered.</summary>
internal sealed class RequestProgress
{
    public string Operation { get; set; } = "";

    public bool IsRecorded { get; set; }
}
