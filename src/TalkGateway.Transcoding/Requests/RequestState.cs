using System.Globalization;
using System.Text;

namespace TalkGateway.Transcoding.Requests;

/// <summary>The memory that writing a request needs, kept per thread: writing never waits, so a thread writes one at a time.</summary>
internal sealed class RequestState
{
    /// <summary>Most violations that are told; a client that makes more has the same mistake everywhere.</summary>
    public const int MaxViolations = 8;

    private const int RetainedLimit = 16 * 1024;

    // Keys of maps are a client's own, and as long as it likes.
    private const int MaxFieldLength = 256;

    [ThreadStatic]
    private static RequestState? t_idle;

    private RequestSlot[] _slots = new RequestSlot[64];
    private Occurrence[] _occurrences = new Occurrence[64];
    private int _slotCount;
    private int _occurrenceCount;

    /// <summary>Values under construction: JSON inside a string, multipart values.</summary>
    public ByteBuffer Scratch { get; } = new(256);

    /// <summary>Containers of JSON around the writer.</summary>
    public int Depth { get; set; }

    /// <summary>Where in nested values the writer is: a proto name, or an index of a list.</summary>
    public List<(string? Name, int Index)> Steps { get; } = [];

    /// <summary>What was found wrong; null while nothing was.</summary>
    public List<FieldViolation>? Violations { get; private set; }

    public static RequestState Rent()
    {
        var state = t_idle ?? new RequestState();
        t_idle = null;
        return state;
    }

    public void Return()
    {
        _slotCount = 0;
        _occurrenceCount = 0;
        Depth = 0;
        Violations = null;
        Steps.Clear();
        Scratch.Clear();
        if (_occurrences.Length > RetainedLimit)
        {
            _occurrences = new Occurrence[64];
        }

        t_idle = this;
    }

    /// <summary>Notes that something is wrong where the writer is; the first that is found of a field counts.</summary>
    /// <exception cref="InvalidRequestException">There is more wrong than is told: the rest of the message is not looked at.</exception>
    public void AddViolation(string description)
    {
        var path = new StringBuilder();
        foreach (var (name, index) in Steps)
        {
            if (path.Length > MaxFieldLength)
            {
                break;
            }

            if (name is null)
            {
                path.Append(CultureInfo.InvariantCulture, $"[{index}]");
            }
            else
            {
                path.Append(path.Length == 0 ? "" : ".").Append(name);
            }
        }

        var field = path.Length <= MaxFieldLength ? path.ToString() : path.ToString(0, MaxFieldLength) + "…";
        if (Violations?.Exists(violation => violation.Field == field) == true)
        {
            return;
        }

        if (Violations?.Count == MaxViolations)
        {
            throw new InvalidRequestException(Violations, hasMore: true);
        }

        (Violations ??= []).Add(new FieldViolation(field, description));
    }

    /// <summary>Opens empty slots for one message.</summary>
    public int OpenFrame(int slots)
    {
        var frame = _slotCount;
        if (_slots.Length - frame < slots)
        {
            Array.Resize(ref _slots, Math.Max(2 * _slots.Length, frame + slots));
        }

        _slots.AsSpan(frame, slots).Clear();
        _slotCount += slots;
        return frame;
    }

    public void CloseFrame(int frame) => _slotCount = frame;

    public ref RequestSlot Slot(int index) => ref _slots[index];

    public void Clear(int first, int count) => _slots.AsSpan(first, count).Clear();

    public ref readonly Occurrence Occurrence(int index) => ref _occurrences[index];

    /// <summary>Replaces what a field with one value had.</summary>
    public void Set(int slotIndex, Occurrence occurrence)
    {
        ref var slot = ref _slots[slotIndex];
        if (slot.Count == 0)
        {
            Add(slotIndex, occurrence);
        }
        else
        {
            _occurrences[slot.First] = occurrence with { Next = -1 };
        }
    }

    /// <summary>Notes one more value of a field: of a list or map, or a part of a message to be merged.</summary>
    public void Add(int slotIndex, Occurrence occurrence)
    {
        if (_occurrenceCount == _occurrences.Length)
        {
            Array.Resize(ref _occurrences, 2 * _occurrenceCount);
        }

        var index = _occurrenceCount++;
        _occurrences[index] = occurrence with { Next = -1 };
        ref var slot = ref _slots[slotIndex];
        if (slot.Count++ == 0)
        {
            slot.First = index;
        }
        else
        {
            _occurrences[slot.Last] = _occurrences[slot.Last] with { Next = index };
        }

        slot.Last = index;
    }
}

/// <summary>The values of one field, chained in the order of the wire.</summary>
internal struct RequestSlot
{
    public int Count;
    public int First;
    public int Last;
}

/// <summary>One value of a field: the bits of a number, or where its bytes are in the request message.</summary>
internal readonly record struct Occurrence(ulong Bits, int Start, int Length, int Next);
