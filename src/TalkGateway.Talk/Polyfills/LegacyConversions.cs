using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Polyfills;

/// <summary>
/// Finds modern fields in the members of older answers. Participants and peers had a <c>userId</c> (empty for guests) and a
/// <c>sessionId</c> before they had actors and attendee ids; calls were a boolean before they had flags (Talk 4).
/// </summary>
internal static class LegacyConversions
{
    /// <summary>In the call with audio and video: what servers before the flags mean by "in the call".</summary>
    private const int InCallWithAudioAndVideo = 7;

    /// <summary>Every conversion by the name that annotations use.</summary>
    public static IReadOnlyDictionary<string, FallbackConversion> All { get; } = new Dictionary<string, FallbackConversion>
    {
        ["actor_type_from_user_id"] = ActorType,
        ["actor_id_from_user_id"] = ActorId,
        ["attendee_id_from_actor"] = AttendeeId,
        ["in_call_flags"] = InCallFlags,
        ["flags_from_participant_in_call"] = ParticipantFlags,
        ["status_clear_at_from_date"] = StatusClearAt,
    }.ToFrozenDictionary();

    /// <summary>
    /// The attendee id that stands for an actor on servers without attendee ids: negative, so that it is never one of a server,
    /// and always the same for the same actor. 52 bits keep it exact in every client language.
    /// </summary>
    public static long DerivedAttendeeId(ReadOnlySpan<byte> actorType, ReadOnlySpan<byte> actorId)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(actorType);
        hash.AppendData("/"u8);
        hash.AppendData(actorId);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return -(long)(BinaryPrimitives.ReadUInt64BigEndian(digest) >> 12) - 1;
    }

    /// <summary>A guest's actor id is the SHA-1 of the session id in hex, as the chat of the same servers has it.</summary>
    public static string GuestId(ReadOnlySpan<byte> sessionId)
    {
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // Not a matter of security: this is how Talk names its guests.
        SHA1.HashData(sessionId, digest);
#pragma warning restore CA5350
        return Convert.ToHexStringLower(digest);
    }

    private static void ActorType(ReadOnlySpan<byte> json, ref FallbackResult result)
    {
        if (TryGetUserId(json, out var userId))
        {
            result.SetString(userId.IsEmpty ? "guests"u8 : "users"u8);
        }
    }

    private static void ActorId(ReadOnlySpan<byte> json, ref FallbackResult result)
    {
        if (TryGetActor(json, out _, out var id))
        {
            result.SetString(id);
        }
    }

    private static void AttendeeId(ReadOnlySpan<byte> json, ref FallbackResult result)
    {
        if (TryGetActor(json, out var type, out var id))
        {
            result.SetInteger(DerivedAttendeeId(type, id));
        }
    }

    /// <summary>Participants say <c>inCall</c>, the members that rooms list in API v1 <c>call</c>.</summary>
    private static void InCallFlags(ReadOnlySpan<byte> json, ref FallbackResult result)
    {
        Flags(json, "inCall"u8, ref result);
        Flags(json, "call"u8, ref result);
    }

    private static void ParticipantFlags(ReadOnlySpan<byte> json, ref FallbackResult result) => Flags(json, "participantInCall"u8, ref result);

    private static void Flags(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, ref FallbackResult result)
    {
        if (JsonMember.TryFind(json, name, out var member) && member.TryGetBoolean(out var inCall))
        {
            result.SetInteger(inCall ? InCallWithAudioAndVideo : 0);
        }
    }

    /// <summary>Talk 10 to 19 send a PHP DateTime as an object whose <c>date</c> is in UTC.</summary>
    private static void StatusClearAt(ReadOnlySpan<byte> json, ref FallbackResult result)
    {
        if (JsonMember.TryFind(json, "statusClearAt"u8, out var moment) && moment.Raw.StartsWith("{"u8)
            && JsonMember.TryFind(moment.Raw, "date"u8, out var date) && date.TryGetString(out var text)
            && DateTimeOffset.TryParse(Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
        {
            result.SetInteger(instant.ToUnixTimeSeconds());
        }
    }

    private static bool TryGetActor(ReadOnlySpan<byte> json, out ReadOnlySpan<byte> type, out ReadOnlySpan<byte> id)
    {
        type = "users"u8;
        id = default;
        if (!TryGetUserId(json, out var userId))
        {
            return false;
        }

        if (!userId.IsEmpty)
        {
            id = userId.ToArray();
            return true;
        }

        type = "guests"u8;
        if (!JsonMember.TryFind(json, "sessionId"u8, out var member) || !member.TryGetString(out var sessionId) || sessionId.Length <= 1)
        {
            return false;
        }

        id = Encoding.UTF8.GetBytes(GuestId(sessionId));
        return true;
    }

    private static bool TryGetUserId(ReadOnlySpan<byte> json, out ReadOnlySpan<byte> userId)
    {
        userId = default;
        return JsonMember.TryFind(json, "userId"u8, out var member) && member.TryGetString(out userId);
    }
}
