namespace TalkGateway.Transcoding;

/// <summary>The request message breaks the contract's rules. Thrown before anything is sent.</summary>
public sealed class InvalidRequestException : Exception
{
    /// <summary>A request with these violations, at least one.</summary>
    public InvalidRequestException(IReadOnlyList<FieldViolation> violations)
        : base(string.Join("; ", violations.Select(v => v.Field.Length == 0 ? v.Description : $"{v.Field} {v.Description}")))
        => Violations = violations;

    /// <summary>Everything that was found wrong.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; }
}
