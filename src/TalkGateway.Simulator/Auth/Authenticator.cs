using System.Text;
using Microsoft.AspNetCore.Http;

namespace TalkGateway.Simulator;

/// <summary>Finds out who calls, from Authorization and cookies, the way Nextcloud does it. Called under <see cref="World.Gate"/>.</summary>
internal sealed class Authenticator(World world, LoginCosts costs)
{
    public Caller Authenticate(HttpContext http, TalkVersion version)
    {
        var (login, secret) = Credentials(http.Request, out var isBearer);
        var session = world.PhpSessions.Find(http.Request.Cookies);
        var isOver = session is { Credential: { } credential, Account: { } owner } && !StillGood(owner, credential, session.Kind);

        // A session of an account password that has no token of its own lasts as long as the request that brought the password.
        if (isOver || (secret is null && session is { Account: not null, IsPrimed: false }))
        {
            world.PhpSessions.Remove(session!);
            session = null;
        }

        if (secret is null)
        {
            var known = session is not null;
            session ??= world.PhpSessions.Start(http.Response);
            return new Caller(session, session.Account, Cost: known && session.Account is not null ? costs.CookieSession : TimeSpan.Zero, UsedCookies: known);
        }

        var (account, kind) = Check(login, secret, isBearer);
        if (account is null)
        {
            session ??= world.PhpSessions.Start(http.Response);
            return isBearer
                ? new Caller(session, Account: null, TimeSpan.Zero, UsedCookies: false)
                : new Caller(session, Account: null, costs.AccountPassword, UsedCookies: false) { IsWrong = true };
        }

        var cost = kind == CredentialKind.AppPassword ? costs.AppPassword : costs.AccountPassword;
        if (session?.Account != account || session.Kind != kind)
        {
            session = world.PhpSessions.Start(http.Response);
            session.LogIn(account, secret, kind, keepsCookies: http.Request.Cookies.ContainsKey(PhpSessions.CookieTest));
            if (kind == CredentialKind.AccountPassword || Rules.UnknownRouteIsOcs.Contains(version))
            {
                PhpSessions.SendCookieTest(http.Response);
            }

            return new Caller(session, account, cost, UsedCookies: false);
        }

        if (session.IsPrimed)
        {
            return new Caller(session, account, costs.CookieSession, UsedCookies: true);
        }

        if (Rules.ReloginLeavesRooms.Contains(version))
        {
            world.LeaveRoomsOf(session);
        }

        world.PhpSessions.Renew(session, http.Response);
        return new Caller(session, account, cost, UsedCookies: false);
    }

    private static (string Login, string? Secret) Credentials(HttpRequest request, out bool isBearer)
    {
        var header = request.Headers.Authorization.ToString();
        isBearer = header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);
        if (isBearer)
        {
            return ("", header[7..].Trim());
        }

        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return ("", null);
        }

        var buffer = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[6..].Trim(), buffer, out var length))
        {
            return ("", null);
        }

        var pair = Encoding.UTF8.GetString(buffer, 0, length).Split(':', 2);
        return pair.Length == 2 ? (pair[0], pair[1]) : ("", null);
    }

    private (Account? Account, CredentialKind Kind) Check(string login, string secret, bool isBearer)
    {
        if (world.Accounts.WithAppPassword(secret) is { } owner)
        {
            var fits = isBearer || owner.Id.Equals(login, StringComparison.OrdinalIgnoreCase) || owner.Email.Equals(login, StringComparison.OrdinalIgnoreCase);
            return (fits ? owner : null, CredentialKind.AppPassword);
        }

        return isBearer ? (null, CredentialKind.None) : (world.Accounts.WithPassword(login, secret), CredentialKind.AccountPassword);
    }

    private bool StillGood(Account account, string credential, CredentialKind kind) => kind == CredentialKind.AppPassword
        ? world.Accounts.WithAppPassword(credential) == account
        : account.Password == credential;
}

/// <summary>Who sent a request, and what it costs the server to know.</summary>
internal sealed record Caller(PhpSession Session, Account? Account, TimeSpan Cost, bool UsedCookies)
{
    /// <summary>Credentials were sent and are wrong: everything is refused, public answers too.</summary>
    public bool IsWrong { get; init; }
}
