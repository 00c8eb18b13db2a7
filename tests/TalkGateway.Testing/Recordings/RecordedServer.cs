namespace TalkGateway.Testing;

/// <summary>A real server that was recorded.</summary>
/// <param name="Name">Name of the recording, such as <c>talk10.1</c>.</param>
/// <param name="TalkVersion">Version of the Talk app, such as <c>10.1.7</c>.</param>
/// <param name="NextcloudVersion">Version of the Nextcloud server it ran on, often newer than its own time's.</param>
/// <param name="Exchanges">Everything recorded, in order.</param>
public sealed record RecordedServer(
    string Name,
    string TalkVersion,
    string NextcloudVersion,
    IReadOnlyList<RecordedExchange> Exchanges)
{
    /// <summary>The capabilities a user saw, as the server usually answered them.</summary>
    public RecordedExchange Capabilities => CapabilitiesFor(guest: false) ?? GuestCapabilities;

    /// <summary>The capabilities a guest saw; those of a user where no guest was recorded.</summary>
    public RecordedExchange GuestCapabilities => CapabilitiesFor(guest: true) ?? CapabilitiesFor(guest: false)
        ?? throw new InvalidOperationException($"{Name} has no recorded capabilities.");

    /// <inheritdoc />
    public override string ToString() => Name;

    private RecordedExchange? CapabilitiesFor(bool guest) => Exchanges.FirstOrDefault(e =>
        e is { Operation: "server.capabilities", Response: { Status: 200, IsJson: true } } && e.IsGuest == guest);
}
