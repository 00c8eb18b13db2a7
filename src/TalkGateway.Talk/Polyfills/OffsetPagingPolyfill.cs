using Google.Protobuf.WellKnownTypes;
using TalkGateway.Talk.Calls;
using TalkGateway.Talk.Profiles;
using TalkGateway.Talk.V1;

namespace TalkGateway.Talk.Polyfills;

/// <summary>
/// Reads by message id on servers that only count from the newest message (Talk 3.0 and 3.1, before <c>chat-v2</c>). There a
/// request waits until the page has any message at all, so that waiting for new ones means asking again.
/// </summary>
internal sealed class OffsetPagingPolyfill : Detour<ListMessagesRequest, ListMessagesResponse>
{
    private const int DefaultLimit = 100;

    /// <summary>A page with fewer messages is the last one: the server sends up to 200.</summary>
    private const int FullPage = 100;

    private static readonly Duration ShortestWait = Duration.FromTimeSpan(TimeSpan.FromSeconds(1));
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The rate at which the server itself looks for new messages while a request waits.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public override string Name => "offset-paging";

    public override bool AppliesTo(ServerProfile server) => !server.HasCapability("chat-v2");

    protected override async ValueTask<ListMessagesResponse> InvokeAsync(PolyfillCall call, ListMessagesRequest request, CancellationToken cancellationToken)
    {
        var limit = request.HasLimit ? (int)request.Limit : DefaultLimit;
        if (request.Direction != ListDirection.Future)
        {
            return Page(await OlderAsync(call, request, limit, cancellationToken));
        }

        var end = call.Time.GetUtcNow() + (request.Timeout?.ToTimeSpan() ?? DefaultTimeout);
        while (true)
        {
            var newer = await NewerAsync(call, request, cancellationToken);
            if (newer.Count != 0 || call.Time.GetUtcNow() >= end)
            {
                newer.Reverse();
                return Page(newer.Take(limit));
            }

            await Task.Delay(Interval, call.Time, cancellationToken);
        }
    }

    private static async Task<List<Message>> OlderAsync(PolyfillCall call, ListMessagesRequest request, int limit, CancellationToken cancellationToken)
    {
        var older = new List<Message>();
        await foreach (var message in NewestFirstAsync(call, request.Token, cancellationToken))
        {
            if (request.LastKnownMessageId == 0 || message.Id < request.LastKnownMessageId)
            {
                older.Add(message);
                if (older.Count == limit)
                {
                    break;
                }
            }
        }

        return older;
    }

    private static async Task<List<Message>> NewerAsync(PolyfillCall call, ListMessagesRequest request, CancellationToken cancellationToken)
    {
        var newer = new List<Message>();
        await foreach (var message in NewestFirstAsync(call, request.Token, cancellationToken))
        {
            if (message.Id <= request.LastKnownMessageId)
            {
                break;
            }

            newer.Add(message);
        }

        return newer;
    }

    private static async IAsyncEnumerable<Message> NewestFirstAsync(
        PolyfillCall call, string token, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = long.MaxValue;
        for (long offset = 0; ;)
        {
            var page = (await call.NextAsync<ListMessagesResponse>(
                new ListMessagesRequest { Token = token, LastKnownMessageId = offset, Timeout = ShortestWait }, cancellationToken)).Messages;
            foreach (var message in page)
            {
                // Messages that arrive between two pages push others onto the next page once more.
                if (message.Id < last)
                {
                    last = message.Id;
                    yield return message;
                }
            }

            if (page.Count < FullPage)
            {
                yield break;
            }

            offset += page.Count;
        }
    }

    private static ListMessagesResponse Page(IEnumerable<Message> messages)
    {
        var response = new ListMessagesResponse { Messages = { messages } };
        if (response.Messages.Count == 0)
        {
            response.NotModified = true;
        }
        else
        {
            response.LastGiven = response.Messages[^1].Id;
        }

        return response;
    }
}
