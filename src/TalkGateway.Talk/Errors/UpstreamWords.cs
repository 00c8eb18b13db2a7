using System.Collections.Frozen;

namespace TalkGateway.Talk.Errors;

/// <summary>
/// What the typed reasons of Talk servers (<c>data.error</c>) mean to people, where they mean the same in every rpc. An rpc
/// that means something else by one says so in its own error rules.
/// </summary>
internal static class UpstreamWords
{
    private static readonly FrozenDictionary<string, string> Texts = new Dictionary<string, string>
    {
        ["ban"] = "the person is banned from this room",
        ["breakout-room"] = "not possible in a breakout room",
        ["classified"] = "not possible in a classified room",
        ["config"] = "the server is not set up for this",
        ["event"] = "the room belongs to a calendar event, which decides this",
        ["forced"] = "the server's administrator has decided this for all rooms",
        ["last-moderator"] = "the last moderator can't go while others stay",
        ["object-type"] = "the room belongs to no object of a kind for which this is possible",
        ["password"] = "the password is missing, wrong or refused by the server's password policy",
        ["preserved"] = "the room is preserved",
        ["room-type"] = "not possible in a room of this kind",
        ["type"] = "not possible in a room of this kind",
    }.ToFrozenDictionary();

    /// <summary>Null for a word that no rule explains.</summary>
    public static string? TextOf(string? word) => word is null ? null : Texts.GetValueOrDefault(word);

    /// <summary>
    /// Whether it is one of the words by which servers tell reasons to programs. Some put a sentence in that place, in the language
    /// of the caller.
    /// </summary>
    public static bool IsWord(string? reason) =>
        reason is { Length: > 0 and <= 63 } && char.IsAsciiLetter(reason[0]) && reason.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
