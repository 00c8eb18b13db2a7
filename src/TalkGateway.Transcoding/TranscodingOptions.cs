using System.Collections.Frozen;

namespace TalkGateway.Transcoding;

/// <summary>The names that annotations may use, and what they stand for.</summary>
public sealed record TranscodingOptions
{
    /// <summary>Conversions by the name that <c>Field.fallback</c> gives.</summary>
    public IReadOnlyDictionary<string, FallbackConversion> Fallbacks { get; init; } = FrozenDictionary<string, FallbackConversion>.Empty;

    /// <summary>Names that <c>Operation.polyfills</c> may hold.</summary>
    public IReadOnlySet<string> KnownPolyfills { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Names that <c>Operation.family</c> may hold.</summary>
    public IReadOnlySet<string> KnownFamilies { get; init; } = FrozenSet<string>.Empty;
}
