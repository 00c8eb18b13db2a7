namespace TalkGateway.Transcoding.Answers;

/// <summary>The memory that reading an answer needs, kept per thread: reading never waits, so a thread reads one at a time.</summary>
internal sealed class AnswerState
{
    [ThreadStatic]
    private static AnswerState? t_idle;

    private FieldSlot[] _slots = new FieldSlot[256];
    private Unclaimed[] _unclaimed = new Unclaimed[32];

    /// <summary>The message under construction.</summary>
    public ByteBuffer Output { get; } = new(16 * 1024);

    /// <summary>Text that a fallback conversion sets.</summary>
    public ByteBuffer FallbackText { get; } = new(64);

    /// <summary>A header's value, written as JSON.</summary>
    public ByteBuffer HeaderText { get; } = new(64);

    /// <summary>Slots in use: one per field of every object under way.</summary>
    public int SlotCount { get; private set; }

    /// <summary>Members that no field claims, of every object under way.</summary>
    public int UnclaimedCount { get; private set; }

    public static AnswerState Rent()
    {
        var state = t_idle ?? new AnswerState();
        t_idle = null;
        return state;
    }

    public void Return()
    {
        Output.Clear();
        SlotCount = 0;
        UnclaimedCount = 0;
        t_idle = this;
    }

    /// <summary>Opens the slots of one object, all empty.</summary>
    public int OpenFrame(int fields)
    {
        var frame = SlotCount;
        if (_slots.Length - frame < fields)
        {
            Array.Resize(ref _slots, Math.Max(2 * _slots.Length, frame + fields));
        }

        _slots.AsSpan(frame, fields).Clear();
        SlotCount += fields;
        return frame;
    }

    public void CloseFrame(int frame, int unclaimed)
    {
        SlotCount = frame;
        UnclaimedCount = unclaimed;
    }

    public ref FieldSlot Slot(int index) => ref _slots[index];

    public Span<FieldSlot> Frame(int frame) => _slots.AsSpan(frame, SlotCount - frame);

    public void AddUnclaimed(int name, int value)
    {
        if (UnclaimedCount == _unclaimed.Length)
        {
            Array.Resize(ref _unclaimed, 2 * UnclaimedCount);
        }

        _unclaimed[UnclaimedCount++] = new Unclaimed(name, value);
    }

    public Unclaimed GetUnclaimed(int index) => _unclaimed[index];
}

/// <summary>What has been written for a field of an object under way.</summary>
internal struct FieldSlot
{
    /// <summary>Range in the output; empty for an absent value or a zero that is not written.</summary>
    public int Start;

    public int End;

    /// <summary>Where the member's name stands in the JSON text.</summary>
    public int NamePosition;

    /// <summary>Rank of the claim that filled it; 0 while it is empty.</summary>
    public byte Rank;

    /// <summary>A JSON boolean stands for a number that the field's conversion may know better.</summary>
    public bool AskFallback;
}

/// <summary>Positions of a member's name and value in the JSON text.</summary>
internal readonly record struct Unclaimed(int Name, int Value);
