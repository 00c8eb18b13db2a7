using TalkGateway.Talk.Capabilities;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Invocation;
using TalkGateway.Talk.Upstream;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>
/// Finds the message that was just sent, for servers before Talk 5, which answer nothing. It is known again by its text, so one
/// that mentions somebody, whose text the server rewrites, may stay absent, and so does one that can't be read back.
/// </summary>
internal sealed class SentMessagePolyfill : Detour<SendMessageRequest, SendMessageResponse>
{
    private const uint Lookback = 20;

    public override string Name => "sent-message";

    public override bool AppliesTo(ServerProfile server) => server.Version is null || server.Version.Major < 5;

    protected override async ValueTask<SendMessageResponse> InvokeAsync(PolyfillCall call, SendMessageRequest request, CancellationToken cancellationToken)
    {
        var response = await call.NextAsync<SendMessageResponse>(request, cancellationToken);
        if (response.Message is null)
        {
            try
            {
                var page = await call.CallAsync<ListMessagesResponse>(
                    new ListMessagesRequest { Token = request.Token, Direction = ListDirection.History, Limit = Lookback }, cancellationToken);
                var text = request.Message.Trim();
                response.Message = page.Messages.FirstOrDefault(m => m.SystemMessage.Length == 0 && m.Text == text);
            }
            catch (Exception failure) when (failure is TalkException or UpstreamException)
            {
                // The message is sent; a client that is told otherwise would send it again.
            }
        }

        return response;
    }
}
