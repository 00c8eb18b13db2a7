using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>Reading chat: history, long poll, context, read markers.</summary>
internal static class ChatReading
{
    public static ValueTask<OcsResult> ReceiveAsync(OcsCall call) =>
        call.Has(Rules.OffsetPaging) ? ReceiveByOffsetAsync(call) : ReceiveByIdAsync(call);

    public static OcsResult Context(OcsCall call)
    {
        var limit = call.Ranged("limit", call.Parameters.Int("limit", 50), 0, 100);
        var id = call.Number("messageId");
        var visible = Visible(call, threadId: call.Parameters.Int("threadId", 0));
        var each = limit / 2;
        var before = visible.Where(m => m.Id < id).TakeLast(Math.Max(each, 1));
        var after = visible.Where(m => m.Id > id).Take(Math.Max(each, 1));
        var page = before.Concat(visible.Where(m => m.Id == id)).Concat(after).ToList();
        return page.Count == 0 ? OcsResult.Raw(304, contentType: null) : Page(call, page, page[^1].Id);
    }

    public static OcsResult SetReadMarker(OcsCall call)
    {
        var newest = call.Room.Messages.LastOrDefault()?.Id ?? 0;
        call.Attendee.LastReadMessage = call.Has(Rules.ReadMarkerNeedsId)
            ? call.Parameters.RequiredInt("lastReadMessage")
            : call.Parameters.OptionalInt("lastReadMessage") ?? newest;
        call.Room.SignalChange();
        return MarkerAnswer(call);
    }

    public static OcsResult MarkUnread(OcsCall call)
    {
        var comments = call.Room.Messages.Where(m => !m.IsSystem).ToList();
        if (comments.Count > 0)
        {
            var previous = call.Room.Messages.LastOrDefault(m => m.Id < comments[^1].Id);
            call.Attendee.LastReadMessage = previous?.Id ?? NothingRead(call);
            call.Room.SignalChange();
        }

        return MarkerAnswer(call);
    }

    public static int NothingRead(OcsCall call) => call.Has(Rules.NothingReadIsMinusTwo) ? -2 : 0;

    public static string? CommonRead(OcsCall call) =>
        call.Has(Rules.CommonReadHeader) && RoomRules.LastCommonRead(call.Room) is { } common ? World.Text(common) : null;

    private static OcsResult MarkerAnswer(OcsCall call)
    {
        var result = call.Has(Rules.ReadMarkerAnswersRoom) ? call.RoomAnswer() : OcsResult.Empty();
        return result.With("X-Chat-Last-Common-Read", CommonRead(call));
    }

    private static List<Message> Visible(OcsCall call, int threadId = 0) =>
        call.Room.Messages.Where(m => MessageView.IsVisible(m, call.Version) && (threadId == 0 || m.ThreadId == threadId)).ToList();

    private static OcsResult Page(OcsCall call, IReadOnlyCollection<Message> page, int lastGiven) =>
        OcsResult.List(page.Select(m => MessageView.Render(m, call.Room, call.View)))
            .With("X-Chat-Last-Given", World.Text(lastGiven))
            .With("X-Chat-Last-Common-Read", CommonRead(call));

    private static async ValueTask<OcsResult> ReceiveByIdAsync(OcsCall call)
    {
        var p = call.Parameters;
        var isPoll = (call.Has(Rules.LookIntoFutureIsNeeded) ? p.RequiredInt("lookIntoFuture") : p.Int("lookIntoFuture", 0)) != 0;
        var limit = call.Ranged("limit", p.Int("limit", 100), 1, 200);
        var timeout = call.Ranged("timeout", p.Int("timeout", 30), 0, 30);
        limit = limit <= 0 ? int.MaxValue : Math.Min(limit, 200);
        var known = p.Int("lastKnownMessageId", 0);
        var includeKnown = p.Bool("includeLastKnown", false);
        var threadId = call.Has(Rules.Threads) ? p.Int("threadId", 0) : 0;
        if (!isPoll)
        {
            lock (call.World.Gate)
            {
                var isKnown = call.Has(Rules.UnknownIdIsIgnored) ? call.Room.FindMessage(known) is not null : known > 0;
                var from = !isKnown ? int.MaxValue : includeKnown ? known : known - 1;
                var page = Visible(call, threadId).Where(m => m.Id <= from).TakeLast(limit).Reverse().ToList();
                return page.Count == 0 ? OcsResult.Raw(304, contentType: null) : Page(call, page, page[^1].Id);
            }
        }

        var commonKnown = p.OptionalInt("lastCommonReadId");
        lock (call.World.Gate)
        {
            MoveMarker(call, known);
        }

        return await LongPoll.WaitAsync(
            call,
            TimeSpan.FromSeconds(Math.Clamp(timeout, 0, Rules.LongestPollSeconds.At(call.Version))),
            () =>
            {
                var from = call.Has(Rules.UnknownIdIsIgnored) && call.Room.FindMessage(known) is null ? 0 : known;
                var page = Visible(call, threadId).Where(m => m.Id > from || (includeKnown && m.Id == from)).Take(limit).ToList();
                return page.Count == 0 || call.Room.IsDeleted ? null : Page(call, page, page[^1].Id);
            },
            () => commonKnown is { } read && call.Has(Rules.CommonReadChangeEndsPoll) && CommonRead(call) is { } common && common != World.Text(read) && read != 0
                ? OcsResult.Ok(new JsonArray()).With("X-Chat-Last-Common-Read", common)
                : OcsResult.Raw(304, contentType: null));
    }

    /// <summary>3.0 and 3.1: the newest messages from an offset on, newest first, after waiting for one; never a 304.</summary>
    private static async ValueTask<OcsResult> ReceiveByOffsetAsync(OcsCall call)
    {
        var offset = call.Parameters.Int("offset", 0);
        var notOlder = call.Parameters.Int("notOlderThanTimestamp", 0);
        var timeout = Math.Clamp(call.Parameters.Int("timeout", 30), 0, Rules.LongestPollSeconds.At(call.Version));
        return await LongPoll.WaitAsync(
            call,
            TimeSpan.FromSeconds(timeout),
            () =>
            {
                var page = call.Room.IsDeleted || timeout == 0 ? [] : Visible(call).AsEnumerable().Reverse().Where(m => m.Timestamp >= notOlder).Skip(offset).Take(200).ToList();
                return page.Count == 0 ? null : OcsResult.List(page.Select(m => MessageView.Render(m, call.Room, call.View)));
            },
            () => OcsResult.Ok(new JsonArray()));
    }

    /// <summary>A poll moves the marker to the id it sent, forward only, unless it asks not to.</summary>
    private static void MoveMarker(OcsCall call, int known)
    {
        var moves = call.Has(Rules.ReadMarkerMovesByReading) || call.Parameters.Bool("setReadMarker", true);
        if (moves && known > call.Attendee.LastReadMessage)
        {
            call.Attendee.LastReadMessage = known;
            call.Room.SignalChange();
        }

        if (call.Has(Rules.AnyReadIsPing) && call.Session is { } session)
        {
            session.LastPing = call.World.Now;
        }
    }
}
