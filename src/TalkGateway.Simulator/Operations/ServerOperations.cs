using System.Text.Json.Nodes;
using static TalkGateway.Simulator.Guard;
using static TalkGateway.Simulator.Handlers;

namespace TalkGateway.Simulator;

/// <summary>Nextcloud around Talk: capabilities, status.php, the own account, app passwords, autocomplete.</summary>
internal static class ServerOperations
{
    /// <summary>A user (share type 0) or a group (1) with whom a conversation could be extended.</summary>
    private sealed record Candidate(string Id, string Label, string Source, string Icon);

    private static readonly Field<Seen<Account>>[] AccountView =
    [
        new("enabled", VersionRange.Always, _ => true),
        new("id", VersionRange.Always, s => s.Item.Id),
        new("email", VersionRange.Always, s => s.Item.Email),
        new("display-name", VersionRange.Always, s => s.Item.DisplayName),
        new("displayname", VersionRange.Always, s => s.Item.DisplayName),
        new("groups", VersionRange.Always, s => PhpJson.Strings(s.Call.World.Accounts.GroupsOf(s.Item))),
        new("language", VersionRange.Always, _ => "en"),
    ];

    private static readonly Field<Seen<Candidate>>[] CandidateView =
    [
        new("id", VersionRange.Always, s => s.Item.Id),
        new("label", VersionRange.Always, s => s.Item.Label),
        new("icon", VersionRange.Always, s => s.Item.Icon),
        new("source", VersionRange.Always, s => s.Item.Source),
        new("status", VersionRange.Always, _ => new JsonArray()),
        new("subline", VersionRange.Always, _ => ""),
        new("shareWithDisplayNameUnique", VersionRange.Always, _ => ""),
    ];

    public static readonly OcsOperation[] Table =
    [
        new("server.capabilities", "GET cloud/capabilities", VersionRange.Always, None, Capabilities),
        new("user.get", "GET cloud/user", VersionRange.Always, LoggedIn, Get(c => c.Account!, AccountView)),
        new("apppassword.issue", "GET core/getapppassword", VersionRange.Always, LoggedIn, IssueAppPassword),
        new("apppassword.revoke", "DELETE core/apppassword", VersionRange.Always, LoggedIn, RevokeAppPassword),
        new("participant.search_candidates", "GET core/autocomplete/get", VersionRange.Always, LoggedIn, List(Candidates, CandidateView)),
    ];

    private static OcsResult Capabilities(OcsCall call)
    {
        var capabilities = new JsonObject();
        if (call.Account is not null)
        {
            capabilities["core"] = new JsonObject { ["pollinterval"] = 60, ["webdav-root"] = "remote.php/webdav" };
        }

        capabilities["bruteforce"] = new JsonObject { ["delay"] = 0 };
        if (CapabilityTable.Section(call.World, call.Account) is { } spreed)
        {
            capabilities["spreed"] = spreed;
        }

        capabilities["theming"] = new JsonObject { ["name"] = "Nextcloud", ["url"] = "https://nextcloud.com" };
        var data = new JsonObject { ["version"] = NextcloudVersion(call.World.Profile), ["capabilities"] = capabilities };
        var tag = $"\"{Tokens.Sha1(data.ToJsonString())[..32]}\"";
        var unchanged = call.Has(Rules.CapabilitiesHonourETag) && call.Http.Request.Headers.IfNoneMatch.ToString() == tag;
        return (unchanged ? OcsResult.Raw(304, contentType: null) : OcsResult.Ok(data)).With("ETag", tag);
    }

    public static JsonObject Status(World world, bool isMaintenance)
    {
        var version = world.Profile.NextcloudVersion;
        return new JsonObject
        {
            ["installed"] = true,
            ["maintenance"] = isMaintenance,
            ["needsDbUpgrade"] = false,
            ["version"] = $"{version}.1",
            ["versionstring"] = version,
            ["edition"] = "",
            ["productname"] = "Nextcloud",
            ["extendedSupport"] = false,
        };
    }

    private static OcsResult IssueAppPassword(OcsCall call) => call.Jar.Kind == CredentialKind.AppPassword
        ? OcsResult.Refused(403, "Password confirmation is required")
        : OcsResult.Ok(new JsonObject { ["apppassword"] = call.World.Accounts.IssueAppPassword(call.Account!) });

    private static OcsResult RevokeAppPassword(OcsCall call) =>
        call.Jar is { Kind: CredentialKind.AppPassword, Credential: { } credential } && call.World.Accounts.RevokeAppPassword(credential)
            ? OcsResult.Ok(new JsonArray())
            : OcsResult.Refused(403, "no app password in use");

    private static IEnumerable<Candidate> Candidates(OcsCall call)
    {
        var search = call.Parameters.RequiredText("search");
        var types = call.Parameters.Texts("shareTypes");
        var members = call.World.Find(call.Parameters.Text("itemId"))?.Users.Select(a => a.ActorId).ToHashSet() ?? [];
        var users = call.World.Accounts.All
            .Where(a => (types.Count == 0 || types.Contains("0")) && a != call.Account && !members.Contains(a.Id) && Fits(a.Id, a.DisplayName))
            .Select(a => new Candidate(a.Id, a.DisplayName, "users", "icon-user"));
        var groups = call.World.Accounts.Groups
            .Where(g => types.Contains("1") && Fits(g, g))
            .Select(g => new Candidate(g, g, "groups", "icon-group"));
        return users.Concat(groups).Take(call.Parameters.Int("limit", 10));

        bool Fits(string id, string name) =>
            id.Contains(search, StringComparison.OrdinalIgnoreCase) || name.Contains(search, StringComparison.OrdinalIgnoreCase);
    }

    private static JsonObject NextcloudVersion(TalkProfile profile)
    {
        var parts = profile.NextcloudVersion.Split('.').Select(p => int.Parse(p, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        return new JsonObject
        {
            ["major"] = parts[0],
            ["minor"] = parts[1],
            ["micro"] = parts[2],
            ["string"] = profile.NextcloudVersion,
            ["edition"] = "",
            ["extendedSupport"] = false,
        };
    }
}
