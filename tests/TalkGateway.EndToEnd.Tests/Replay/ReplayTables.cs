using System.Collections.Concurrent;
using TalkGateway.Testing;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>An operation that the recordings know by a name of its own.</summary>
internal sealed record OperationAlias(string Recorded, string Operation);

/// <summary>A request header that no gateway sends, and what the recorder wanted with it.</summary>
internal sealed record OddHeader(string Name, string Reason);

/// <summary>A parameter that the contract does not have, or a value that it cannot say.</summary>
/// <param name="Operation">Id of the operation; <c>*</c> for all.</param>
/// <param name="Parameter">Regular expression for the upstream name.</param>
/// <param name="Value">Regular expression for the JSON of the value.</param>
/// <param name="Reason">Why the contract is right not to have it.</param>
internal sealed record UnsayableRule(string Operation, string Parameter, string Value, string Reason)
{
    public bool Covers(RecordedExchange exchange, Unsayable unsayable) =>
        (Operation == "*" || Operation == exchange.Operation) && Patterns.Matches(Parameter, unsayable.Parameter) && Patterns.Matches(Value, unsayable.Value);
}

/// <summary>A request that the gateway refuses before anything is sent.</summary>
/// <param name="Operation">Id of the operation.</param>
/// <param name="Field">Proto path of the field that is refused.</param>
/// <param name="Reason">Why it is right to refuse it, whatever the server answered.</param>
internal sealed record RefusalRule(string Operation, string Field, string Reason);

/// <summary>A request on a path of the operation that the gateway does not use on that server.</summary>
/// <param name="Operation">Id of the operation.</param>
/// <param name="Request">Regular expression for method, path and names of the parameters.</param>
/// <param name="Reason">Why the gateway goes another way.</param>
internal sealed record OtherWayRule(string Operation, string Request, string Reason)
{
    public bool Covers(RecordedExchange exchange) =>
        Operation == exchange.Operation && Patterns.Finds(
            Request,
            $"{exchange.Request.Method} {exchange.Request.Path}?{string.Join('&', RequestBuilder.ParametersOf(exchange.Request).Keys.Order())}");
}

/// <summary>An operation that the gateway does not offer on a server although the server answered it.</summary>
internal sealed record NotOfferedRule(string Operation, string Server, string Reason);

/// <summary>A parameter without which the server does the same as with this value.</summary>
/// <param name="Operation">Id of the operation.</param>
/// <param name="Parameter">Upstream name.</param>
/// <param name="Value">What the server takes when it is missing.</param>
internal sealed record ServerDefault(string Operation, string Parameter, string Value);

/// <summary>A field that the contract wants and a server does not, so that no recording can tell it.</summary>
/// <param name="Operation">Regular expression for the id of the operation.</param>
/// <param name="Field">Proto path.</param>
/// <param name="With">Proto path of the field together with which it is set; empty: always.</param>
/// <param name="Value">What a client would send.</param>
/// <param name="Reason">Why the server does without.</param>
internal sealed record ImpliedValue(string Operation, string Field, string With, string Value, string Reason);

/// <summary>A request that a polyfill carries out in another way, so that only its mapping is compared.</summary>
/// <param name="Operation">Id of the operation.</param>
/// <param name="Since">The first version of Talk that needs it; empty: from the beginning.</param>
/// <param name="Until">The first version of Talk that needs it no more; empty: all need it.</param>
/// <param name="Parameters">Regular expression for the parameters, as <c>name=JSON</c> in the order of names with <c>&amp;</c> between them.</param>
/// <param name="Reason">What happens instead.</param>
internal sealed record PolyfilledRule(string Operation, string Since, string Until, string Parameters, string Reason)
{
    public bool Covers(RecordedExchange exchange) =>
        Operation == exchange.Operation
        && (Since.Length == 0 || Replay.VersionOf(exchange) >= Version.Parse(Since))
        && (Until.Length == 0 || Replay.VersionOf(exchange) < Version.Parse(Until))
        && Patterns.Finds(
            Parameters,
            string.Join('&', RequestBuilder.ParametersOf(exchange.Request).OrderBy(p => p.Key).Select(p => $"{p.Key}={p.Value.GetRawText()}")));
}

/// <summary>A parameter that the recorder left out to see what happens.</summary>
/// <param name="Operation">Id of the operation.</param>
/// <param name="Parameter">Upstream name.</param>
/// <param name="Reason">Why the gateway always sends it.</param>
internal sealed record MissingRule(string Operation, string Parameter, string Reason);

