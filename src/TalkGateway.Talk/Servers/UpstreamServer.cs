using Microsoft.Extensions.Logging;
using TalkGateway.Memory;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Logins;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.Sessions;

namespace TalkGateway.Talk.Servers;

/// <summary>One configured Nextcloud server with everything the gateway keeps about it.</summary>
internal sealed class UpstreamServer : IDisposable
{
    private readonly SessionTokens _tokens;

    /// <param name="name">The name from the configuration.</param>
    /// <param name="options">Validated options.</param>
    /// <param name="tokens">Seals sessions.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where to log.</param>
    /// <param name="answers">What all answers together may hold.</param>
    /// <param name="handler">Sends the requests instead of a connection pool of its own; tests put servers in here.</param>
    public UpstreamServer(
        string name,
        UpstreamOptions options,
        SessionTokens tokens,
        TimeProvider time,
        ILoggerFactory loggers,
        ByteBudget answers,
        HttpMessageHandler? handler = null)
    {
        Name = name;
        Options = options;
        _tokens = tokens;
        Client = new OcsClient(name, options, time, loggers.CreateLogger<OcsClient>(), answers, handler);
        Capabilities = new CapabilityCache(Client, options.Capabilities, time, loggers.CreateLogger<CapabilityCache>());
    }

    public string Name { get; }

    public UpstreamOptions Options { get; }

    /// <summary>Sends requests.</summary>
    public OcsClient Client { get; }

    /// <summary>What the server can do.</summary>
    public CapabilityCache Capabilities { get; }

    /// <summary>The session that a client's token holds.</summary>
    /// <exception cref="UpstreamException">The token is not of this gateway, upstream or credential, or too old.</exception>
    public SessionJar OpenSession(string token, Credential credential) => _tokens.Unseal(token, Name, credential, Options.Sessions.TokenLifetime);

    /// <summary>The token for a session, to be handed to the client whose credential it is.</summary>
    public string SealSession(SessionJar session, Credential credential) => _tokens.Seal(session, Name, credential);

    public void Dispose()
    {
        Capabilities.Dispose();
        Client.Dispose();
    }
}
