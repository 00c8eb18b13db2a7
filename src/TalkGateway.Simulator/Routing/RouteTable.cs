using static TalkGateway.Simulator.Guard;

namespace TalkGateway.Simulator;

/// <summary>Every operation the simulator has, with the versions that route it.</summary>
internal static class RouteTable
{
    private const Guard Member = Guard.Attendee;
    private const Guard Own = LoggedIn | Guard.Attendee;
    private const Guard Rank = Guard.Attendee | Moderator | AccountAtFirst;
    private const Guard RankOfAccount = LoggedIn | Guard.Attendee | Moderator;

    /// <summary>Below <c>/ocs/v2.php</c>, without a version.</summary>
    public static readonly Route[] Core =
    [
        Of("server.capabilities", "GET", "cloud/capabilities", "0", None, ServerHandlers.Capabilities),
        Of("user.get", "GET", "cloud/user", "0", LoggedIn, ServerHandlers.User),
        Of("apppassword.issue", "GET", "core/getapppassword", "0", LoggedIn, ServerHandlers.IssueAppPassword),
        Of("apppassword.revoke", "DELETE", "core/apppassword", "0", LoggedIn, ServerHandlers.RevokeAppPassword),
        Of("participant.search_candidates", "GET", "core/autocomplete/get", "0", LoggedIn, ServerHandlers.Autocomplete),
    ];

