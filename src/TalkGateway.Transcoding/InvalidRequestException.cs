namespace TalkGateway.Transcoding;

/// <summary>The request message breaks the contract's rules. Thrown before anything is sent.</summary>
public sealed class InvalidRequestException : Exception
{
    /// <summary>A request with these violations, at least one.</summary>
    public InvalidRequestException(IReadOnlyList<FieldViolation> violations, bool hasMore = false)
        : base(string.Join("; ", violations.Select(v => v.Field.Length == 0 ? v.Description : $"{v.Field} {v.Description}")))
    {
        Violations = violations;
        HasMore = hasMore;
    }

    /// <summary>What was found wrong first.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; }

    /// <summary>There is more wrong than <see cref="Violations"/> tells.</summary>
    public bool HasMore { get; }
}
