using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TalkGateway.Configuration;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.PassThrough;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Hosting;

/// <summary>The start warns of a Nextcloud that surely takes the gateway for no proxy that it trusts, and of no other.</summary>
public sealed class ProxyTrustTests
{
    private static readonly Dictionary<string, string?> Defaults = [];

    [Fact]
    public async Task A_server_that_does_not_believe_the_gateway_is_warned_of() =>
        Assert.Contains("'trusted_proxies'", Assert.Single(await WarningsAsync(Defaults, Distrusts)), StringComparison.Ordinal);

    [Fact]
    public async Task Every_server_is_asked_also_without_pass_through() =>
        Assert.Equal(2, (await WarningsAsync(new() { ["PassThrough:Enabled"] = "false" }, Distrusts, Distrusts, Trusts)).Count);

    [Fact]
    public async Task A_server_that_is_told_no_addresses_is_asked_only_for_the_pass_through()
    {
        var keys = new Dictionary<string, string?> { ["Upstreams:Servers:s0:ForwardClientAddress"] = "false", ["Upstreams:Servers:s1:ForwardClientAddress"] = "false" };

        Assert.Single(await WarningsAsync(keys, Distrusts, Distrusts));
    }

    [Fact]
    public async Task A_server_that_trusts_the_gateway_is_not_warned_of() => Assert.Empty(await WarningsAsync(Defaults, Trusts));

    [Fact]
    public async Task A_server_whose_scheme_is_set_by_its_configuration_or_a_proxy_in_front_is_not_warned_of() =>
        Assert.Empty(await WarningsAsync(Defaults, context => $"http://{Told(context)}/index.php/login"));

    [Fact]
    public async Task A_server_whose_name_is_set_by_its_configuration_is_not_warned_of()
    {
        string? own = null;

        // The first question names another host, so the server's own name comes from where it listens.
        Assert.Empty(await WarningsAsync(Defaults, context => $"http://{own ??= $"127.0.0.1:{context.Connection.LocalPort}"}/index.php/login"));
    }

    [Theory]
    [InlineData("/index.php/login")]
    [InlineData("https://elsewhere.example/login")]
    [InlineData(null)]
    public async Task A_server_that_tells_nothing_of_its_name_is_not_warned_of(string? location) => Assert.Empty(await WarningsAsync(Defaults, _ => location));

    [Fact]
    public async Task A_server_that_refuses_hosts_it_does_not_know_is_not_warned_of() =>
        Assert.Empty(await WarningsAsync(Defaults, context => context.Request.Host.Port == context.Connection.LocalPort ? Distrusts(context) : null));

    private static string Distrusts(HttpContext context) => $"{context.Request.Headers["X-Forwarded-Proto"].FirstOrDefault() ?? "http"}://{context.Request.Host}/index.php/login";

    private static string Trusts(HttpContext context) => $"http://{Told(context)}/index.php/login";

    private static string Told(HttpContext context) => context.Request.Headers["X-Forwarded-Host"].FirstOrDefault() ?? context.Request.Host.Value!;

    /// <summary>What the log warns of when the gateway has started in front of servers whose start pages redirect there.</summary>
    private static async Task<List<string>> WarningsAsync(Dictionary<string, string?> keys, params Func<HttpContext, string?>[] locations)
    {
        var servers = new List<StubServer>();
        var given = new Dictionary<string, string?>(keys) { ["Listen"] = "http://127.0.0.1:0", ["Upstreams:Default"] = "s0" };
        foreach (var (index, location) in locations.Index())
        {
            var server = await StubServer.StartAsync(context =>
            {
                if (location(context) is { } target)
                {
                    context.Response.Redirect(target);
                }

                return Task.CompletedTask;
            });
            servers.Add(server);
            given[$"Upstreams:Servers:s{index}:Address"] = server.Address.AbsoluteUri;
        }

        using var logs = new CollectingLogs();
        await using (var gateway = await GatewayHost.StartAsync(new CommandLineSettings(null, given), CancellationToken.None, builder =>
        {
            builder.Logging.ClearProviders().AddProvider(logs);
            builder.Services.AddHostedService<ProxyTrustCheck>();
        }))
        {
            await gateway.App.Services.GetServices<IHostedService>().OfType<ProxyTrustCheck>().Single().ExecuteTask!;
        }

        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }

        return [.. logs.Complaints];
    }
}
