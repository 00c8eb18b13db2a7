using System.Net;
using TalkGateway.Configuration;
using TalkGateway.Talk;
using TalkGateway.Talk.Configuration;

namespace TalkGateway.PassThrough;

/// <summary>
/// Looks once, after the start, whether each Nextcloud takes the gateway for a proxy that it trusts, and warns of one that does not:
/// it counts the failed logins of all callers as those of one address, and its links lead past the gateway.
/// </summary>
/// <remarks>
/// Distrust is proven where the redirect to the login repeats the host that the server was asked by, but not the one that
/// <c>X-Forwarded-Host</c> named. Whoever repeats neither makes links of a name of its own (<c>overwritehost</c>), and tells nothing.
/// Schemes tell nothing either: <c>overwriteprotocol</c>, or a proxy in between, may well set them.
/// </remarks>
internal sealed partial class ProxyTrustCheck(
    IConfiguration configuration, TalkUpstreams upstreams, IHostApplicationLifetime lifetime, ILogger<ProxyTrustCheck> logger) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await StartedAsync(stoppingToken);
        var passThrough = configuration.Read<PassThroughOptions>(PassThroughOptions.Section);
        var passedTo = passThrough.Enabled ? upstreams.OptionsOf(passThrough.Upstream) : null;
        await Task.WhenAll(configuration.Read<UpstreamsOptions>(UpstreamsOptions.Section).Servers.Keys
            .Select(upstreams.OptionsOf)
            .Where(upstream => upstream.ForwardClientAddress || upstream == passedTo)
            .Select(upstream => CheckAsync(upstream, stoppingToken)));
    }

    /// <summary>Waits until the gateway listens; one that can't start has nothing to say but why.</summary>
    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
    }

    private async Task CheckAsync(UpstreamOptions upstream, CancellationToken stoppingToken)
    {
        try
        {
            if (await DistrustsAsync(upstream, stoppingToken))
            {
                NotTrusted(upstream.Address!);
            }
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException && !stoppingToken.IsCancellationRequested)
        {
            Unknown(upstream.Address!, failed.Message);
        }
    }

    /// <summary>Whether the server surely does not believe what the gateway says of its callers.</summary>
    private static async Task<bool> DistrustsAsync(UpstreamOptions upstream, CancellationToken cancellationToken)
    {
        var address = new Uri(upstream.Address!.TrimEnd('/') + "/");

        // Its own name, which it trusts, with a port that it cannot know of.
        var other = new UriBuilder(address) { Port = address.Port == 1 ? 2 : 1 }.Uri.Authority;
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = upstream.UseProxy }) { Timeout = Patience };
        return await RedirectAsync("Host") == other && await RedirectAsync("X-Forwarded-Host") == address.Authority;

        async Task<string?> RedirectAsync(string header)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.TryAddWithoutValidation(header, other);
            request.Headers.TryAddWithoutValidation("X-Forwarded-For", IPAddress.Loopback.ToString());
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return answer.Headers.Location is { IsAbsoluteUri: true } location ? location.Authority : null;
        }
    }

    [LoggerMessage(
        EventId = 3002,
        Level = LogLevel.Warning,
        Message = "The Nextcloud at {Upstream} does not take this gateway for a proxy that it trusts: it counts failed logins of all callers as those of one address, and its links lead past the gateway. Add the gateway's address to 'trusted_proxies' in Nextcloud's config.php, and let proxies in between pass X-Forwarded-For, -Proto and -Host on (docs/configuration.md, \"In front of a real Nextcloud\").")]
    private partial void NotTrusted(string upstream);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Information, Message = "Whether the Nextcloud at {Upstream} trusts this gateway as a proxy is not known: {Reason}")]
    private partial void Unknown(string upstream, string reason);
}
