using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>Nextcloud around Talk: capabilities, status.php, the own account, app passwords, autocomplete.</summary>
internal static class ServerHandlers
{
    public static OcsResult Capabilities(OcsCall call)
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

    public static OcsResult User(OcsCall call) => OcsResult.Ok(new JsonObject
    {
        ["enabled"] = true,
        ["id"] = call.Account!.Id,
        ["email"] = call.Account.Email,
        ["display-name"] = call.Account.DisplayName,
        ["displayname"] = call.Account.DisplayName,
        ["groups"] = PhpJson.Strings(call.World.Accounts.Groups.Where(g => call.World.Accounts.MembersOf(g)!.Contains(call.Account.Id))),
        ["language"] = "en",
    });

    public static OcsResult IssueAppPassword(OcsCall call) => call.Jar.Kind == CredentialKind.AppPassword
        ? OcsResult.Refused(403, "Password confirmation is required")
        : OcsResult.Ok(new JsonObject { ["apppassword"] = call.World.Accounts.IssueAppPassword(call.Account!) });

    public static OcsResult RevokeAppPassword(OcsCall call) =>
        call.Jar is { Kind: CredentialKind.AppPassword, Credential: { } credential } && call.World.Accounts.RevokeAppPassword(credential)
            ? OcsResult.Ok(new JsonArray())
            : OcsResult.Refused(403, "no app password in use");

    /// <summary>Whom a conversation could be extended with: share type 0 is a user, 1 a group.</summary>
    public static OcsResult Autocomplete(OcsCall call)
    {
        var search = call.Parameters.RequiredText("search");
        var types = call.Parameters.Texts("shareTypes");
        var limit = call.Parameters.Int("limit", 10);
        var members = call.World.Find(call.Parameters.Text("itemId"))?.Users.Select(a => a.ActorId).ToHashSet() ?? [];
        var users = call.World.Accounts.All
            .Where(a => (types.Count == 0 || types.Contains("0")) && a != call.Account && !members.Contains(a.Id) && Fits(a.Id, a.DisplayName))
            .Select(a => Candidate(a.Id, a.DisplayName, "users", $"icon-user"));
        var groups = call.World.Accounts.Groups
            .Where(g => types.Contains("1") && Fits(g, g))
            .Select(g => Candidate(g, g, "groups", "icon-group"));
        return OcsResult.Ok(PhpJson.List(users.Concat(groups).Take(limit)));

        bool Fits(string id, string name) =>
            id.Contains(search, StringComparison.OrdinalIgnoreCase) || name.Contains(search, StringComparison.OrdinalIgnoreCase);

        static JsonNode? Candidate(string id, string label, string source, string icon) => new JsonObject
        {
            ["id"] = id,
            ["label"] = label,
            ["icon"] = icon,
            ["source"] = source,
            ["status"] = new JsonArray(),
            ["subline"] = "",
            ["shareWithDisplayNameUnique"] = "",
        };
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
