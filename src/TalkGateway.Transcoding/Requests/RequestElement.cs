namespace TalkGateway.Transcoding.Requests;

/// <summary>One value on its way out: bits of a number, place of its bytes, or the chain of a message's parts.</summary>
/// <param name="Bits">As on the wire.</param>
/// <param name="Start">Where its bytes begin in the request message.</param>
/// <param name="Length">Number of its bytes.</param>
/// <param name="Chain">The occurrence, for messages.</param>
/// <param name="IsMerged">The occurrences that follow in the chain are parts of the same message.</param>
internal readonly record struct RequestElement(ulong Bits, int Start, int Length, int Chain, bool IsMerged);

/// <summary>Walks over the values of a repeated field, packed or not.</summary>
internal ref struct ElementCursor
{
    private readonly RequestState _state;
    private readonly ReadOnlySpan<byte> _message;
    private readonly RequestField _field;
    private WireCursor _packed;
    private int _next;

    public ElementCursor(RequestState state, ReadOnlySpan<byte> message, RequestField field, int frame = 0)
    {
        _state = state;
        _message = message;
        _field = field;
        ref readonly var slot = ref state.Slot(frame + field.Slot);
        _next = slot.Count == 0 ? -1 : slot.First;
        Index = -1;
    }

    /// <summary>Index of the value given last; -1 in front of the first.</summary>
    public int Index { get; private set; }

    /// <summary>A packed run ended within a value.</summary>
    public bool IsBroken { get; private set; }

    public bool TryNext(out RequestElement element)
    {
        while (true)
        {
            if (!_packed.IsAtEnd)
            {
                if (_packed.TryReadValue(_field.WireType, out var value))
                {
                    element = new RequestElement(value.Bits, 0, 0, -1, false);
                    Index++;
                    return true;
                }

                IsBroken = true;
                _packed = default;
            }

            if (_next < 0)
            {
                element = default;
                return false;
            }

            var index = _next;
            var occurrence = _state.Occurrence(index);
            _next = occurrence.Next;
            if (_field.WireType != 2 && occurrence.Start > 0)
            {
                _packed = new WireCursor(_message, occurrence.Start, occurrence.Start + occurrence.Length);
                continue;
            }

            element = new RequestElement(occurrence.Bits, occurrence.Start, occurrence.Length, index, false);
            Index++;
            return true;
        }
    }
}
