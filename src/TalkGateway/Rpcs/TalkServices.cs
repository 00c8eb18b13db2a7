using System.Buffers;
using TalkGateway.Rpc;
using TalkGateway.Talk.Calls;
using TalkGateway.Transcoding;

namespace TalkGateway.Rpcs;

/// <summary>Binds every rpc of the contract to the invoker. There is no code per rpc.</summary>
internal static class TalkServices
{
    /// <summary>What decides an answer besides the request message.</summary>
    public static RpcCallerHeaders CallerHeaders { get; } = new(
        ["authorization", TalkCallMetadata.SessionKey], [TalkCallMetadata.UpstreamKey, "accept-language"]);

    public static void MapTalkServices(this IEndpointRouteBuilder endpoints, TalkInvoker invoker)
    {
        foreach (var service in invoker.Plans.Methods.GroupBy(plan => plan.Descriptor.Service))
        {
            endpoints.MapRpcService(service.Key, binder =>
            {
                foreach (var plan in service)
                {
                    binder.UnaryBytes(plan.Descriptor.Name, (call, request, response) => InvokeAsync(invoker, plan, call, request, response));
                }
            });
        }
    }

    private static async ValueTask InvokeAsync(
        TalkInvoker invoker, MethodPlan plan, RpcCall call, ReadOnlySequence<byte> request, IBufferWriter<byte> response)
    {
        var message = request.IsSingleSegment ? request.First : request.ToArray();
        var outcome = await invoker.InvokeAsync(plan, MetadataOf(call), message, response, call.CancellationToken);
        if (outcome.SessionToken is { } token)
        {
            (outcome.Failure is null ? call.ResponseMetadata : call.Trailers).Add(TalkCallMetadata.SessionKey, token);
        }

        if (outcome.Failure is { } failure)
        {
            throw new RpcException(new RpcStatus((RpcStatusCode)failure.Code, failure.Message, failure.Details), null, outcome.Cause);
        }
    }

    private static TalkCallMetadata MetadataOf(RpcCall call)
    {
        var metadata = call.RequestMetadata;
        return new TalkCallMetadata
        {
            Upstream = Value(metadata, TalkCallMetadata.UpstreamKey),
            Authority = call.HttpContext.Request.Host.Value,
            Authorization = Value(metadata, "authorization"),
            SessionToken = Value(metadata, TalkCallMetadata.SessionKey),
            ClientAddress = call.HttpContext.Connection.RemoteIpAddress,
            AcceptLanguage = Value(metadata, "accept-language"),
        };
    }

    private static string? Value(RpcRequestMetadata metadata, string key) => metadata.TryGetValue(key, out var value) ? value : null;
}
