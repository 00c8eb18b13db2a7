using System.Net;
using TalkGateway.Configuration;
using TalkGateway.Talk;
using TalkGateway.Talk.Configuration;

namespace TalkGateway.PassThrough;

/// <summary>
/// Looks once, after the start, whether the Nextcloud takes the gateway for a proxy that it trusts, and warns if not: its links
/// then lead past the gateway, and it counts the failed logins of all callers as those of one address.
/// </summary>
internal sealed partial class ProxyTrustCheck(
    IConfiguration configuration, TalkUpstreams upstreams, IHostApplicationLifetime lifetime, ILogger<ProxyTrustCheck> logger) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Asks for the start page, which redirects to the login, by the other scheme than the upstream's own.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var options = configuration.Read<PassThroughOptions>(PassThroughOptions.Section);
        if (!options.Enabled)
        {
            return;
        }

        await StartedAsync(stoppingToken);
        var upstream = upstreams.OptionsOf(options.Upstream);
        try
        {
            if (await LeadsPastAsync(upstream, stoppingToken) is { } location)
            {
                NotTrusted(upstream.Address!, location.GetLeftPart(UriPartial.Authority));
            }
        }
        catch (Exception failed) when (failed is HttpRequestException or OperationCanceledException && !stoppingToken.IsCancellationRequested)
        {
            Unknown(upstream.Address!, failed.Message);
        }
    }

    /// <summary>Waits until the gateway listens; one that can't start has nothing to say but why.</summary>
    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
    }

    /// <summary>Where the redirect leads if it does not follow what a trusted proxy said; null where it does or nothing can be told.</summary>
    internal static async Task<Uri?> LeadsPastAsync(UpstreamOptions upstream, CancellationToken cancellationToken)
    {
        var address = new Uri(upstream.Address!.TrimEnd('/') + "/");
        var otherScheme = address.Scheme == Uri.UriSchemeHttp ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = upstream.UseProxy }) { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", IPAddress.Loopback.ToString());
        request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", otherScheme);
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", address.Authority);
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

        // Other hosts are those of an operator who wrote the public address into Nextcloud's configuration.
        return answer.Headers.Location is { IsAbsoluteUri: true } location && location.Scheme == address.Scheme && location.Authority == address.Authority ? location : null;
    }

    [LoggerMessage(
        EventId = 3002,
        Level = LogLevel.Warning,
        Message = "The Nextcloud at {Upstream} does not take this gateway for a proxy that it trusts: its links lead to {Target}, past the gateway, and it counts failed logins of all callers as those of one address. Add the gateway's address to 'trusted_proxies' in Nextcloud's config.php (docs/configuration.md, \"In front of a real Nextcloud\").")]
    private partial void NotTrusted(string upstream, string target);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Information, Message = "Whether the Nextcloud at {Upstream} trusts this gateway as a proxy is not known: {Reason}")]
    private partial void Unknown(string upstream, string reason);
}
