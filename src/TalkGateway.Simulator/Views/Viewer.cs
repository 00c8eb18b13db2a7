namespace TalkGateway.Simulator;

/// <summary>For whom an answer is rendered: the version, and the actor (a guest without a session is nobody).</summary>
internal sealed record Viewer(World World, int Api, Account? Account, Attendee? Attendee)
{
    public TalkVersion Version => World.Version;

    public string ActorType => Attendee?.ActorType ?? (Account is not null ? Simulator.ActorType.Users : "");

    public string ActorId => Attendee?.ActorId ?? Account?.Id ?? "";
}
