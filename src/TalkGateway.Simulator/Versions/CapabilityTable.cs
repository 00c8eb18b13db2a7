using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>
/// What the <c>spreed</c> section of capabilities publishes, by version. Talk 3.0.0 has no section at all; <c>config</c> exists since 6.0.3,
/// <c>version</c> since 15.0, and the <c>-local</c> parts, which name what the own server decides in federated rooms, since 19.0.1.
/// </summary>
internal static class CapabilityTable
{
    private sealed record Feature(string Name, TalkVersion Since, string? Until = null, string? LocalSince = null)
    {
        /// <summary>Needs something this server does not have (system cron, external signaling, a text provider).</summary>
        public bool IsOff { get; init; }
    }

    private sealed record Setting(string Group, string Name, TalkVersion Since, bool IsLocal, Func<World, Account?, JsonNode?> Value)
    {
        public string? Until { get; init; }

        public bool ForAccountsOnly { get; init; }
    }

    private static readonly Feature[] Features =
    [
        new("audio", "3.0.1"),
        new("chat", "3.0.1", Until: "3.2"),
        new("video", "3.0.1"),
        new("empty-group-room", "3.1"),
        new("guest-signaling", "3.1"),
        new("chat-v2", "3.2"),
        new("guest-display-names", "3.2"),
        new("multi-room-users", "3.2"),
        new("favorites", "4.0", LocalSince: "19.0.1"),
        new("in-call-flags", "4.0"),
        new("last-room-activity", "4.0"),
        new("mention-flag", "4.0"),
        new("no-ping", "4.0"),
        new("system-messages", "4.0"),
        new("invite-groups-and-mails", "5.0"),
        new("notification-levels", "5.0"),
        new("locked-one-to-one-rooms", "6.0"),
        new("read-only-rooms", "6.0"),
        new("chat-read-marker", "7.0"),
        new("start-call-flag", "7.0"),
        new("webinary-lobby", "7.0"),
        new("chat-replies", "8.0"),
        new("circles-support", "8.0"),
        new("chat-reference-id", "11.0"),
        new("conversation-v2", "9.0", Until: "12.0"),
        new("force-mute", "9.0"),
        new("sip-support", "10.1"),
        new("conversation-v3", "10.1.1", Until: "12.0"),
        new("chat-read-status", "11.0", LocalSince: "19.0.1"),
        new("listable-rooms", "11.0", LocalSince: "19.0.1"),
        new("phonebook-search", "11.0", LocalSince: "19.0.1"),
        new("raise-hand", "11.0"),
        new("room-description", "11.0"),
        new("conversation-call-flags", "11.1"),
        new("delete-messages", "11.1"),
        new("rich-object-sharing", "11.1"),
        new("temp-user-avatar-api", "11.2", LocalSince: "19.0.1"),
        new("conversation-v4", "12.0"),
        new("geo-location-sharing", "12.0"),
        new("publishing-permissions", "12.0"),
        new("signaling-v3", "12.0"),
        new("voice-message-sharing", "12.0"),
        new("clear-history", "12.1"),
        new("unified-search", "12.2.7", LocalSince: "19.0.1"),
        new("direct-mention-flag", "13.0"),
        new("notification-calls", "13.0"),
        new("conversation-permissions", "13.0.3"),
        new("chat-unread", "14.0"),
        new("reactions", "14.0"),
        new("rich-object-delete", "14.0"),
        new("rich-object-list-media", "14.0"),
        new("chat-permission", "15.0"),
        new("message-expiration", "15.0") { IsOff = true },
        new("send-call-notification", "15.0"),
        new("silent-call", "15.0"),
        new("silent-send", "15.0"),
        new("sip-support-nopin", "15.0"),
        new("talk-polls", "15.0"),
        new("breakout-rooms-v1", "16.0"),
        new("chat-get-context", "16.0"),
        new("recording-v1", "16.0"),
        new("single-conversation-status", "16.0"),
        new("chat-keep-notifications", "16.0.1"),
        new("avatar", "17.0", LocalSince: "19.0.1"),
        new("typing-privacy", "17.0"),
        new("bots-v1", "17.1"),
        new("markdown-messages", "17.1"),
        new("remind-me-later", "17.1", LocalSince: "19.0.1"),
        new("media-caption", "18.0"),
        new("note-to-self", "18.0", LocalSince: "19.0.1"),
        new("recording-consent", "18.0"),
        new("session-state", "18.0"),
        new("sip-support-dialout", "18.0"),
        new("chat-read-last", "19.0"),
        new("delete-messages-unlimited", "19.0"),
        new("edit-messages", "19.0"),
        new("federation-v1", "19.0"),
        new("silent-send-state", "19.0"),
        new("ban-v1", "20.0"),
        new("edit-messages-note-to-self", "20.0"),
        new("federation-v2", "20.0"),
        new("mention-permissions", "20.0"),
        new("archived-conversations", "20.0.1", Until: "20.1", LocalSince: "20.0.1"),
        new("archived-conversations-v2", "20.1", LocalSince: "20.1"),
        new("chat-summary-api", "20.1", LocalSince: "20.1") { IsOff = true },
        new("download-call-participants", "20.1"),
        new("email-csv-import", "20.1"),
        new("talk-polls-drafts", "20.1"),
        new("call-notification-state-api", "20.1.1", LocalSince: "20.1.1"),
        new("call-end-to-end-encryption", "21.0") { IsOff = true },
        new("conversation-creation-password", "21.0"),
        new("edit-draft-poll", "21.0"),
        new("schedule-meeting", "21.0", LocalSince: "21.0"),
        new("conversation-creation-all", "21.1", LocalSince: "21.1"),
        new("dashboard-event-rooms", "21.1", LocalSince: "21.1"),
        new("important-conversations", "21.1", LocalSince: "21.1"),
        new("mutual-calendar-events", "21.1", LocalSince: "21.1"),
        new("sensitive-conversations", "21.1", LocalSince: "21.1"),
        new("sip-direct-dialin", "21.1", LocalSince: "21.1"),
        new("unbind-conversation", "21.1"),
        new("upcoming-reminders", "21.1", LocalSince: "21.1"),
        new("threads", "22.0"),
        new("federated-shared-items", "23.0"),
        new("pinned-messages", "23.0"),
        new("scheduled-messages", "23.0", LocalSince: "23.0"),
        new("conversation-presets", "24.0", LocalSince: "24.0"),
        new("conversation-tags", "24.0", LocalSince: "24.0"),
        new("private-reply", "24.0"),
        new("react-permission", "24.0"),
        new("announcement-preset", "25.0", LocalSince: "25.0"),
        new("bot-features-api", "25.0", LocalSince: "25.0"),
        new("classified-conversations", "25.0", LocalSince: "25.0"),
        new("preserve-conversation", "25.0"),
        new("promote-demote-owner", "25.0"),
        new("recording-chunked-upload", "25.0", LocalSince: "25.0"),
    ];

