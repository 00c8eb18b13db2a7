using System.Text.RegularExpressions;
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
        (Operation == "*" || Operation == exchange.Operation) && Regex.IsMatch(unsayable.Parameter, $"^(?:{Parameter})$") && Regex.IsMatch(unsayable.Value, $"^(?:{Value})$");
}

/// <summary>A request that the gateway refuses before anything is sent.</summary>
/// <param name="Operation">Id of the operation.</param>
/// <param name="Field">Proto path of the field that is refused.</param>
/// <param name="Value">Regular expression for what the recording sent there; nothing was sent: empty.</param>
/// <param name="Reason">Why it is right to refuse it, whatever the server answered.</param>
internal sealed record RefusalRule(string Operation, string Field, string Value, string Reason);

/// <summary>A request on a path of the operation that the gateway does not use on that server.</summary>
/// <param name="Operation">Id of the operation.</param>
/// <param name="Request">Regular expression for method, path and names of the parameters.</param>
/// <param name="Reason">Why the gateway goes another way.</param>
internal sealed record OtherWayRule(string Operation, string Request, string Reason)
{
    public bool Covers(RecordedExchange exchange) =>
        Operation == exchange.Operation && Regex.IsMatch(
            $"{exchange.Request.Method} {exchange.Request.Path}?{string.Join('&', RequestBuilder.ParametersOf(exchange.Request).Keys.Order())}",
            Request);
}

/// <summary>An operation that the gateway does not offer on a server although the server answered it.</summary>
internal sealed record NotOfferedRule(string Operation, string Server, string Reason);

/// <summary>A parameter without which the server does the same as with this value.</summary>
/// <param name="Operation">Id of the operation.</param>
/// <param name="Parameter">Upstream name.</param>
/// <param name="Value">What the server takes when it is missing.</param>
internal sealed record ServerDefault(string Operation, string Parameter, string Value);

/// <summary>A value of recorded answers that clients do not get.</summary>
/// <param name="Operation">Regular expression for the operation.</param>
/// <param name="Path">Regular expression for the path of the value.</param>
/// <param name="Reason">Why.</param>
internal sealed record DroppedValue(string Operation, string Path, string Reason)
{
    public bool Covers(string operation, string path) =>
        Regex.IsMatch(operation, $"^(?:{Operation})$") && Regex.IsMatch(path, $"^(?:{Path})$");
}

/// <summary>Everything in which the replay differs from "the same request, the whole answer", each with its reason.</summary>
internal static class ReplayTables
{
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
        new("chat.receive", "lookIntoFuture", "\"[01]\"|\"true\"", "The first chat API has no direction, and the later ones have two numbers for it."),
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

    public static IReadOnlyList<ServerDefault> Defaults { get; } =
    [
    ];

    public static IReadOnlyList<DroppedValue> DroppedValues { get; } =
    [
    ];
}
