namespace TalkGateway.Simulator;

/// <summary>A value that an operation takes: how it is read, and what is refused of it.</summary>
internal sealed record Input<T>(Func<OcsCall, T> Read)
{
    public Func<OcsCall, T, OcsResult?> Check { get; init; } = (_, _) => null;
}

internal static class Input
{
    /// <summary>Operations that are two requests, one for yes and one for no, take it from the request itself.</summary>
    public static Input<T> Always<T>(T value) => new(_ => value);

    /// <summary>A number of a range; what is outside is 400 with the reason.</summary>
    public static Input<int> Number(string name, int least = int.MinValue, int most = int.MaxValue, string? reason = "value") =>
        new(c => c.Parameters.RequiredInt(name)) { Check = (_, v) => v < least || v > most ? OcsResult.Error(400, reason) : null };

    /// <summary>A set of permissions.</summary>
    public static Input<int> Permissions(string name) => new(c => c.Parameters.RequiredInt(name) is >= 0 and var bits && bits <= Rules.MostPermissions.At(c.Version)
        ? bits
        : throw new BadParameterException(name));

    /// <summary>Somebody in the room.</summary>
    public static Input<Attendee> Participant(string name) => new(c => c.Room.Find(c.Parameters.RequiredInt(name))!)
    {
        Check = (_, a) => a is null ? OcsResult.Error(404, "participant") : null,
    };

    /// <summary>A text as it came.</summary>
    public static Input<string> Text(string name) => new(c => c.Parameters.RequiredText(name));

    /// <summary>A text without the space around it.</summary>
    public static Input<string> Trimmed(string name, ByVersion<int> longest) => new(c => c.Parameters.RequiredText(name).Trim())
    {
        Check = (c, v) => Count(v) > longest.At(c.Version) ? OcsResult.Error(400, "value") : null,
    };

    /// <summary>Limits count characters, not UTF-16 halves.</summary>
    public static int Count(string text) => text.EnumerateRunes().Count();
}