    private static readonly Setting[] Settings =
    [
        new("chat", "max-length", "6.0.3", false, (w, _) => Rules.LongestMessage.At(w.Version)),
        new("attachments", "allowed", "9.0", true, (_, a) => a is not null),
        new("attachments", "folder", "9.0", true, (_, a) => a?.AttachmentFolder) { ForAccountsOnly = true },
        new("conversations", "can-create", "9.0", true, (_, a) => a is not null),
        new("chat", "read-privacy", "11.0", true, (_, _) => 0),
        new("previews", "max-gif-size", "11.0", true, (_, _) => 3_145_728),
        new("signaling", "session-ping-limit", "14.0.3", true, (_, _) => 200),
        new("call", "enabled", "15.0", false, (_, _) => true),
        new("signaling", "hello-v2-token-key", "15.0", true, (_, _) => HelloKey),
        new("call", "breakout-rooms", "16.0", false, (_, _) => true),
        new("call", "recording", "16.0", false, (_, _) => false),
        new("call", "can-upload-background", "17.0", true, (_, a) => a is not null),
        new("call", "predefined-backgrounds", "17.0", true, (_, _) => PhpJson.Strings(["1_office.jpg", "2_home.jpg", "3_abstract.jpg"])),
        new("call", "supported-reactions", "17.0", false, (_, _) => PhpJson.Strings(["❤️", "🎉", "👏", "👋", "👍", "👎", "🔥", "😂"])),
        new("chat", "translations", "17.0", false, (_, _) => new JsonArray()) { Until = "18.0" },
        new("chat", "typing-privacy", "17.0", true, (_, _) => 0),
        new("call", "can-enable-sip", "18.0", false, (_, a) => a is not null),
        new("call", "recording-consent", "18.0", false, (_, _) => 0),
        new("call", "sip-dialout-enabled", "18.0", false, (_, _) => false),
        new("call", "sip-enabled", "18.0", false, (_, _) => false),
        new("chat", "has-translation-providers", "18.0", true, (_, _) => false),
        new("federation", "enabled", "19.0", true, (_, _) => false),
        new("federation", "incoming-enabled", "19.0", true, (_, _) => false),
        new("federation", "only-trusted-servers", "19.0", true, (_, _) => true),
        new("federation", "outgoing-enabled", "19.0", true, (_, _) => false),
        new("call", "blur-virtual-background", "20.1", true, (_, _) => false),
        new("call", "max-duration", "20.1", false, (_, _) => 0),
        new("call", "start-without-media", "20.1", true, (_, _) => false),
        new("chat", "summary-threshold", "20.1", true, (_, _) => 100),
        new("call", "end-to-end-encryption", "21.0", false, (_, _) => false),
        new("chat", "has-translation-task-providers", "21.0", true, (_, _) => false),
        new("conversations", "description-length", "21.0", true, (w, _) => Rules.LongestDescription.At(w.Version)),
        new("conversations", "force-passwords", "21.0", false, (_, _) => false),
        new("conversations", "list-style", "21.0", true, (_, _) => "two-lines"),
        new("call", "predefined-backgrounds-v2", "21.1", true, (_, _) => PhpJson.Strings(["/apps/spreed/img/backgrounds/1_office.jpg", "/apps/spreed/img/backgrounds/2_home.jpg"])),
        new("conversations", "retention-event", "21.1", false, (_, _) => 28),
        new("conversations", "retention-instant-meetings", "21.1", false, (_, _) => 1),
        new("conversations", "retention-phone", "21.1", false, (_, _) => 7),
        new("experiments", "enabled", "21.1", true, (_, _) => 0),
        new("call", "live-transcription", "22.0", false, (_, _) => false),
        new("call", "default-phone-region", "22.0.10", false, (_, _) => ""),
        new("call", "live-transcription-target-language-id", "23.0", true, (_, _) => ""),
        new("call", "live-translation", "23.0", false, (_, _) => false),
        new("chat", "style", "23.0", true, (_, _) => "split"),
        new("attachments", "conversation-subfolders", "24.0", true, (_, _) => true),
        new("call", "grid-limit", "24.0", true, (_, _) => 19),
        new("call", "grid-limit-enforced", "24.0", true, (_, _) => false),
        new("call", "play-sounds", "24.0", true, (_, _) => true),
        new("chat", "matterbridge-enabled", "24.0", true, (_, _) => false),
        new("conversations", "group-mode", "24.0", true, (_, _) => "none"),
        new("conversations", "sort-order", "24.0", true, (_, _) => "activity"),
        new("feature-hints", "current", "24.0", true, (_, _) => 34),
        new("feature-hints", "hidden", "24.0", true, (_, _) => 0),
        new("permissions", "default", "24.0", false, (w, _) => Rules.UserPermissions.At(w.Version)),
        new("permissions", "max-custom", "24.0", false, (w, _) => Rules.MostPermissions.At(w.Version)),
        new("permissions", "max-default", "24.0", false, (w, _) => Rules.ModeratorPermissions.At(w.Version)),
        new("signaling", "mode", "24.0", true, (_, _) => "internal"),
        new("conversations", "retention-classified", "25.0", false, (_, _) => 3600),
    ];

