using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace TalkGateway.Transcoding.Answers;

/// <summary>How a JSON object becomes a message: its members by name, and the fields they fill.</summary>
internal sealed class AnswerMessage
{
    // Members by hash, each chain through AnswerMember.NextInBucket.
    private AnswerMember?[] _buckets = [null];

    public required string FullName { get; init; }

    public AnswerField[] Fields { get; private set; } = [];

    /// <summary>Fields with a fallback conversion, or null.</summary>
    public AnswerField[]? Fallbacks { get; private set; }

    /// <summary>Tag of the field that takes the members no other field claims; null where they are dropped.</summary>
    public byte[]? RestTag { get; private set; }

    /// <summary>No member can leave anything in the message.</summary>
    public bool TakesNothing => Fields.Length == 0 && RestTag is null;

    /// <summary>Bytes kept free for the length in front of the message; the usual size saves a move.</summary>
    public int LengthReserve { get; private set; }

    /// <summary>The member that came first the last time: a guess, see <see cref="AnswerMember.Successor"/>.</summary>
    public AnswerMember? First { get; set; }

    /// <summary>Completes the plan; apart from construction, since messages can hold themselves.</summary>
    public void Complete(AnswerField[] fields, IReadOnlyList<AnswerMember> members, byte[]? restTag)
    {
        Fields = fields;
        RestTag = restTag;
        LengthReserve = fields.Length > 6 ? 2 : 1;
        var fallbacks = fields.Where(field => field.Fallback is not null).ToArray();
        Fallbacks = fallbacks.Length == 0 ? null : fallbacks;
        var buckets = new AnswerMember?[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, 2 * members.Count))];
        foreach (var member in members)
        {
            ref var bucket = ref buckets[Hash(member.Name) & (uint)(buckets.Length - 1)];
            member.NextInBucket = bucket;
            bucket = member;
        }

        _buckets = buckets;
    }

    public AnswerMember? Find(ReadOnlySpan<byte> name)
    {
        var member = _buckets[Hash(name) & (uint)(_buckets.Length - 1)];
        while (member is not null && !name.SequenceEqual(member.Name))
        {
            member = member.NextInBucket;
        }

        return member;
    }

    // Looks at the length and up to 16 bytes at the ends. The table is fixed and its chains short, so it needs no defence
    // against chosen names.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        ulong head = 0, tail = 0;
        if (name.Length >= 8)
        {
            head = BinaryPrimitives.ReadUInt64LittleEndian(name);
            tail = BinaryPrimitives.ReadUInt64LittleEndian(name[^8..]);
        }
        else
        {
            foreach (var value in name)
            {
                head = (head << 8) | value;
            }
        }

        var mixed = ((head * 0x9E3779B97F4A7C15) ^ tail ^ (uint)name.Length) * 0xD6E8FEB86659FD93;
        return (uint)(mixed >> 32);
    }
}

/// <summary>A name that members of a JSON object have, and the fields that claim it.</summary>
internal sealed class AnswerMember
{
    public AnswerMember(string name, Claim[] claims)
    {
        Name = System.Text.Encoding.UTF8.GetBytes(name);
        Quoted = System.Text.Encoding.UTF8.GetBytes($"\"{name}\":");
        Claims = claims;
    }

    public byte[] Name { get; }

    /// <summary>As it mostly stands in JSON, with quotes and colon.</summary>
    public byte[] Quoted { get; }

    public Claim[] Claims { get; }

    /// <summary>
    /// The member that followed the last time. A server sends the members of an object in one order, so this mostly spares the
    /// look-up by name. Written without synchronisation: a stale guess costs a look-up, nothing else.
    /// </summary>
    public AnswerMember? Successor { get; set; }

    public AnswerMember? NextInBucket { get; set; }
}

/// <summary>A field's interest in a member.</summary>
/// <param name="Field">The field.</param>
/// <param name="Rank">1 by its name, 2 and more by its aliases in their order; the lowest in the object wins.</param>
/// <param name="Condition">What else has to hold.</param>
internal readonly record struct Claim(AnswerField Field, byte Rank, ClaimCondition Condition);

/// <summary>When a claim takes a value that fits.</summary>
internal enum ClaimCondition
{
    /// <summary>Always: aliases, and views such as the words of an enum.</summary>
    Always,

    /// <summary>
    /// Several fields have the name, one per JSON kind: only if the value is of this field's own kind, or nobody's and no field
    /// in front has taken it leniently.
    /// </summary>
    ByKind,
}