/// <summary>A parameter that the gateway does not send to servers that do not know it.</summary>
/// <param name="Operation">Id of the operation.</param>
/// <param name="Parameter">Upstream name.</param>
/// <param name="Since">The first version of Talk that knows it.</param>
/// <param name="Reason">What older servers do with it.</param>
internal sealed record LeftOutRule(string Operation, string Parameter, string Since, string Reason)
{
    public bool Covers(RecordedExchange exchange, string parameter) =>
        Operation == exchange.Operation && Parameter == parameter && Replay.VersionOf(exchange) < Version.Parse(Since);
}

/// <summary>A value of recorded answers that clients do not get.</summary>
/// <param name="Operation">Regular expression for the operation.</param>
/// <param name="Path">Regular expression for the path of the value.</param>
/// <param name="Reason">Why.</param>
internal sealed record DroppedValue(string Operation, string Path, string Reason)
{
    public bool Covers(string operation, string path) =>
        Patterns.Matches(Operation, operation) && Patterns.Matches(Path, path);
}

/// <summary>A member of recorded answers that has no field of its own in the contract, and arrives in <c>extra</c>.</summary>
/// <param name="Operation">Regular expression for the operation.</param>
/// <param name="Path">Regular expression for the path of the member.</param>
/// <param name="Reason">Why it has none.</param>
internal sealed record UnnamedMember(string Operation, string Path, string Reason)
{
    public bool Covers(string operation, string path) => Patterns.Matches(Operation, operation) && Patterns.Matches(Path, path);
}

/// <summary>Everything in which the replay differs from "the same request, the whole answer", each with its reason.</summary>
internal static class ReplayTables
{
    private static readonly ConcurrentDictionary<object, bool> Needed = new();

    /// <summary>Every row of every table.</summary>
    public static IEnumerable<object> Rows =>
        [.. OperationAliases, .. OddHeaders, .. Unsayable, .. Refusals, .. OtherWays, .. NotOffered, .. Missing, .. LeftOut, .. Implied, .. Polyfilled, .. Defaults, .. DroppedValues, .. UnnamedMembers];

    /// <summary>The first row of a table that fits, noted as needed.</summary>
    public static TRow? Find<TRow>(IReadOnlyList<TRow> table, Func<TRow, bool> fits)
        where TRow : class
    {
        var row = table.FirstOrDefault(fits);
        if (row is not null)
        {
            Needed[row] = true;
        }

        return row;
    }

    /// <summary>Whether the row was needed so far.</summary>
    public static bool IsNeeded(object row) => Needed.ContainsKey(row);

    public static IReadOnlyList<OperationAlias> OperationAliases { get; } =
    [
        new("participant.remove_user", "participant.remove"),
        new("participant.remove_guest", "participant.remove"),
    ];

    public static IReadOnlyList<OddHeader> OddHeaders { get; } =
    [
        new("OCS-APIRequest", "The gateway always sends it; the recorder left it out to see the refusal."),
        new("Accept", "The gateway asks for nothing but JSON."),
        new("Content-Type", "The gateway names the type of what it sends."),
        new("Host", "The gateway calls the server by its name."),
        new("If-None-Match", "The gateway keeps no answers."),
        new("Talk-SIPBridge-Random", "Requests signed with a machine secret are not in the contract."),
    ];

