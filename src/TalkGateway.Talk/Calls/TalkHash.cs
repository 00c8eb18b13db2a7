using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Calls;

/// <summary>
/// Which answers carry the hash that changes with the server's versions and settings. Others send a header of the same name
/// that is a hash of something else (version-dependent capabilities of one room), and the two must never be compared.
/// </summary>
internal static class TalkHash
{
    /// <summary>Whether the answer's <c>X-Nextcloud-Talk-Hash</c> is the one to watch (Talk 9 and newer).</summary>
    public static bool Speaks(MethodPlan plan) =>
        plan.OperationId is "conversation.list" or "conversation.get" or "conversation.get_note_to_self";
}
