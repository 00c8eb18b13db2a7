using System.Text.Json;
using Google.Protobuf.Reflection;
using TalkGateway.Simulator;

namespace TalkGateway.Explorer;

/// <summary>
/// Serves the explorer below <c>/explorer</c>: its page, what the page consists of, the contract (<c>contract.json</c>) and
/// what it has to know of this gateway (<c>gateway.json</c>).
/// </summary>
internal sealed class ExplorerEndpoint(EndpointDataSource endpoints, TalkSimulator? simulator)
{
    /// <summary>
    /// The page may load and ask nothing but this origin, runs no script and applies no style that is not one of its files, and
    /// cannot be framed.
    /// </summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Contract = "contract.json";
    private const string Gateway = "gateway.json";
    private const string Json = "application/json";

    // Made at the first request, since most gateways are never explored.
    private readonly Lazy<IReadOnlyDictionary<string, ExplorerFile>> _assets = new(ExplorerAssets.Read);
    private readonly Lazy<ExplorerFile> _contract = new(() => new ExplorerFile(ContractDocument.Write(MappedMethods(endpoints)), Json));

    /// <summary>Maps the explorer; the links of the page are relative to <c>/explorer</c>, so that it works below the path of a proxy.</summary>
    public static void Map(WebApplication app, TalkSimulator? simulator)
    {
        var explorer = new ExplorerEndpoint(app.Services.GetRequiredService<EndpointDataSource>(), simulator);
        app.Map("/explorer/{**file}", explorer.ServeAsync).WithDisplayName("explorer");
        if (simulator is not null)
        {
            // A simulator has no page of its own to pass through.
            app.MapGet("/", () => TypedResults.Redirect("explorer"));
        }
    }

    /// <summary>The rpcs that the host maps, in the order of mapping.</summary>
    internal static IEnumerable<MethodDescriptor> MappedMethods(EndpointDataSource endpoints) =>
        endpoints.Endpoints.Select(endpoint => endpoint.Metadata.GetMetadata<MethodDescriptor>()).OfType<MethodDescriptor>();

    private async Task ServeAsync(HttpContext context)
    {
        var response = context.Response;
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            response.Headers.Allow = "GET, HEAD";
            return;
        }

        var path = context.Request.Path.Value!;
        switch (context.GetRouteValue("file") as string ?? "")
        {
            case "" when path.EndsWith('/'):
                response.StatusCode = StatusCodes.Status308PermanentRedirect;
                response.Headers.Location = $"../{path.Trim('/')}{context.Request.QueryString}";
                break;
            case "":
                await _assets.Value[ExplorerAssets.Page].SendAsync(context);
                break;
            case Contract:
                await _contract.Value.SendAsync(context);
                break;
            case Gateway:
                await new ExplorerFile(DescribeGateway(), Json).SendAsync(context);
                break;
            case var file when file != ExplorerAssets.Page && _assets.Value.TryGetValue(file, out var asset):
                await asset.SendAsync(context);
                break;
            default:
                response.StatusCode = StatusCodes.Status404NotFound;
                break;
        }
    }

    private byte[] DescribeGateway()
    {
        return JsonSerializer.SerializeToUtf8Bytes(
            new { version = GatewayVersion.Text, simulator = simulator is null ? null : new { talk = simulator.Profile.Name, users = TalkSimulator.Users } },
            JsonSerializerOptions.Web);
    }
}
