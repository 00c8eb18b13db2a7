using System.Diagnostics.CodeAnalysis;

namespace TalkGateway.Transcoding;

/// <summary>Reads the OCS envelope <c>{"ocs":{"meta":{…},"data":…}}</c> of failures, which no plan describes.</summary>
public static class OcsEnvelope
{
    /// <summary>False where the body is no JSON with an OCS envelope. <c>data</c> may be anything: <c>[]</c>, null, a text, a boolean, an object.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, [NotNullWhen(true)] out OcsFailure? failure) => throw new NotImplementedException();
}