    public static IReadOnlyList<UnsayableRule> Unsayable { get; } =
    [
        new("call.join", "flags", "\"abc\"", "Flags are a number in the contract."),
        new("call.join", "password", ".*", "A call has no password of its own since Talk 3: the room is joined with it."),
        new("chat.receive", "limit", "\"-1\"|\"abc\"", "A limit is a positive number in the contract."),
        new("chat.receive", "limit", "\"[0-9]+\"", "The first chat API, of Talk 3.0, chooses the number itself."),
        new("chat.receive", "lookIntoFuture", "\"[012]\"|\"true\"", "The first chat API has no direction, and the later ones have two numbers for it."),
        new("chat.receive", "setReadMarker|includeLastKnown|lastKnownMessageId", ".*", "The first chat API has no such parameter."),
        new("chat.send", "message", "null|\\[\"a\"\\]", "A message is a text in the contract."),
        new("chat.set_read_marker", "lastReadMessage", "null", "Without an id the parameter is left out."),
        new("chat.share_object", "metaData", "\"\\{not json\"", "Metadata are an object in the contract, and the gateway writes the JSON."),
        new("conversation.create", "roomType", "\"\"|\"abc\"|\"two\"|null", "A room type is a number in the contract."),
        new("conversation.list", "format", "\"xml\"", "The gateway asks for nothing but JSON."),
        new("conversation.list", "includeStatus", "\"yes\"", "A truth value is one in the contract."),
        new("conversation.list", "modifiedSince", "\"abc\"", "An instant is one in the contract."),
        new("conversation.list", "noStatusUpdate", "\"abc\"", "A truth value is one in the contract."),
        new("conversation.set_call_notification", "level", "9", "Calls notify or they do not: a truth value in the contract."),
        new("conversation.set_lobby", "state", "9", "The lobby is on or off: a truth value in the contract."),
        new("conversation.set_notification_level", "level", "\"abc\"", "A level is a number in the contract."),
        new("conversation.set_permissions", "mode", "\"wat\"", "The contract lists the modes."),
        new("conversation.set_read_only", "state", "7|9", "A room is locked or not: a truth value in the contract."),
        new("participant.demote", "participant", ".*", "From API v3 on the gateway names attendees by their id."),
        new("participant.demote", "sessionId", "null", "The recorder did not find a session to name."),
        new("participant.promote", "participant", ".*", "From API v3 on the gateway names attendees by their id."),
        new("participant.promote", "attendeeId", "null", "The recorder did not find an attendee to name."),
        new("participant.remove", "attendeeId", "null|\"\"|\"None\"", "The recorder did not find an attendee to name."),
        new("participant.remove_guest", "participant", "null", "The recorder did not find a session to name."),
        new("participant.set_permissions", "method", "\"wat\"", "The contract lists the methods."),
        new("participant.set_session_state", "state", "7", "A session is active or not: a truth value in the contract."),
        new("signaling.send", "messages", "\"not json\"|\"\\{nope\"", "Messages are messages in the contract, and the gateway writes the JSON."),
    ];

    public static IReadOnlyList<RefusalRule> Refusals { get; } =
    [
        new("call.join", "flags", "There are four flags."),
        new("call.join", "silent", "Servers before Talk 15 would ring all the same."),
        new("call.leave", "for_everybody", "Servers before Talk 13 would end the call for the caller alone."),
        new("call.update_flags", "flags", "Without a flag the caller would not be in the call."),
        new("chat.edit_message", "message", "A message is not empty."),
        new("chat.receive", "include_last_known", "Servers before Talk 7 would answer without that message."),
        new("chat.receive", "limit", "Old servers take 0, and numbers below, for no limit, and all cut at 200."),
        new("chat.receive", "timeout", "Servers wait 30 seconds at most."),
        new("chat.send", "message", "A message is not empty; old servers stored it as nothing."),
        new("chat.send", "reply_to", "Servers before Talk 8 would post it as no answer."),
        new("chat.share_object", "object_id", "An object has an id."),
        new("chat.share_object", "object_type", "An object has a type."),
        new("conversation.create", "listable", "There is no such scope."),
        new("conversation.create", "name", "Names are at most 255 characters long."),
        new("conversation.create", "type", "A room has a type, and one that can be created."),
        new("conversation.get", "token", "No token looks like that."),
        new("conversation.rename", "name", "A room that gets a name gets one; Talk 3 to 5 took an empty one."),
        new("conversation.set_listable", "scope", "There is no such scope."),
        new("conversation.set_notification_level", "level", "There is no such level."),
        new("conversation.set_permissions", "permissions", "There are nine permissions."),
        new("participant.add", "is_group", "Only the development state before Talk 5 adds groups that way."),
        new("participant.add", "new_participant", "Somebody has to be named."),
        new("participant.add", "source", "Servers before Talk 5 would take any name for a user's."),
        new("participant.import_emails", "file", "A file has to be sent."),
        new("participant.invite_by_email", "new_participant", "Somebody has to be named."),
        new("participant.promote", "attendee", "Somebody has to be named."),
        new("participant.remove", "attendee", "Somebody has to be named."),
        new("signaling.send", "messages", "There is nothing to send."),
    ];

    public static IReadOnlyList<MissingRule> Missing { get; } =
    [
        new("chat.receive", "lookIntoFuture", "A page of messages has a direction."),
        new("chat.suggest_mentions", "search", "A search has a text, if an empty one."),
        new("conversation.set_notification_level", "level", "A level is set to something."),
        new("conversation.set_password", "password", "A password is set to something, if to nothing."),
        new("guest.set_display_name", "displayName", "A name is set to something, if to nothing."),
    ];