    private static readonly string HelloKey = MakeHelloKey();

    /// <summary>The section, or null where the server publishes none.</summary>
    public static JsonObject? Section(World world, Account? account)
    {
        var version = world.Version;
        var features = Features.Where(f => !f.IsOff && version >= f.Since && (f.Until is null || version < f.Until)).ToList();
        if (features.Count == 0)
        {
            return null;
        }

        var section = new JsonObject { ["features"] = PhpJson.Strings(features.Select(f => f.Name)) };
        if (version >= "19.0.1")
        {
            section["features-local"] = PhpJson.Strings(
                Features.Where(f => f.LocalSince is not null && version >= f.LocalSince && (f.Until is null || version < f.Until)).Select(f => f.Name));
        }

        var settings = Settings.Where(s => version >= s.Since && (s.Until is null || version < s.Until)).ToList();
        if (settings.Count > 0)
        {
            section["config"] = Groups(settings.Where(s => account is not null || !s.ForAccountsOnly), s => s.Value(world, account));
        }

        if (version >= "19.0.1")
        {
            var local = new JsonObject();
            foreach (var group in settings.GroupBy(s => s.Group))
            {
                local[group.Key] = PhpJson.Strings(group.Where(s => s.IsLocal).Select(s => s.Name));
            }

            section["config-local"] = local;
        }

        if (version >= "15.0")
        {
            section["version"] = world.Profile.TalkVersion;
        }

        return section;
    }

    private static string MakeHelloKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportSubjectPublicKeyInfoPem() + "\n";
    }

    private static JsonObject Groups(IEnumerable<Setting> settings, Func<Setting, JsonNode?> value)
    {
        var config = new JsonObject();
        foreach (var setting in settings)
        {
            if (config[setting.Group] is not JsonObject group)
            {
                config[setting.Group] = group = [];
            }

            group[setting.Name] = value(setting);
        }

        return config;
    }
}
