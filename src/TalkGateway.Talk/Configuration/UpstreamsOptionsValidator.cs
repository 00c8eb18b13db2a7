using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace TalkGateway.Talk.Configuration;

/// <summary>Checks <see cref="UpstreamsOptions"/> at start. Every message names the key, its value and the remedy.</summary>
public sealed partial class UpstreamsOptionsValidator : IValidateOptions<UpstreamsOptions>
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, UpstreamsOptions options)
    {
        var problems = new List<string>();
        CheckDefault(options, problems);
        foreach (var (server, upstream) in options.Servers)
        {
            if (!NamePattern().IsMatch(server))
            {
                problems.Add($"{UpstreamsOptions.Section}:Servers has the name \"{server}\": use 1 to 63 of a-z, 0-9, '.', '_' and '-'.");
            }

            new Checks($"{UpstreamsOptions.Section}:Servers:{server}", problems).Server(upstream);
        }

        foreach (var shared in options.Servers
            .SelectMany(s => s.Value.Authorities.Distinct(StringComparer.OrdinalIgnoreCase).Select(a => (Authority: a, Server: s.Key)))
            .GroupBy(p => p.Authority, StringComparer.OrdinalIgnoreCase)
            .Where(g => g.Count() > 1))
        {
            problems.Add($"{string.Join(" and ", shared.Select(s => $"{UpstreamsOptions.Section}:Servers:{s.Server}:Authorities"))} both name \"{shared.Key}\": leave it at one of them.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void CheckDefault(UpstreamsOptions options, List<string> problems)
    {
        if (options.Servers.Count == 0)
        {
            problems.Add($"{UpstreamsOptions.Section}:Servers is empty: name at least one server, such as {UpstreamsOptions.Section}:Servers:main:Address=https://cloud.example.com.");
        }
        else if (options.Default is null && options.Servers.Count > 1)
        {
            problems.Add($"{UpstreamsOptions.Section}:Default is missing although there are several servers: set it to one of {string.Join(", ", options.Servers.Keys)}.");
        }
        else if (options.Default is not null && !options.Servers.ContainsKey(options.Default))
        {
            problems.Add($"{UpstreamsOptions.Section}:Default is \"{options.Default}\": set it to one of {string.Join(", ", options.Servers.Keys)}.");
        }
    }

    [GeneratedRegex("^[a-z0-9._-]{1,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();

    private sealed class Checks(string section, List<string> problems)
    {
        public void Server(UpstreamOptions o)
        {
            Address(o.Address);
            foreach (var (index, authority) in o.Authorities.Index())
            {
                Authority($"{section}:Authorities:{index}", authority);
            }

            Range("ConnectTimeout", o.ConnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(2));
            Range("AttemptTimeout", o.AttemptTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
            Range("MaxConnections", o.MaxConnections, 1, 10_000);
            Range("LongPolls:MaxCount", o.LongPolls.MaxCount, 1, 10_000);
            Range("LongPolls:MaxPerCredential", o.LongPolls.MaxPerCredential, 1, 10_000);
            Range("LongPolls:MaxForGuests", o.LongPolls.MaxForGuests, 1, 10_000);
            Range("ConnectionLifetime", o.ConnectionLifetime, TimeSpan.FromSeconds(1), Day);
            Range("MaxAnswerBytes", o.MaxAnswerBytes, 64 * 1024, 512 * 1024 * 1024);
            Range("Retry:MaxRetries", o.Retry.MaxRetries, 0, 10);
            Range("Retry:BaseDelay", o.Retry.BaseDelay, TimeSpan.Zero, TimeSpan.FromSeconds(10));
            Range("CircuitBreaker:FailureRatio", o.CircuitBreaker.FailureRatio, 0.01, 1.0);
            Range("CircuitBreaker:MinimumAttempts", o.CircuitBreaker.MinimumAttempts, 2, 1_000_000);
            Range("CircuitBreaker:Window", o.CircuitBreaker.Window, TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(10));
            Range("CircuitBreaker:Break", o.CircuitBreaker.Break, TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(10));
            Range("LoginJars:RecheckInterval", o.LoginJars.RecheckInterval, TimeSpan.FromSeconds(1), Day);
            Range("LoginJars:Lifetime", o.LoginJars.Lifetime, TimeSpan.FromSeconds(1), Day);
            Range("LoginJars:MaxCount", o.LoginJars.MaxCount, 3, 1_000_000);
            Range("Sessions:TokenLifetime", o.Sessions.TokenLifetime, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));
            Range("WrongCredentials:Duration", o.WrongCredentials.Duration, TimeSpan.Zero, TimeSpan.FromHours(1));
            Range("WrongCredentials:MaxCount", o.WrongCredentials.MaxCount, 3, 1_000_000);
            Range("Capabilities:MinRefreshInterval", o.Capabilities.MinRefreshInterval, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
            Range("Capabilities:MaxAge", o.Capabilities.MaxAge, o.Capabilities.MinRefreshInterval, TimeSpan.FromDays(7));
            Range("Capabilities:MaxCount", o.Capabilities.MaxCount, 3, 1_000_000);
        }

        private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

        private void Address(string? address)
        {
            if (string.IsNullOrWhiteSpace(address))
            {
                problems.Add($"{section}:Address is missing: set it to the server's base address, such as https://cloud.example.com.");
            }
            else if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0 || uri.Port == 0 || address.Any(IsNoAddressCharacter))
            {
                problems.Add($"{section}:Address is \"{Printable(address)}\": it must be an absolute http or https address, without spaces, backslashes or port 0.");
            }
            else if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            {
                problems.Add($"{section}:Address is \"{uri.GetLeftPart(UriPartial.Path).Replace(uri.UserInfo + "@", "", StringComparison.Ordinal)}\" with a user, a query or a fragment: leave that out, callers bring their own credentials.");
            }
            else if (address.Split('/').Skip(3).Any(IsNoFolder))
            {
                problems.Add($"{section}:Address is \"{Printable(address)}\": it must be the base of the installation, without /index.php, /remote.php, /ocs and the like, and without dots for folders.");
            }
        }

        private void Authority(string key, string authority)
        {
            if (!Uri.TryCreate($"http://{authority}/", UriKind.Absolute, out var uri) || uri.AbsolutePath != "/" || uri.UserInfo.Length != 0 || uri.Port == 0 || authority.EndsWith(':') || authority.Any(IsNoAddressCharacter))
            {
                problems.Add($"{key} is \"{Printable(authority)}\": give a host name as clients write it, with the port where they send one and nothing else, such as talk.example.com.");
            }
        }

        private static bool IsNoFolder(string segment)
        {
            var name = Uri.UnescapeDataString(segment);
            return name is "." or ".." || name.Equals("ocs", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".php", StringComparison.OrdinalIgnoreCase);
        }

        private static bool IsNoAddressCharacter(char c) => char.IsWhiteSpace(c) || char.IsControl(c) || c == '\\';

        // An address that is none may be anything, a password included.
        private static string Printable(string address) => address.Contains('@', StringComparison.Ordinal) ? "…" : address;

        private void Range<T>(string key, T value, T least, T most)
            where T : IComparable<T>, IFormattable
        {
            if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            {
                problems.Add($"{section}:{key} is {Text(value)}: set it to a value from {Text(least)} to {Text(most)}.");
            }
        }
    }
}
