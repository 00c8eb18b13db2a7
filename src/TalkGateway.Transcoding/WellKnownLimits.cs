namespace TalkGateway.Transcoding;

/// <summary>Ranges of google.protobuf.Timestamp and Duration, from their definitions.</summary>
internal static class WellKnownLimits
{
    /// <summary>0001-01-01T00:00:00Z.</summary>
    public const long MinTimestampSeconds = -62_135_596_800;

    /// <summary>9999-12-31T23:59:59Z.</summary>
    public const long MaxTimestampSeconds = 253_402_300_799;

    /// <summary>About 10,000 years.</summary>
    public const long MaxDurationSeconds = 315_576_000_000;
}
