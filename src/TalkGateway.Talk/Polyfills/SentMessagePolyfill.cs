using System.Text;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Errors;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>
/// Finds the message that was just sent, for servers before Talk 5, which answer nothing. It is the caller's newest one that came
/// since, or of several the one with the text that was sent; one that can't be read back stays absent.
/// </summary>
internal sealed class SentMessagePolyfill : Detour<SendMessageRequest, SendMessageResponse>
{
    private const uint Lookback = 20;
    private const string Users = "users";
    private const string Guests = "guests";

    public override string Name => "sent-message";

    public override bool AppliesTo(ServerProfile server) => server.Version is null || server.Version.Major < 5;

    protected override async ValueTask<SendMessageResponse> InvokeAsync(PolyfillCall call, SendMessageRequest request, CancellationToken cancellationToken)
    {
        var before = await NewestAsync(call, request.Token, 1, cancellationToken);
        var response = await call.NextAsync<SendMessageResponse>(request, cancellationToken);
        if (response.Message is null)
        {
            // The message is sent whether or not it can be read: a client that is told otherwise would send it again.
            var newest = await NewestAsync(call, request.Token, Lookback, cancellationToken) ?? [];
            var last = before is null ? long.MaxValue : before.Select(message => message.Id).FirstOrDefault();
            var (type, id) = await CallerAsync(call, request.Token, cancellationToken);
            var own = newest
                .Where(message => message.Id > last && message.SystemMessage.Length == 0 && message.ActorType == type && message.ActorId == id)
                .ToList();
            var text = request.Message.Trim();
            response.Message = own.Find(message => AsWritten(message) == text) ?? own.FirstOrDefault();
        }

        return response;
    }

    /// <summary>The caller as an actor of the room; an id that nobody has if that can't be told.</summary>
    private static async ValueTask<(string Type, string Id)> CallerAsync(PolyfillCall call, string token, CancellationToken cancellationToken)
    {
        try
        {
            if (await call.UserAsync(cancellationToken) is { } user)
            {
                return (Users, user);
            }

            var room = (await call.CallAsync<GetRoomResponse>(new GetRoomRequest { Token = token }, cancellationToken)).Room;
            return (Guests, LegacyConversions.GuestId(Encoding.UTF8.GetBytes(room.SessionId)));
        }
        catch (Exception failure) when (failure is TalkException or UpstreamException)
        {
            return (Guests, "");
        }
    }

    /// <summary>The newest messages, the newest first; null if they can't be read.</summary>
    private static async ValueTask<IReadOnlyList<Message>?> NewestAsync(PolyfillCall call, string token, uint limit, CancellationToken cancellationToken)
    {
        try
        {
            var page = await call.CallAsync<ListMessagesResponse>(
                new ListMessagesRequest { Token = token, Direction = ListDirection.History, Limit = limit }, cancellationToken);
            return page.Messages;
        }
        catch (Exception failure) when (failure is TalkException or UpstreamException)
        {
            return null;
        }
    }

    /// <summary>The text as its writer sent it: the server puts placeholders where somebody is mentioned.</summary>
    private static string AsWritten(Message message)
    {
        var text = message.Text;
        foreach (var (key, parameter) in message.MessageParameters)
        {
            text = text.Replace($"{{{key}}}", "@" + parameter.Id, StringComparison.Ordinal);
        }

        return text;
    }
}