    public static IReadOnlyList<LeftOutRule> LeftOut { get; } =
    [
        new("call.join", "flags", "4.0", "There are no flags before Talk 4: everybody sends sound and video."),
        new("chat.receive", "setReadMarker", "7.0", "Before Talk 7 reading forwards always moves the marker."),
        new("chat.send", "referenceId", "9.0", "Kept since Talk 9, ignored before."),
        new("chat.suggest_mentions", "includeStatus", "11.0", "Known since Talk 11, ignored before."),
        new("conversation.create", "source", "8.0", "Known since Talk 8; before, groups are all that can be invited."),
        new("conversation.list", "includeStatus", "12.0", "Known since Talk 12, ignored before."),
        new("conversation.list", "noStatusUpdate", "10.0", "Known since Talk 10, ignored before."),
        new("participant.join", "force", "9.0", "Known since Talk 9, ignored before: joining always takes over."),
        new("participant.list", "includeStatus", "10.0", "Known since Talk 10, ignored before."),
        new("signaling.get_settings", "token", "9.0", "Known since Talk 9, ignored before."),
    ];

    public static IReadOnlyList<OtherWayRule> OtherWays { get; } =
    [
        new("server.capabilities", "/ocs/v1\\.php/", "The gateway uses the second envelope, whose HTTP status is the answer's."),
        new("call.update_flags", "^PUT ", "Before API v4 flags are changed by joining again."),
        new("conversation.set_lobby", "/webinary/lobby\\?", "Of the two spellings of Talk 8 to 11 the gateway takes the one that stayed."),
        new("conversation.set_lobby", "/webinar/lobby\\?", "Talk 7 knows the older spelling only."),
        new("participant.remove", "/api/v[12]/.*/attendees\\?", "Attendees have no ids before API v3."),
        new("participant.remove_guest", "/api/v[34]/", "From API v3 on the gateway names attendees by their id."),
        new("participant.remove_guest", "/guests\\?$", "Without a session the request names nobody."),
        new("participant.remove_user", "/api/v[34]/", "From API v3 on the gateway names attendees by their id."),
        new("signaling.pull", "/signaling/", "Before Talk 3.2 a client had one session, without a room in the path."),
    ];

    public static IReadOnlyList<NotOfferedRule> NotOffered { get; } =
    [
        new("conversation.set_message_expiration", "talk25", "The server publishes the capability only where the system's cron runs its jobs, since messages stay otherwise."),
    ];

    public static IReadOnlyList<ImpliedValue> Implied { get; } =
    [
        new("participant\\..*", "attendee.actor.type", "attendee.actor.id", "users", "Before API v3 nobody but users has a name."),
        new("signaling\\..*", "token", "", "anyroom1", "Before Talk 3.2 a session was in one room at most."),
    ];

    public static IReadOnlyList<PolyfilledRule> Polyfilled { get; } =
    [
        new("call.ping", "4.0", "", "", "Servers with no-ping are not asked."),
        new("chat.receive", "", "3.2", "", "Pages are counted from the newest message."),
        new("chat.set_read_marker", "", "7.0", "", "Before Talk 7 reading forwards is what marks as read."),
        new("chat.set_read_marker", "7.0", "19.0", "^$", "Before Talk 19 the newest message has to be named, so it is looked up."),
        new("conversation.create", "", "8.0", "source=.circles", "Refused: before Talk 8 a group would be invited instead."),
        new("conversation.create", "", "3.1", "roomType=2", "Before Talk 3.1 a group room needs a group, so it is created public and made private."),
        new("participant.demote", "4.0", "5.0", "sessionId", "Refused: before Talk 5 guests cannot be named here; a development state counts as the version before."),
        new("participant.promote", "4.0", "5.0", "sessionId", "Refused: before Talk 5 guests cannot be named here; a development state counts as the version before."),
        new("participant.remove_guest", "", "12.0", "participant=.0.$", "Nobody is found with the session of those who have none."),
        new("participant.promote", "10.1", "12.0", "sessionId", "From API v3 on the session's attendee is looked up, and named by id."),
    ];

    public static IReadOnlyList<ServerDefault> Defaults { get; } =
    [
        new("chat.receive", "markNotificationsAsRead", "1"),
        new("chat.receive", "setReadMarker", "1"),
        new("participant.join", "password", ""),
    ];

    public static IReadOnlyList<DroppedValue> DroppedValues { get; } =
    [
        new("server\\.capabilities", "header ETag", "The gateway takes no conditional requests; it keeps the capabilities itself, and tells changes by their hash."),
    ];

    public static IReadOnlyList<UnnamedMember> UnnamedMembers { get; } =
    [
        new("server\\.capabilities", "capabilities\\.(?!spreed$)[a-z_]+", "What other apps can do is theirs to name."),
    ];
}
