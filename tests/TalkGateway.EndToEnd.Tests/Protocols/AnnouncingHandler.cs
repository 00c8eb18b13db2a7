using System.Text;

namespace TalkGateway.EndToEnd.Tests.Protocols;

/// <summary>Connections to a server whose administrator lets messages expire: no recorded or simulated server announces it, though they can do it.</summary>
internal sealed class AnnouncingHandler() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false, UseCookies = false })
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (ListeningHandler.IsForCapabilities(request))
        {
            var told = await response.Content.ReadAsStringAsync(cancellationToken);
            response.Content = new StringContent(
                told.Replace("\"features\":[", "\"features\":[\"message-expiration\",", StringComparison.Ordinal), Encoding.UTF8, "application/json");
        }

        return response;
    }
}
