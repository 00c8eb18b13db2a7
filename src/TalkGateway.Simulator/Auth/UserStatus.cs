namespace TalkGateway.Simulator;

/// <summary>The status an account shows: one of <c>online</c>, <c>away</c>, <c>dnd</c>, <c>offline</c>, with an icon, a text and an end (seconds since 1970).</summary>
public sealed record UserStatus(string Status, string? Icon = null, string? Message = null, int? ClearAt = null);
