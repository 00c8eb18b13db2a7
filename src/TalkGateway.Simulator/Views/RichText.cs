using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TalkGateway.Simulator;

/// <summary>A message's text with placeholders, and the rich objects that fill them.</summary>
internal sealed partial record RichText(string Text, JsonObject Parameters)
{
    public static RichText Of(Message message, Room room, Viewer viewer)
    {
        var version = viewer.Version;
        if (!Rules.RichMessages.Contains(version))
        {
            return new RichText(message.Text, []);
        }

        var actor = Object(SystemMessages.Subject(message.ActorType, message.ActorId, message.ActorDisplayName), version);
        if (message.Deleted is { } deletion)
        {
            var isAuthor = deletion.ActorType == message.ActorType && deletion.ActorId == message.ActorId;
            var isViewer = deletion.ActorType == viewer.ActorType && deletion.ActorId == viewer.ActorId;
            var by = Object(SystemMessages.Subject(deletion.ActorType, deletion.ActorId, deletion.DisplayName), version);
            return new RichText(isViewer ? "Message deleted by you" : isAuthor ? "Message deleted by author" : "Message deleted by {actor}", new JsonObject { ["actor"] = by });
        }

        if (message.IsSystem)
        {
            var parameters = new JsonObject { ["actor"] = actor };
            foreach (var (name, subject) in message.Subjects)
            {
                parameters[name] = Object(subject, version);
            }

            if (message.SystemKind == "thread_created")
            {
                parameters["title"] = new JsonObject { ["type"] = "highlight", ["id"] = World.Text(message.ThreadId), ["name"] = message.Words[0] };
            }

            return new RichText(SystemMessages.Sentence(message, viewer.ActorType, viewer.ActorId), parameters);
        }

        return message.SharedObject is { } shared
            ? new RichText("{object}", new JsonObject { ["actor"] = actor, ["object"] = shared.DeepClone() })
            : Mentions(message.Text, room, viewer);
    }

    /// <summary>The accounts and guests a text addresses, and whether it addresses everybody.</summary>
    public static (IReadOnlyList<string> Actors, bool All) Addressed(string text)
    {
        var names = MentionPattern().Matches(text).Select(NameOf).ToHashSet();
        return (names.ToList(), names.Contains("all"));
    }

    private static RichText Mentions(string text, Room room, Viewer viewer)
    {
        var version = viewer.Version;
        var parameters = new JsonObject();
        var numbers = new Dictionary<string, int>();

        // Longer spellings first, as the server numbers them.
        foreach (var written in MentionPattern().Matches(text).Select(m => m.Value).Distinct().OrderByDescending(v => v.Length))
        {
            if (Subject(NameOf(MentionPattern().Match(written)), room, viewer) is not { } found)
            {
                continue;
            }

            var (kind, subject) = found;
            numbers[kind] = numbers.GetValueOrDefault(kind) + 1;
            var name = $"mention-{kind}{World.Text(numbers[kind])}";
            parameters[name] = subject;
            if (!written.StartsWith("@\"", StringComparison.Ordinal) || Rules.QuotedMentionsAreReplaced.Contains(version))
            {
                text = text.Replace(written, $"{{{name}}}", StringComparison.Ordinal);
            }
        }

        return new RichText(text, parameters);
    }

    private static (string Kind, JsonObject Subject)? Subject(string name, Room room, Viewer viewer)
    {
        var version = viewer.Version;
        if (name == "all" && Rules.MentionAll.Contains(version))
        {
            var call = new JsonObject { ["type"] = "call", ["id"] = room.Token, ["name"] = room.IsOneToOne ? "Private conversation" : room.Name };
            call["call-type"] = room.Type switch { RoomType.OneToOne => "one2one", RoomType.Public => "public", _ => "group" };

            if (Rules.RichObjectsHaveIcons.Contains(version))
            {
                call["icon-url"] = $"/ocs/v2.php/apps/spreed/api/v1/room/{room.Token}/avatar";
            }

            if (Rules.MentionIds.Contains(version))
            {
                call["mention-id"] = "all";
            }

            return ("call", call);
        }

        if (name.StartsWith("guest/", StringComparison.Ordinal))
        {
            return room.Find(ActorType.Guests, name[6..]) is { } guest ? ("guest", Object(SystemMessages.Subject(guest), version)) : null;
        }

        if (viewer.World.Accounts.Find(name) is { } account)
        {
            return ("user", Object(SystemMessages.Subject(ActorType.Users, account.Id, account.DisplayName), version));
        }

        return Rules.UnknownMentionsAreReplaced.Contains(version)
            ? ("user", Object(SystemMessages.Subject(ActorType.Users, name, "Unknown user"), version))
            : null;
    }

    private static JsonObject Object(JsonObject subject, TalkVersion version)
    {
        var copy = (JsonObject)subject.DeepClone();
        if (Rules.MentionIds.Contains(version) && (string?)copy["type"] is "user" or "guest" or "user-group")
        {
            copy["mention-id"] = (string?)copy["id"];
        }

        return copy;
    }

    private static string NameOf(Match match) => match.Groups["quoted"].Success ? match.Groups["quoted"].Value : match.Groups["plain"].Value;

    [GeneratedRegex("(?<![\\w@])@(?:\"(?<quoted>[^\"\\n]+)\"|(?<plain>guest/[0-9a-f]{40}|[a-zA-Z0-9_][a-zA-Z0-9_@.\\-]*))")]
    private static partial Regex MentionPattern();
}
