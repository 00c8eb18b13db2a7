using static TalkGateway.Simulator.Guard;
using static TalkGateway.Simulator.Handlers;
using static TalkGateway.Simulator.Refusals;

namespace TalkGateway.Simulator;

/// <summary>The chat of a room.</summary>
internal static class ChatOperations
{
    private const int DeleteMaxAge = 6 * 3600;
    private const int EditMaxAge = 24 * 3600;

    private static readonly Refusal NotDeletable = When(c => c.Message.IsSystem || c.Message.Deleted is not null, 405, "message");

    private static readonly Refusal NotEditable = When(c => c.Message.IsSystem || c.Message.Deleted is not null || c.Message.IsSharedObject, 405, "message");

    private static readonly Refusal TooOldToDelete = When(c => c.Has(Rules.DeleteHasAgeLimit) && c.World.Now - c.Message.Timestamp > DeleteMaxAge, 400);

    private static readonly Refusal TooOldToEdit = When(c => c.Room.Type != RoomType.NoteToSelf && c.World.Now - c.Message.Timestamp > EditMaxAge, 400, "age");

    private static readonly Refusal NoText = When(c => c.Has(Rules.MissingMessageIsBadRequest) && !c.Parameters.Has("message"), 400);

    private static readonly Refusal Kept = When(c => c.Room.IsOneToOne || c.Room.IsPreserved, 403);

    public static readonly OcsOperation[] Table =
    [
        new("chat.receive", "GET chat/{token}", "3.0", Member | NotInLobby, ChatReading.ReceiveAsync),
        new("chat.get_context", "GET chat/{token}/{messageId}/context", "16.0", Member | NotInLobby, ChatReading.Context),
        new("chat.set_read_marker", "POST chat/{token}/read", "7.0", Member | NoGuests, ChatReading.SetReadMarker),
        new("chat.mark_unread", "DELETE chat/{token}/read", "14.0", Member | NoGuests, ChatReading.MarkUnread),
        new("chat.send", "POST chat/{token}", "3.0", Chat, Do(Take(ChatWriting.Text, ChatWriting.Send), NoText)),
        new("chat.share_object", "POST chat/{token}/share", "11.1", Chat, ChatWriting.Share),
        new("chat.edit_message", "PUT chat/{token}/{messageId}", "19.0", Chat | NoGuests,
            Take(ChatWriting.Text, ChatWriting.Edit, NoMessage, NotEditable, OthersMessage, TooOldToEdit)),
        new("chat.delete_message", "DELETE chat/{token}/{messageId}", "11.1", Chat | NoGuests,
            Do(ChatWriting.Delete, NoMessage, NotDeletable, OthersMessage, TooOldToDelete)),
        new("chat.clear_history", "DELETE chat/{token}", "12.1", RankOfAccount | Writable, Do(ChatWriting.Clear, Kept)),
        new("chat.suggest_mentions", "GET chat/{token}/mentions", "3.2", Chat, List(Mentions.Suggest, Mentions.View)),
    ];
}
