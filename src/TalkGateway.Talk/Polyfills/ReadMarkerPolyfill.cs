using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>
/// Marks chats as read where the server can't in the one way: before <c>chat-read-marker</c> (Talk 7) reading forwards from a
/// message moves the marker there, and before <c>chat-read-last</c> (Talk 19) the newest message has to be named.
/// </summary>
internal sealed class ReadMarkerPolyfill : Detour<SetReadMarkerRequest, SetReadMarkerResponse>
{
    public override string Name => "read-marker";

    public override bool AppliesTo(ServerProfile server) => !server.HasCapability("chat-read-last");

    protected override async ValueTask<SetReadMarkerResponse> InvokeAsync(PolyfillCall call, SetReadMarkerRequest request, CancellationToken cancellationToken)
    {
        if (!call.Server.HasCapability("chat-v2"))
        {
            // Talk 3.0 and 3.1 count nothing as unread.
            return new SetReadMarkerResponse();
        }

        var upTo = request.HasLastReadMessage ? request.LastReadMessage : await NewestAsync(call, request.Token, cancellationToken);
        if (upTo is null)
        {
            return new SetReadMarkerResponse();
        }

        if (call.Server.HasCapability("chat-read-marker"))
        {
            return await call.NextAsync<SetReadMarkerResponse>(new SetReadMarkerRequest { Token = request.Token, LastReadMessage = upTo.Value }, cancellationToken);
        }

        await call.CallAsync<ListMessagesResponse>(
            new ListMessagesRequest
            {
                Token = request.Token,
                Direction = ListDirection.Future,
                LastKnownMessageId = upTo.Value,
                Limit = 1,
                Timeout = new Google.Protobuf.WellKnownTypes.Duration(),
            },
            cancellationToken);
        return new SetReadMarkerResponse();
    }

    private static async ValueTask<long?> NewestAsync(PolyfillCall call, string token, CancellationToken cancellationToken)
    {
        var page = await call.CallAsync<ListMessagesResponse>(
            new ListMessagesRequest { Token = token, Direction = ListDirection.History, Limit = 1 }, cancellationToken);
        return page.Messages.Count == 0 ? null : page.Messages[0].Id;
    }
}
