using System.Net;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Sessions;

namespace TalkGateway.Talk.Transport;

/// <summary>On whose behalf a request is sent. Lives as long as one call.</summary>
/// <param name="Credential">What the caller sent as authorization; <see cref="Credentials.Credential.None"/> for guests.</param>
/// <param name="Session">The caller's own session, if the call brings or opens one.</param>
/// <param name="ClientAddress">The caller's address, for the server's brute-force protection.</param>
internal sealed record CallIdentity(Credential Credential, SessionJar? Session = null, IPAddress? ClientAddress = null)
{
    /// <summary>A caller of whom nothing is known.</summary>
    public static CallIdentity Anonymous { get; } = new(Credential.None);

    /// <summary>The caller's languages, as an <c>Accept-Language</c> value: Talk words system messages in the reader's language.</summary>
    public string? AcceptLanguage { get; init; }
}
