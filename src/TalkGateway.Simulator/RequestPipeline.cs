using System.Text;
using Microsoft.AspNetCore.Http;

namespace TalkGateway.Simulator;

/// <summary>The way of a request: planned fault, maintenance, router, answer, log.</summary>
internal sealed class RequestPipeline(World world, Router router, FaultSource faults, RequestLog log)
{
    private volatile bool _isInMaintenance;

    public FaultSource Faults => faults;

    public RequestLog Log => log;

    public bool IsInMaintenance
    {
        get => _isInMaintenance;
        set => _isInMaintenance = value;
    }

    public async Task HandleAsync(HttpContext http)
    {
        var progress = new RequestProgress();
        var body = log.IsOn ? await RequestBody.ReadAsync(http.Request) : "";
        try
        {
            await AnswerAsync(http, progress, body);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is nobody to answer.
            Record(http.Request, progress, body, status: 0);
        }
    }

    private async ValueTask AnswerAsync(HttpContext http, RequestProgress progress, string body)
    {
        var fault = faults.Take(http.Request.Method, http.Request.Path.Value!);
        if (fault?.Gate is { } gate)
        {
            await gate.WaitAsync(http.RequestAborted);
        }

        if (fault is { Delay.Ticks: > 0 })
        {
            await Task.Delay(fault.Delay, world.Clock, http.RequestAborted);
        }

        if (fault?.Answer is { } answer)
        {
            Record(http.Request, progress, body, answer.Status);
            await SendAsync(http, answer.Status, answer.ContentType, answer.Body, answer.Headers);
            return;
        }

        var result = fault?.Drop == FaultDrop.BeforeOperation ? null : await ResultAsync(http, progress);

        // Recorded before it is sent, so that whoever has the answer finds it in the log.
        Record(http.Request, progress, body, fault is null or { Drop: FaultDrop.None } ? result!.Status : 0);
        if (result is null || fault?.Drop == FaultDrop.AfterOperation)
        {
            http.Abort();
            return;
        }

        var (contentType, text) = OcsWriter.Render(result, http.Request, world.Version);
        if (fault?.Drop == FaultDrop.HalfAnswer)
        {
            await SendHalfAsync(http, result.Status, contentType, text);
            return;
        }

        await SendAsync(http, result.Status, contentType, text, result.Headers);
    }

    private void Record(HttpRequest request, RequestProgress progress, string body, int status)
    {
        if (log.IsOn && !progress.IsRecorded)
        {
            progress.IsRecorded = true;
            var headers = request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            log.Add(new LoggedRequest(request.Method, request.Path.Value!, request.QueryString.Value ?? "", headers, body, status, progress.Operation));
        }
    }

    private async ValueTask<OcsResult> ResultAsync(HttpContext http, RequestProgress progress)
    {
        var path = http.Request.Path.Value!;
        if (path == "/status.php")
        {
            progress.Operation = "server.status";
            lock (world.Gate)
            {
                return OcsResult.Raw(200, "application/json", PhpJson.Write(ServerOperations.Status(world, IsInMaintenance)));
            }
        }

        if (IsInMaintenance)
        {
            return OcsResult.Refused(503, "Service unavailable").With("X-Nextcloud-Maintenance-Mode", "1");
        }

        return path.StartsWith("/ocs/v2.php/", StringComparison.Ordinal) || path.StartsWith("/ocs/v1.php/", StringComparison.Ordinal)
            ? await router.AnswerAsync(http, progress)
            : OcsResult.Raw(404, "text/html; charset=UTF-8");
    }

    private static async ValueTask SendAsync(
        HttpContext http, int status, string? contentType, string text, IEnumerable<(string Name, string Value)> headers)
    {
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.Headers.CacheControl = "no-cache, no-store, must-revalidate";
        foreach (var (name, value) in headers)
        {
            response.Headers.Append(name, value);
        }

        if (status != 304)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            response.ContentLength = bytes.Length;
            await response.Body.WriteAsync(bytes, http.RequestAborted);
        }
    }

    /// <summary>Kestrel closes a connection in order that owes half a body; an abort could overtake the half that was sent.</summary>
    private static async ValueTask SendHalfAsync(HttpContext http, int status, string? contentType, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length / 2), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }
}
