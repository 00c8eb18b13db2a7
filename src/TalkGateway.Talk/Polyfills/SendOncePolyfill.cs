using Google.Protobuf;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>
/// Sends a message again after its answer was lost, but only after looking whether it arrived: the server keeps the client's
/// <c>reference_id</c> without refusing a second message of the same. Without one nothing is sent twice.
/// </summary>
internal sealed class SendOncePolyfill : Rescue
{
    private const uint Lookback = 100;

    /// <summary>The server may still be at work on the first request when its connection breaks.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    public override string Name => "send-once";

    public override bool AppliesTo(ServerProfile server) => server.HasCapability("chat-reference-id");

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

        return page.Messages.FirstOrDefault(m => m.ReferenceId == send.ReferenceId) is { } arrived
            ? new SendMessageResponse { Message = arrived }
            : await call.NextAsync(send, cancellationToken);
    }
}