    /// <summary>Below <c>/ocs/v2.php/apps/spreed/api/v{n}</c>.</summary>
    public static readonly Route[] Talk =
    [
        // Rooms.
        Room("conversation.list", "GET", "room", "3.0", LoggedIn, ConversationHandlers.List),
        Room("conversation.create", "POST", "room", "3.0", LoggedIn, CreateRoom.Handle) with { Versions = VersionRange.Before("25.0") },
        Room("conversation.create", "POST", "room", "25.0", None, CreateRoom.Handle),
        Room("conversation.get_note_to_self", "GET", "room/note-to-self", "18.0", LoggedIn, ConversationHandlers.NoteToSelf),
        Room("conversation.get", "GET", "room/{token}", "3.0", None, ConversationHandlers.Get),
        Room("conversation.rename", "PUT", "room/{token}", "3.0", Rank, ConversationSettings.Rename),
        Room("conversation.delete", "DELETE", "room/{token}", "3.0", Rank, ConversationHandlers.Delete),
        Room("conversation.make_public", "POST", "room/{token}/public", "3.0", RankOfAccount, ConversationSettings.MakePublic),
        Room("conversation.make_private", "DELETE", "room/{token}/public", "3.0", RankOfAccount, ConversationSettings.MakePrivate),
        Room("conversation.set_password", "PUT", "room/{token}/password", "3.0", Rank, ConversationSettings.SetPassword),
        Room("conversation.add_favorite", "POST", "room/{token}/favorite", "4.0", Own, ConversationHandlers.Personal(a => a.IsFavorite = true)),
        Room("conversation.remove_favorite", "DELETE", "room/{token}/favorite", "4.0", Own, ConversationHandlers.Personal(a => a.IsFavorite = false)),
        Room("conversation.set_notification_level", "POST", "room/{token}/notify", "5.0", Own, ConversationHandlers.SetNotificationLevel),
        Room("conversation.set_call_notification", "POST", "room/{token}/notify-calls", "13.0", Own, ConversationHandlers.SetCallNotification),
        Room("conversation.set_read_only", "PUT", "room/{token}/read-only", "6.0", RankOfAccount, ConversationSettings.SetReadOnly),
        Room("conversation.set_lobby", "PUT", "room/{token}/webinary/lobby", "7.0", RankOfAccount, ConversationSettings.SetLobby) with { MaxApi = 3 },
        Room("conversation.set_lobby", "PUT", "room/{token}/webinar/lobby", "8.0", RankOfAccount, ConversationSettings.SetLobby),
        Room("conversation.set_description", "PUT", "room/{token}/description", "11.0", Rank, ConversationSettings.SetDescription) with { MinApi = 3 },
        Room("conversation.set_listable", "PUT", "room/{token}/listable", "11.0", RankOfAccount, ConversationSettings.SetListable) with { MinApi = 3 },
        Room("conversation.list_open", "GET", "listed-room", "11.0", LoggedIn, ConversationHandlers.ListOpen) with { MinApi = 3 },
        Room("conversation.set_permissions", "PUT", "room/{token}/permissions/{mode}", "13.0", Rank, ConversationSettings.SetPermissions),
        Room("conversation.set_message_expiration", "POST", "room/{token}/message-expiration", "15.0", Rank, ConversationSettings.SetMessageExpiration),
        Room("conversation.set_recording_consent", "PUT", "room/{token}/recording-consent", "18.0", RankOfAccount, ConversationSettings.SetRecordingConsent),
        Room("conversation.get_capabilities", "GET", "room/{token}/capabilities", "19.0", None, ConversationHandlers.RoomCapabilities),
        Room("conversation.set_mention_permissions", "PUT", "room/{token}/mention-permissions", "20.0", RankOfAccount, ConversationSettings.SetMentionPermissions),
        Room("conversation.archive", "POST", "room/{token}/archive", "20.0.1", Own, ConversationHandlers.Personal(a => a.IsArchived = true)),
        Room("conversation.unarchive", "DELETE", "room/{token}/archive", "20.0.1", Own, ConversationHandlers.Personal(a => a.IsArchived = false)),
        Room("conversation.mark_important", "POST", "room/{token}/important", "21.1", Own, ConversationHandlers.Personal(a => a.IsImportant = true)),
        Room("conversation.unmark_important", "DELETE", "room/{token}/important", "21.1", Own, ConversationHandlers.Personal(a => a.IsImportant = false)),
        Room("conversation.mark_sensitive", "POST", "room/{token}/sensitive", "21.1", Own, ConversationHandlers.Personal(a => a.IsSensitive = true)),
        Room("conversation.unmark_sensitive", "DELETE", "room/{token}/sensitive", "21.1", Own, ConversationHandlers.Personal(a => a.IsSensitive = false)),
        Room("conversation.unbind_object", "DELETE", "room/{token}/object", "21.1", Rank, ConversationSettings.Unbind),
        Other("conversation.list_presets", "GET", "presets/room", "24.0", LoggedIn, ConversationHandlers.Presets),
        Room("conversation.preserve", "POST", "room/{token}/preserve", "25.0", Admin | Own, ConversationSettings.Preserve),
        Room("conversation.unpreserve", "DELETE", "room/{token}/preserve", "25.0", Admin | Own, ConversationSettings.Unpreserve),

        // Participants and sessions.
        Room("participant.list", "GET", "room/{token}/participants", "3.0", Member | AccountAtFirst | NotInLobby, ParticipantHandlers.List),
        Room("participant.add", "POST", "room/{token}/participants", "3.0", RankOfAccount, ParticipantHandlers.Add),
        Room("participant.remove_user", "DELETE", "room/{token}/participants", "3.0", Member | AccountAtFirst, ParticipantHandlers.RemoveUser) with { MaxApi = 3 },
        Room("participant.remove_guest", "DELETE", "room/{token}/participants/guests", "3.0", Rank, ParticipantHandlers.RemoveGuest) with { MaxApi = 3 },
        Room("participant.remove_self", "DELETE", "room/{token}/participants/self", "3.0", Own, ParticipantHandlers.RemoveSelf),
        Room("participant.remove", "DELETE", "room/{token}/attendees", "10.1", Rank, ParticipantHandlers.Remove) with { MinApi = 3 },
        Room("participant.promote", "POST", "room/{token}/moderators", "3.0", Rank, RankHandlers.Promote),
        Room("participant.demote", "DELETE", "room/{token}/moderators", "3.0", Rank, RankHandlers.Demote),
        Room("participant.resend_invitations", "POST", "room/{token}/participants/resend-invitations", "11.0", RankOfAccount, ParticipantHandlers.ResendInvitations) with { MinApi = 3 },
        Until("participant.set_publishing_permissions", "PUT", "room/{token}/attendees/publishing-permissions", "12.0", "13.0", Rank, RankHandlers.SetPublishingPermissions),
        Room("participant.set_permissions", "PUT", "room/{token}/attendees/permissions", "13.0", Rank, RankHandlers.SetPermissions),
        Room("participant.set_all_permissions", "PUT", "room/{token}/attendees/permissions/all", "13.0", Rank, RankHandlers.SetAllPermissions),
        Room("participant.import_emails", "POST", "room/{token}/import-emails", "20.1", RankOfAccount, ParticipantHandlers.ImportEmails),
        Room("participant.join", "POST", "room/{token}/participants/active", "3.0", None, SessionHandlers.Join),
        Room("participant.leave", "DELETE", "room/{token}/participants/active", "3.0", None, SessionHandlers.Leave),
        Room("participant.set_session_state", "PUT", "room/{token}/participants/state", "18.0", Member, SessionHandlers.SetState),
        Other("guest.set_display_name", "POST", "guest/{token}/name", "3.2", None, SessionHandlers.SetGuestName),

        // Calls.
        Call("call.list_peers", "GET", "call/{token}", "3.0", Member | Writable | NotInLobby, CallHandlers.Peers),
        Call("call.join", "POST", "call/{token}", "3.0", Member | Writable | NotInLobby, CallHandlers.Join),
        Call("call.leave", "DELETE", "call/{token}", "3.0", Member | NotInLobbyAtFirst, CallHandlers.Leave),
        Call("call.update_flags", "PUT", "call/{token}", "12.0", Member, CallHandlers.UpdateFlags) with { MinApi = 4 },
        Call("call.ping", "POST", "call/{token}/ping", "3.0", None, CallHandlers.Ping) with { Versions = VersionRange.Before("4.0") },
        Call("call.ring", "POST", "call/{token}/ring/{attendeeId}", "15.0", Member, CallHandlers.Ring),
        Call("call.notification_state", "GET", "call/{token}/notification-state", "20.1.1", LoggedIn, CallHandlers.NotificationState),
        Call("call.download_participants", "GET", "call/{token}/download", "20.1", Member | Moderator, CallHandlers.Download),
        Room("call.get_external_url", "POST", "room/{token}/external-call", "25.0", Member, CallHandlers.ExternalUrl),

        // Chat.
        Poll("chat.receive", "GET", "chat/{token}", ApiFamily.Other, "3.0", Member | NotInLobby, ChatReadHandlers.ReceiveAsync),
        Other("chat.send", "POST", "chat/{token}", "3.0", Member | Writable | NotInLobby | MayChat, ChatWriteHandlers.Send),
        Other("chat.clear_history", "DELETE", "chat/{token}", "12.1", LoggedIn | Member | Moderator | Writable, ChatWriteHandlers.Clear),
        Other("chat.suggest_mentions", "GET", "chat/{token}/mentions", "3.2", Member | Writable | NotInLobby | MayChat, MentionHandlers.Suggest),
        Other("chat.share_object", "POST", "chat/{token}/share", "11.1", Member | Writable | NotInLobby | MayChat, ChatWriteHandlers.Share),
        Other("chat.set_read_marker", "POST", "chat/{token}/read", "7.0", Member | NoGuests, ChatReadHandlers.SetReadMarker),
        Other("chat.mark_unread", "DELETE", "chat/{token}/read", "14.0", Member | NoGuests, ChatReadHandlers.MarkUnread),
        Other("chat.edit_message", "PUT", "chat/{token}/{messageId}", "19.0", Member | NoGuests | Writable | NotInLobby | MayChat, ChatWriteHandlers.Edit),
        Other("chat.delete_message", "DELETE", "chat/{token}/{messageId}", "11.1", Member | NoGuests | Writable | NotInLobby | MayChat, ChatWriteHandlers.Delete),
        Other("chat.get_context", "GET", "chat/{token}/{messageId}/context", "16.0", Member | NotInLobby, ChatReadHandlers.Context),

        // Signaling.
        Signaling("signaling.get_settings", "GET", "signaling/settings", "3.0", None, SignalingHandlers.Settings),
        Signaling("signaling.get_server_welcome", "GET", "signaling/welcome/{serverId}", "9.0", LoggedIn | Admin, SignalingHandlers.Welcome),
        Poll("signaling.pull", "GET", "signaling", ApiFamily.Signaling, "3.0", None, SignalingHandlers.PullAsync) with { Versions = VersionRange.Before("3.2") },
        Poll("signaling.pull", "GET", "signaling/{token}", ApiFamily.Signaling, "3.2", None, SignalingHandlers.PullAsync),
        Signaling("signaling.send", "POST", "signaling", "3.0", None, SignalingHandlers.Send) with { Versions = VersionRange.Before("3.2") },
        Signaling("signaling.send", "POST", "signaling/{token}", "3.2", None, SignalingHandlers.Send),
    ];

