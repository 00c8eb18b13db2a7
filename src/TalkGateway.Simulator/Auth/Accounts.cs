namespace TalkGateway.Simulator;

/// <summary>An account of the server.</summary>
internal sealed class Account(string id, string displayName, string password, bool isAdmin)
{
    public string Id { get; } = id;

    public string DisplayName { get; } = displayName;

    public string Password { get; set; } = password;

    public bool IsAdmin { get; } = isAdmin;

    public UserStatus? Status { get; set; }

    public string AttachmentFolder { get; set; } = "/Talk";

    public string Email => $"{Id}@example.org";
}

/// <summary>Accounts, groups and app passwords.</summary>
internal sealed class Accounts
{
    private readonly Dictionary<string, Account> _accounts = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string[]> _groups = [];
    private readonly Dictionary<string, Account> _appPasswords = [];

    /// <summary>Who is there from the start, without the administrator.</summary>
    public static IReadOnlyList<(string Id, string Name)> People { get; } = [("alice", "Alice"), ("bob", "Bob"), ("carol", "Carol")];

    public Accounts()
    {
        foreach (var (id, name) in People)
        {
            _accounts.Add(id, new Account(id, name, id, isAdmin: false));
        }

        _accounts.Add("admin", new Account("admin", "admin", "admin", isAdmin: true));
        _groups.Add("team", ["alice", "bob"]);
    }

    public void Add(Account account) => _accounts.Add(account.Id, account);

    public IEnumerable<Account> All => _accounts.Values;

    public IEnumerable<string> Groups => _groups.Keys;

    public Account? Find(string id) => _accounts.GetValueOrDefault(id);

    public IEnumerable<string> GroupsOf(Account account) => _groups.Where(g => g.Value.Contains(account.Id)).Select(g => g.Key);

    public IReadOnlyList<string>? MembersOf(string group) => _groups.GetValueOrDefault(group);

    public Account? WithPassword(string login, string password)
    {
        var account = Find(login) ?? _accounts.Values.FirstOrDefault(a => a.Email.Equals(login, StringComparison.OrdinalIgnoreCase));
        return account is not null && account.Password == password ? account : null;
    }

    public Account? WithAppPassword(string appPassword) => _appPasswords.GetValueOrDefault(appPassword);

    public string IssueAppPassword(Account account)
    {
        var appPassword = Tokens.Mixed(72);
        _appPasswords.Add(appPassword, account);
        return appPassword;
    }

    public bool RevokeAppPassword(string appPassword) => _appPasswords.Remove(appPassword);
}
