using System.Net;

namespace TalkGateway.Talk.Calls;

/// <summary>What a call says besides its request message. Absent values are null.</summary>
public readonly record struct TalkCallMetadata
{
    /// <summary>Metadata key of <see cref="Upstream"/>.</summary>
    public const string UpstreamKey = "talk-upstream";

    /// <summary>Metadata key of <see cref="SessionToken"/>, in requests, and in responses when the session changed.</summary>
    public const string SessionKey = "talk-session";

    /// <summary>Name of the configured upstream that is meant.</summary>
    public string? Upstream { get; init; }

    /// <summary>The host name the client called the gateway by; it picks the upstream where <see cref="Upstream"/> does not.</summary>
    public string? Authority { get; init; }

    /// <summary>The credential, as in an HTTP <c>Authorization</c> header.</summary>
    public string? Authorization { get; init; }

    /// <summary>The sealed session that JoinRoom answered.</summary>
    public string? SessionToken { get; init; }

    /// <summary>Where the call came from.</summary>
    public IPAddress? ClientAddress { get; init; }

    /// <summary>The languages that the caller reads, as in an HTTP <c>Accept-Language</c> header.</summary>
    public string? AcceptLanguage { get; init; }
}
