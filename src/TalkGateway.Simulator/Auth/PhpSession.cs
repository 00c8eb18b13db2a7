namespace TalkGateway.Simulator;

/// <summary>What PHP keeps for one cookie jar: who is logged in, and which rooms the jar has joined.</summary>
internal sealed class PhpSession(string id, string passphrase)
{
    public string Id { get; private set; } = id;

    public string Passphrase { get; } = passphrase;

    public Account? Account { get; private set; }

    /// <summary>The credential the session stands on; it dies with it.</summary>
    public string? Credential { get; private set; }

    public CredentialKind Kind { get; private set; }

    /// <summary>
    /// The jar keeps its session: always with an app password, with an account password if it was seen to keep cookies when it
    /// logged in, which without the test cookie is at its second login.
    /// </summary>
    public bool IsPrimed { get; private set; }

    /// <summary>Talk's session id by room token.</summary>
    public Dictionary<string, string> Joined { get; } = [];

    /// <summary>Tokens of rooms whose password was given once.</summary>
    public HashSet<string> Unlocked { get; } = [];

    public void LogIn(Account account, string credential, CredentialKind kind, bool keepsCookies)
    {
        Account = account;
        Credential = credential;
        Kind = kind;
        IsPrimed = kind == CredentialKind.AppPassword || keepsCookies;
    }

    public void LogInAgain(string id)
    {
        Id = id;
        IsPrimed = true;
    }
}

internal enum CredentialKind
{
    None,
    AccountPassword,
    AppPassword,
}
