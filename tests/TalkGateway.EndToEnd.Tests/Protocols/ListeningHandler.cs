using System.Text;

namespace TalkGateway.EndToEnd.Tests.Protocols;

/// <summary>Writes down what is asked of the server: with headers, since metadata has to arrive whatever the protocol was.</summary>
internal sealed class ListeningHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly Lock _gate = new();
    private readonly StringBuilder _heard = new();

    /// <summary>What was asked since <see cref="Clear"/>, without questions for capabilities, which come now and then.</summary>
    public string Text
    {
        get
        {
            lock (_gate)
            {
                return _heard.ToString();
            }
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _heard.Clear();
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!IsForCapabilities(request))
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            if (request.Content?.Headers.ContentType?.Parameters.FirstOrDefault(parameter => parameter.Name == "boundary")?.Value is { } boundary)
            {
                // Chosen anew for each body.
                body = body.Replace(boundary.Trim('"'), "boundary", StringComparison.Ordinal);
            }

            lock (_gate)
            {
                _heard.AppendLine($"{request.Method} {request.RequestUri!.PathAndQuery}").Append(request.Headers).AppendLine(body);
            }
        }

        return await base.SendAsync(request, cancellationToken);
    }

    /// <summary>Whether a request asks what the server can do.</summary>
    public static bool IsForCapabilities(HttpRequestMessage request) => request.RequestUri!.AbsolutePath.EndsWith("/cloud/capabilities", StringComparison.Ordinal);
}
