using System.Text;

namespace TalkGateway.Benchmarks;

/// <summary>What a server of Talk 21 answers about rooms, written the way PHP writes JSON: no white space, slashes and all but ASCII escaped.</summary>
internal static class RoomAnswers
{
    private const string Meta = "\"meta\":{\"status\":\"ok\",\"statuscode\":200,\"message\":\"OK\"}";

    /// <summary>GetRoom, about 1 KB without the last message.</summary>
    public static byte[] One { get; } = Encoding.UTF8.GetBytes($"{{\"ocs\":{{{Meta},\"data\":{Room(7, Attendee)}}}}}");

    /// <summary>ListRooms with 20 rooms, about 18 KB.</summary>
    public static byte[] Twenty { get; } = Encoding.UTF8.GetBytes(
        $"{{\"ocs\":{{{Meta},\"data\":[{string.Join(',', Enumerable.Range(1, 20).Select(id => Room(id, id % 3 == 0 ? Attendee : Attendee + LastMessage)))}]}}}}");

    private const string Attendee =
        ",\"permissions\":254,\"attendeePermissions\":0,\"callPermissions\":0,\"defaultPermissions\":0,\"mentionPermissions\":0,\"lastActivity\":1700000123";

    private const string LastMessage =
        ",\"lastMessage\":{\"id\":812,\"token\":\"tok8chars\",\"actorType\":\"users\",\"actorId\":\"alice\",\"actorDisplayName\":\"Alice\","
        + "\"timestamp\":1700000123,\"message\":\"See you at \\u20ac {file}\",\"messageParameters\":[],\"systemMessage\":\"\","
        + "\"messageType\":\"comment\",\"isReplyable\":true,\"referenceId\":\"\",\"reactions\":[],\"markdown\":true}";

    private static string Room(int id, string tail) =>
        $"{{\"id\":{id},\"token\":\"tok{id:00000}\",\"type\":2,\"name\":\"room-{id}\",\"displayName\":\"Team room {id}\",\"objectType\":\"\",\"objectId\":\"\","
        + "\"participantType\":1,\"participantFlags\":0,\"readOnly\":0,\"hasPassword\":false,\"hasCall\":false,\"callStartTime\":0,\"callRecording\":0,"
        + $"\"canStartCall\":true,\"lastReadMessage\":{800 + id},\"unreadMessages\":0,\"unreadMention\":false,\"unreadMentionDirect\":false,\"isFavorite\":false,"
        + "\"canLeaveConversation\":true,\"canDeleteConversation\":true,\"notificationLevel\":1,\"notificationCalls\":1,\"lobbyState\":0,\"lobbyTimer\":0,"
        + $"\"lastPing\":0,\"sessionId\":\"0\",\"sipEnabled\":0,\"actorType\":\"users\",\"actorId\":\"alice\",\"attendeeId\":{id},\"canEnableSIP\":false,\"attendeePin\":null,"
        + $"\"description\":\"\",\"lastCommonReadMessage\":0,\"listable\":0,\"callFlag\":0,\"messageExpiration\":0,\"avatarVersion\":\"d2f5e2b1\",\"isCustomAvatar\":false{tail}}}";
}