    private static Route Of(string id, string method, string path, TalkVersion since, Guard guard, Func<OcsCall, OcsResult> handler, ApiFamily family = ApiFamily.Other) =>
        new(id, method, path, family, VersionRange.From(since), guard, UnderGate(handler));

    private static Route Room(string id, string method, string path, TalkVersion since, Guard guard, Func<OcsCall, OcsResult> handler) =>
        Of(id, method, path, since, guard, handler, ApiFamily.Conversation);

    private static Route Until(string id, string method, string path, TalkVersion since, TalkVersion until, Guard guard, Func<OcsCall, OcsResult> handler) =>
        Room(id, method, path, since, guard, handler) with { Versions = VersionRange.Between(since, until) };

    private static Route Call(string id, string method, string path, TalkVersion since, Guard guard, Func<OcsCall, OcsResult> handler) =>
        Of(id, method, path, since, guard, handler, ApiFamily.Call);

    private static Route Signaling(string id, string method, string path, TalkVersion since, Guard guard, Func<OcsCall, OcsResult> handler) =>
        Of(id, method, path, since, guard, handler, ApiFamily.Signaling);

    private static Route Other(string id, string method, string path, TalkVersion since, Guard guard, Func<OcsCall, OcsResult> handler) =>
        Of(id, method, path, since, guard, handler);

    private static Route Poll(string id, string method, string path, ApiFamily family, TalkVersion since, Guard guard, Func<OcsCall, ValueTask<OcsResult>> handler) =>
        new(id, method, path, family, VersionRange.From(since), guard, handler);

    /// <summary>Everything but a long poll runs as a whole under the world's gate.</summary>
    private static Func<OcsCall, ValueTask<OcsResult>> UnderGate(Func<OcsCall, OcsResult> handler) => call =>
    {
        lock (call.World.Gate)
        {
            return ValueTask.FromResult(handler(call));
        }
    };
}
