using TalkGateway.Talk.Capabilities;
using TalkGateway.Talk.Invocation;
using TalkGateway.Talk.Upstream;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>
/// Sends a message again after its answer was lost, but only after looking whether it arrived: the server keeps the client's
/// <c>reference_id</c> without refusing a second message of the same. Without one nothing is sent twice.
/// </summary>
internal sealed class SendOncePolyfill : Polyfill<SendMessageRequest, SendMessageResponse>
{
    private const uint Lookback = 100;

    /// <summary>The server may still be at work on the first request when its connection breaks.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    /// <summary>References are kept from here on; the capability <c>chat-reference-id</c> came later.</summary>
    private static readonly Version FirstWithReferences = new(9, 0);

    public override string Name => "send-once";

    public override bool AppliesTo(ServerProfile server) => server.Version >= FirstWithReferences;

    protected override async ValueTask<SendMessageResponse> InvokeAsync(PolyfillCall call, SendMessageRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await call.NextAsync<SendMessageResponse>(request, cancellationToken);
        }
        catch (UpstreamException lost) when (lost.Failure.MayHaveArrived && request.ReferenceId.Length != 0)
        {
            await Task.Delay(Settling, call.Time, cancellationToken);
            var page = await call.CallAsync<ListMessagesResponse>(
                new ListMessagesRequest { Token = request.Token, Direction = ListDirection.History, Limit = Lookback }, cancellationToken);
            var arrived = page.Messages.FirstOrDefault(m => m.ReferenceId == request.ReferenceId);
            return arrived is not null
                ? new SendMessageResponse { Message = arrived }
                : await call.NextAsync<SendMessageResponse>(request, cancellationToken);
        }
    }
}
