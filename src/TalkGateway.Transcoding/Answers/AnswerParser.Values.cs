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
            _json.SkipValue();
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
