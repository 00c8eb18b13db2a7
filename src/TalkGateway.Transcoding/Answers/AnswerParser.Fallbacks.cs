namespace TalkGateway.Transcoding.Answers;

// Fields that are found in other members of the object, once it has been read.
internal ref partial struct AnswerParser
{
    private void RunFallbacks(AnswerField[] fields, int frame, ReadOnlySpan<byte> jsonObject)
    {
        foreach (var field in fields)
        {
            ref var slot = ref _state.Slot(frame + field.Slot);
            if (slot.Rank != 0 && !slot.AskFallback)
            {
                continue;
            }

            var result = new FallbackResult(_state.FallbackText);
            field.Fallback!(jsonObject, ref result);
            if (result.Kind == FallbackKind.None)
            {
                continue;
            }

            var start = _output.Length;
            if (!WriteFallback(field, result))
            {
                _output.Length = start;
            }
            else if (slot.Rank != 0)
            {
                var cut = slot.End - slot.Start;
                _output.Remove(slot.Start, slot.End);
                foreach (ref var other in _state.Frame(frame))
                {
                    if (other.Start >= slot.End)
                    {
                        other.Start -= cut;
                        other.End -= cut;
                    }
                }

                slot.End = slot.Start;
            }
        }
    }

    private bool WriteFallback(AnswerField field, FallbackResult result)
    {
        if (result.Kind == FallbackKind.Text)
        {
            if (field.Kind != AnswerKind.String)
            {
                return false;
            }

            WriteTag(field.Tag);
            WriteString(result.Text, escaped: false);
            return true;
        }

        var value = result.Integer;
        var element = field.Element ?? field;
        var packed = 0;
        if (field.IsPacked)
        {
            WriteTag(field.Tag);
            packed = BeginLength(1);
        }

        switch (field.Kind)
        {
            case AnswerKind.Bool when value is 0 or 1:
                break;
            case AnswerKind.Integer or AnswerKind.Enum:
                if (value >= 0 ? (ulong)value > field.MaxPositive : (ulong)-value > field.MaxNegative)
                {
                    return false;
                }

                break;
            case AnswerKind.Timestamp when value is >= WellKnownLimits.MinTimestampSeconds and <= WellKnownLimits.MaxTimestampSeconds:
            case AnswerKind.Duration when value is >= -WellKnownLimits.MaxDurationSeconds and <= WellKnownLimits.MaxDurationSeconds:
                WriteSeconds(element, value, 0);
                return true;
            default:
                return false;
        }

        WriteInteger(element, value);
        if (field.IsPacked)
        {
            EndLength(packed, 1);
        }

        return true;
    }
}
