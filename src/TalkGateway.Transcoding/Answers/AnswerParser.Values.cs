using System.Buffers;
using System.Buffers.Binary;

namespace TalkGateway.Transcoding.Answers;

// Values of fields. Every method begins at a value; where it answers Unfit, position and output may be anywhere.
internal ref partial struct AnswerParser
{
    /// <summary>Reads the value that stands here into a field.</summary>
    public Outcome ReadField(AnswerField field)
    {
        if (_json.Current == 'n' && (field.Kind != AnswerKind.Value || field.Shape != FieldShape.Single))
        {
            _json.ExpectLiteral("null"u8);
            return Outcome.Null;
        }

        if (field.JsonText && _json.Current == '"')
        {
            return ReadJsonText(field);
        }

        return field.Shape switch
        {
            FieldShape.Single => ReadSingle(field),
            FieldShape.List => ReadList(field),
            _ => ReadMap(field),
        };
    }

    private Outcome ReadSingle(AnswerField field)
    {
        if (field.AbsentAs is not null && IsAbsent(field.AbsentAs))
        {
            _json.SkipValue(_depth);
            return Outcome.Absent;
        }

        return field.Kind switch
        {
            AnswerKind.String => ReadText(field),
            AnswerKind.Bool => ReadBoolean(field),
            AnswerKind.Integer => ReadInteger(field),
            AnswerKind.Enum => ReadEnum(field),
            AnswerKind.Timestamp => ReadTimestamp(field),
            AnswerKind.Duration => ReadDuration(field),
            AnswerKind.Message => ReadMessage(field),
            AnswerKind.Struct => ReadStruct(field),
            AnswerKind.Value => ReadDynamic(field),
            AnswerKind.ListValue => ReadListValue(field),
            _ => ReadReal(field),
        };
    }

    private Outcome ReadText(AnswerField field)
    {
        if (_json.Current == '"')
        {
            var raw = _json.ReadString(out var escaped);
            if (!raw.IsEmpty || field.WritesZero)
            {
                WriteTag(field.Tag);
                WriteString(raw, escaped);
            }

            return Outcome.Written;
        }

        if (!TryReadNumber(out var number))
        {
            return Outcome.Unfit;
        }

        WriteTag(field.Tag);
        WriteString(number.Text, escaped: false);
        return Outcome.Written;
    }

    private Outcome ReadBoolean(AnswerField field)
    {
        bool value;
        switch (_json.Current)
        {
            case (byte)'t':
                _json.ExpectLiteral("true"u8);
                value = true;
                break;
            case (byte)'f':
                _json.ExpectLiteral("false"u8);
                value = false;
                break;
            case (byte)'"':
                if (!JsonText.TryReadTruth(_json.ReadString(out _), out value))
                {
                    return Outcome.Unfit;
                }

                break;
            default:
                if (!TryReadNumber(out var number) || !number.IsWhole || number.Magnitude > 1 || (number.IsNegative && number.Magnitude == 1))
                {
                    return Outcome.Unfit;
                }

                value = number.Magnitude == 1;
                break;
        }

        WriteInteger(field, value != field.Inverted ? 1 : 0);
        return Outcome.Written;
    }

    private Outcome ReadInteger(AnswerField field)
    {
        if (_json.Current is (byte)'t' or (byte)'f')
        {
            return ReadBooleanAsNumber(field);
        }

        if (!TryReadNumberOrText(out var number) || !TryNarrow(field, number, out var value))
        {
            return Outcome.Unfit;
        }

        WriteInteger(field, value);
        return Outcome.Written;
    }

    private Outcome ReadEnum(AnswerField field)
    {
        if (_json.Current is (byte)'t' or (byte)'f')
        {
            return ReadBooleanAsNumber(field);
        }

        if (field.Words is null || _json.Current != '"')
        {
            return ReadInteger(field);
        }

        var raw = _json.ReadString(out var escaped);
        if (!TryFindWord(field.Words, raw, escaped, out var value))
        {
            return Outcome.Unfit;
        }

        WriteInteger(field, value);
        return Outcome.Written;
    }

    private Outcome ReadBooleanAsNumber(AnswerField field)
    {
        var value = _json.Current == 't';
        _json.ExpectLiteral(value ? "true"u8 : "false"u8);
        WriteInteger(field, value ? 1 : 0);
        return Outcome.BooleanAsNumber;
    }

    private Outcome ReadReal(AnswerField field)
    {
        if (!TryReadNumberOrText(out var number))
        {
            return Outcome.Unfit;
        }

        var value = number.ToDouble();
        if (double.IsInfinity(value) || (field.Kind == AnswerKind.Float && float.IsInfinity((float)value)))
        {
            return Outcome.Unfit;
        }

        if (value == 0 && !field.WritesZero)
        {
            return Outcome.Written;
        }

        WriteTag(field.Tag);
        if (field.Kind == AnswerKind.Float)
        {
            BinaryPrimitives.WriteSingleLittleEndian(_output.GetSpan(4), (float)value);
            _output.Advance(4);
        }
        else
        {
            WriteDouble(value);
        }

        return Outcome.Written;
    }

    private Outcome ReadTimestamp(AnswerField field)
    {
        if (!TryReadNumberOrText(out var number) || !number.TryGetSeconds(out var seconds, out var nanos))
        {
            return Outcome.Unfit;
        }

        if (nanos < 0)
        {
            seconds--;
            nanos += 1_000_000_000;
        }

        if (seconds is < WellKnownLimits.MinTimestampSeconds or > WellKnownLimits.MaxTimestampSeconds)
        {
            return Outcome.Unfit;
        }

        if (seconds == 0 && nanos == 0)
        {
            return Outcome.Absent;
        }

        WriteSeconds(field, seconds, nanos);
        return Outcome.Written;
    }

    private Outcome ReadDuration(AnswerField field)
    {
        if (!TryReadNumberOrText(out var number) || !number.TryGetSeconds(out var seconds, out var nanos)
            || Math.Abs(seconds) > WellKnownLimits.MaxDurationSeconds)
        {
            return Outcome.Unfit;
        }

        WriteSeconds(field, seconds, nanos);
        return Outcome.Written;
    }

    private Outcome ReadMessage(AnswerField field)
    {
        if (_json.Current != '{')
        {
            return _json.TrySkipEmptyArray() ? Outcome.Absent : Outcome.Unfit;
        }

        WriteTag(field.Tag);
        var plan = field.Message!;
        var start = BeginLength(plan.LengthReserve);
        ReadObject(plan);
        EndLength(start, plan.LengthReserve);
        return Outcome.Written;
    }

    private Outcome ReadList(AnswerField field)
    {
        if (_json.Current == '{')
        {
            // It would lose its keys.
            return Outcome.Unfit;
        }

        var isArray = _json.Current == '[';
        if (isArray)
        {
            Descend(0);
            if (!_json.EnterArray())
            {
                Ascend(0);
                return Outcome.Written;
            }
        }

        var outcome = ReadElements(field, isArray);
        if (isArray)
        {
            Ascend(0);
        }

        return outcome;
    }

    /// <summary>
    /// The elements up to the end of the array, or the one value that stands where a list is expected. One that does not fit
    /// spoils the list.
    /// </summary>
    private Outcome ReadElements(AnswerField field, bool isArray)
    {
        var element = field.Element!;
        var start = 0;
        if (field.IsPacked)
        {
            WriteTag(field.Tag);
            start = BeginLength(1);
        }

        do
        {
            var outcome = ReadField(element);
            if (outcome == Outcome.Unfit)
            {
                return outcome;
            }

            // [] is how PHP writes an object without members: it keeps its place. Null and what stands for "absent" do not.
            if (outcome == Outcome.Absent && element.Kind == AnswerKind.Message)
            {
                WriteTag(element.Tag);
                _output.Write(0);
            }
        }
        while (isArray && _json.NextElement());

        if (field.IsPacked && _output.Length > start)
        {
            EndLength(start, 1);
        }
        else if (field.IsPacked)
        {
            _output.Length = start - 1 - field.Tag.Length;
        }

        return Outcome.Written;
    }

    private Outcome ReadMap(AnswerField field)
    {
        if (_json.Current != '{')
        {
            return _json.TrySkipEmptyArray() ? Outcome.Absent : Outcome.Unfit;
        }

        Descend(1);
        var fits = true;
        for (var more = _json.EnterObject(); more && fits; more = fits && _json.NextMember())
        {
            fits = TryReadEntry(field);
        }

        Ascend(1);
        return fits ? Outcome.Written : Outcome.Unfit;
    }

    private bool TryReadEntry(AnswerField field)
    {
        var entry = _output.Length;
        WriteTag(field.Tag);
        var start = BeginLength(1);
        var name = _json.ReadName(out var escaped);
        if (!TryWriteKey(field.Key!, name, escaped))
        {
            return false;
        }

        var element = field.Element!;
        switch (ReadField(element))
        {
            case Outcome.Unfit:
                return false;
            case Outcome.Null:
                _output.Length = entry;
                return true;
            case Outcome.Absent when element.Kind >= AnswerKind.FirstDelimited:
                WriteTag(element.Tag);
                _output.Write(0);
                break;
            default:
                break;
        }

        EndLength(start, 1);
        return true;
    }

    private bool TryWriteKey(AnswerField key, ReadOnlySpan<byte> raw, bool escaped)
    {
        if (key.Kind == AnswerKind.String)
        {
            WriteTag(key.Tag);
            WriteString(raw, escaped);
            return true;
        }

        if (key.Kind == AnswerKind.Bool)
        {
            var isTruth = JsonText.TryReadTruth(raw, out var truth);
            WriteInteger(key, truth ? 1 : 0);
            return isTruth;
        }

        if (!JsonNumber.TryParseAll(raw, out var number) || !TryNarrow(key, number, out var value))
        {
            return false;
        }

        WriteInteger(key, value);
        return true;
    }

    /// <summary>JSON inside a string. A string that holds none of the kind the field takes does not fit.</summary>
    private Outcome ReadJsonText(AnswerField field)
    {
        var raw = _json.ReadString(out var escaped);
        var rented = escaped ? ArrayPool<byte>.Shared.Rent(raw.Length) : null;
        var (slots, unclaimed) = (_state.SlotCount, _state.UnclaimedCount);
        try
        {
            var text = rented is null ? raw : rented.AsSpan(0, JsonText.Unescape(raw, rented));
            var inner = new AnswerParser(_state, text) { _depth = _depth, _nesting = _nesting };
            inner._json.SkipWhitespace();
            if (inner._json.Current is not ((byte)'{' or (byte)'['))
            {
                return Outcome.Unfit;
            }

            var outcome = inner.ReadField(field);
            inner._json.SkipWhitespace();
            return inner._json.Position == text.Length ? outcome : Outcome.Unfit;
        }
        catch (MalformedAnswerException)
        {
            // Only this text is no JSON; the answer around it is fine.
            _state.CloseFrame(slots, unclaimed);
            return Outcome.Unfit;
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
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

    private readonly bool IsAbsent(byte[][] absentAs)
    {
        var ahead = _json;
        ReadOnlySpan<byte> text;
        if (ahead.Current == '"')
        {
            text = ahead.ReadString(out _);
        }
        else if (ahead.Current is (byte)'-' or (>= (byte)'0' and <= (byte)'9'))
        {
            text = ahead.ReadNumber().Text;
        }
        else
        {
            return false;
        }

        foreach (var word in absentAs)
        {
            if (text.SequenceEqual(word))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryReadNumber(out JsonNumber number)
    {
        if (_json.Current is (byte)'-' or (>= (byte)'0' and <= (byte)'9'))
        {
            number = _json.ReadNumber();
            return true;
        }

        number = default;
        return false;
    }

    private bool TryReadNumberOrText(out JsonNumber number) =>
        _json.Current == '"' ? JsonNumber.TryParseAll(_json.ReadString(out _), out number) : TryReadNumber(out number);

    private static bool TryFindWord(WordTable words, ReadOnlySpan<byte> raw, bool escaped, out int number)
    {
        if (!escaped)
        {
            return words.TryGet(raw, out number);
        }

        number = 0;
        if (raw.Length > 512)
        {
            return false;
        }

        Span<byte> text = stackalloc byte[raw.Length];
        return words.TryGet(text[..JsonText.Unescape(raw, text)], out number);
    }

    private static bool TryNarrow(AnswerField field, JsonNumber number, out long value)
    {
        value = number.IsNegative ? -(long)number.Magnitude : (long)number.Magnitude;
        return number.IsWhole && number.Magnitude <= (number.IsNegative ? field.MaxNegative : field.MaxPositive);
    }
}
