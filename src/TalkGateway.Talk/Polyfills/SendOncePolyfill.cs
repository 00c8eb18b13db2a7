using Google.Protobuf.Reflection;
using Google.Protobuf;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>
/// Looks for a message whose answer was lost by the client's <c>reference_id</c>, which the server keeps without refusing a second
/// message of the same. Where the connection broke and the message is not there, it is sent again. A server that is slow, also behind
/// a proxy that gave up on it, may still store the first one: then nothing is sent twice, as without a <c>reference_id</c>.
/// </summary>
internal sealed class SendOncePolyfill : Rescue
{
    private const uint Lookback = 100;

    /// <summary>The server may still be at work on the first request when its connection breaks.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public override string Name => "send-once";

    public override bool AppliesTo(ServerProfile server) => server.HasCapability("chat-reference-id");

    public override bool Fits(MethodDescriptor rpc) => rpc.InputType == SendMessageRequest.Descriptor && rpc.OutputType == SendMessageResponse.Descriptor;

    public override async ValueTask<IMessage?> RescueAsync(PolyfillCall call, IMessage request, UpstreamFailure failure, CancellationToken cancellationToken)
    {
        var send = (SendMessageRequest)request;
        if (!failure.MayHaveArrived || send.ReferenceId.Length == 0)
        {
            return null;
        }

        await Task.Delay(Settling, call.Time, cancellationToken);
        ListMessagesResponse page;
        try
        {
            page = await call.CallAsync<ListMessagesResponse>(
                new ListMessagesRequest { Token = send.Token, Direction = ListDirection.History, Limit = Lookback }, cancellationToken);
        }
        catch (Exception unseen) when (unseen is TalkException or UpstreamException)
        {
            // Whether the message arrived can't be seen: its outcome stays unknown.
            return null;
        }

        if (page.Messages.FirstOrDefault(m => m.ReferenceId == send.ReferenceId) is { } arrived)
        {
            return new SendMessageResponse { Message = arrived };
        }

        return failure is { Kind: UpstreamFailureKind.Interrupted, Status: 0 } ? await call.NextAsync(send, cancellationToken) : null;
    }
}
