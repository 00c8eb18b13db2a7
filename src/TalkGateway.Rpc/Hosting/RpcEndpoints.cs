using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using TalkGateway.Rpc.Methods;
using TalkGateway.Rpc.Protocols;

namespace TalkGateway.Rpc.Hosting;

/// <summary>
/// Makes endpoints of methods. They match every HTTP method and refuse the wrong ones themselves, so that a catch-all route behind
/// them never sees a request to an rpc.
/// </summary>
internal sealed class RpcEndpoints(RpcServices services)
{
    public IEndpointConventionBuilder MapMethod(IEndpointRouteBuilder endpoints, RpcMethod method)
    {
        var descriptor = method.Descriptor;
        var path = $"/{descriptor.Service.FullName}/{descriptor.Name}";
        var allowsGet = RpcProtocols.AllowsGet(descriptor);
        return endpoints
            .Map(path, http =>
            {
                // Routing takes paths without regard to case, gRPC with.
                if (!http.Request.Path.Value.AsSpan().EndsWith(path, StringComparison.Ordinal))
                {
                    return RefuseAsync(http);
                }

                return TrySelectProtocol(http, descriptor, allowsGet, out var protocol)
                    ? new RpcExchange(http, protocol, services, descriptor).RunAsync(method)
                    : Task.CompletedTask;
            })
            .WithDisplayName($"rpc {descriptor.FullName}")
            .WithMetadata(descriptor);
    }

    /// <summary>Answers for the methods a mapped service does not have or has no handler for.</summary>
    public IEndpointConventionBuilder MapUnknownMethods(IEndpointRouteBuilder endpoints, ServiceDescriptor service) =>
        endpoints
            .Map($"/{service.FullName}/{{method}}", RefuseAsync)
            .WithDisplayName($"rpc {service.FullName} (unknown method)");

    /// <summary>Answers for services that are not mapped, to requests that can only be rpcs.</summary>
    public IEndpointConventionBuilder MapUnknownServices(IEndpointRouteBuilder endpoints) =>
        endpoints
            .Map(
                RoutePatternFactory.Parse("/{service}/{method}", defaults: null, parameterPolicies: new { method = new RpcContentTypeConstraint() }),
                RefuseAsync)
            .WithDisplayName("rpc (unknown service)");

    private Task RefuseAsync(HttpContext http)
    {
        if (TrySelectProtocol(http, method: null, allowsGet: false, out var protocol))
        {
            var status = new RpcStatus(RpcStatusCode.Unimplemented, $"There is no method {http.Request.Path.Value}.");
            protocol.WriteStatus(http.Response, status, trailers: null, hasHead: false);
        }

        return Task.CompletedTask;
    }

    private bool TrySelectProtocol(HttpContext http, MethodDescriptor? method, bool allowsGet, out RpcProtocol protocol)
    {
        if (RpcProtocols.TrySelect(http.Request, method, allowsGet, out var selected, out var refusal))
        {
            protocol = selected;
            return true;
        }

        protocol = null!;
        http.Response.StatusCode = refusal;
        switch (refusal)
        {
            case StatusCodes.Status405MethodNotAllowed:
                http.Response.Headers.Allow = allowsGet ? "GET, POST" : HttpMethods.Post;
                break;
            case StatusCodes.Status415UnsupportedMediaType:
                http.Response.Headers["accept-post"] = RpcProtocols.Accepted;
                break;
        }

        RpcLog.RequestRefused(services.Logger, http.Request.Path, refusal);
        return false;
    }

    private sealed class RpcContentTypeConstraint : IRouteConstraint
    {
        public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            httpContext is not null && RpcProtocols.IsRpcOnly(httpContext.Request.ContentType);
    }
}
