using System.Text;
using Microsoft.AspNetCore.Http;

namespace TalkGateway.Simulator;

/// <summary>A request's body as text; it stays readable, since the request log wants it too.</summary>
internal static class RequestBody
{
    public static async ValueTask<string> ReadAsync(HttpRequest request)
    {
        request.EnableBuffering();
        request.Body.Position = 0;
        using var reader = new StreamReader(request.Body, Encoding.UTF8, leaveOpen: true);
        var text = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
        request.Body.Position = 0;
        return text;
    }
}
