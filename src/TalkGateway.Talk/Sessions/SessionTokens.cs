using Microsoft.AspNetCore.DataProtection;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Upstream;

namespace TalkGateway.Talk.Sessions;

/// <summary>
/// Seals sessions into tokens that clients carry, so that any replica can serve the next call. A token is bound to its upstream
/// and credential; only its sealing keys, which replicas share through ASP.NET Data Protection, are kept by the gateway.
/// </summary>
internal sealed class SessionTokens(IDataProtectionProvider protection, TimeProvider time)
{
    private readonly IDataProtector _protector = protection.CreateProtector("TalkGateway.SessionToken", "v1");

    public string Seal(SessionJar session, string upstream, Credential credential) => throw new NotImplementedException(_protector.ToString() + time + session + upstream + credential);

    /// <exception cref="UpstreamException">One of the <c>Session…</c> kinds.</exception>
    public SessionJar Unseal(string token, string upstream, Credential credential, TimeSpan lifetime) => throw new NotImplementedException();
}
