using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace TalkGateway.Transcoding.Requests;

// Single values: their checks, and their text in paths, queries, headers and forms.
internal readonly ref partial struct RequestWriter
{
    private const int MaxPatternStack = 256;

    /// <summary>The value of a field that has one; zero where it is not set.</summary>
    private RequestElement ValueOf(RequestField field, int frame = 0)
    {
        ref readonly var slot = ref _state.Slot(frame + field.Slot);
        if (slot.Count == 0)
        {
            return new RequestElement(0, 0, 0, -1, false);
        }

        var occurrence = _state.Occurrence(slot.First);
        return new RequestElement(occurrence.Bits, occurrence.Start, occurrence.Length, slot.First, true);
    }

    /// <summary>Checks one value by its type and the rules; notes what is wrong.</summary>
    private bool Check(RequestField field, in RequestElement value)
    {
        var problem = field.Kind switch
        {
            RequestKind.String => ProblemOfText(field.Rules, _message.Slice(value.Start, value.Length)),
            RequestKind.Enum when field.IsZeroWordless && (int)value.Bits == 0 => "is unspecified",
            RequestKind.Enum => field.EnumValues!.ContainsKey((int)value.Bits) ? null : "has an unknown enum number",
            RequestKind.Float => float.IsFinite(ToSingle(value.Bits)) ? null : "is not a finite number",
            RequestKind.Double => double.IsFinite(ToDouble(value.Bits)) ? null : "is not a finite number",
            RequestKind.Timestamp or RequestKind.Duration => ProblemOfInstant(field, value),
            _ => null,
        };
        problem ??= field.Rules.LimitsNumbers ? ProblemOfRange(field, value) : null;
        if (problem is not null)
        {
            _state.AddViolation(problem);
        }

        return problem is null;
    }

    /// <summary>Refuses a list or map that is too long before its elements are looked at; of a packed list they have to be counted.</summary>
    private bool IsTooLong(RequestField field, int frame = 0)
    {
        if (field.Rules.MaxItems == uint.MaxValue)
        {
            return false;
        }

        var count = _state.Slot(frame + field.Slot).Count;
        if (count <= field.Rules.MaxItems && field.Shape == RequestShape.List)
        {
            var elements = new ElementCursor(_state, _message, field, frame);
            for (count = 0; count <= field.Rules.MaxItems && elements.TryNext(out _); count++)
            {
            }
        }

        if (count <= field.Rules.MaxItems)
        {
            return false;
        }

        _state.AddViolation($"has more than {field.Rules.MaxItems} elements");
        return true;
    }

    private void CheckBroken(in ElementCursor elements)
    {
        if (elements.IsBroken)
        {
            _state.AddViolation("is a packed list that ends within a number");
        }
    }

    private static string? ProblemOfText(FieldRules rules, ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            return "is not valid UTF-8";
        }

        // An empty text is an unset one: only `required` refuses it.
        if (!rules.LimitsText || utf8.IsEmpty)
        {
            return null;
        }

        var chars = utf8.Length <= MaxPatternStack ? stackalloc char[utf8.Length] : new char[utf8.Length];
        chars = chars[..Encoding.UTF8.GetChars(utf8, chars)];
        var length = 0;
        foreach (var value in chars)
        {
            length += char.IsLowSurrogate(value) ? 0 : 1;
        }

        if (length < rules.MinLength)
        {
            return $"is shorter than {rules.MinLength} characters";
        }

        if (length > rules.MaxLength)
        {
            return $"is longer than {rules.MaxLength} characters";
        }

        return rules.Pattern is not null && !rules.Pattern.IsMatch(chars) ? $"does not match {rules.PatternText}" : null;
    }

    private string? ProblemOfInstant(RequestField field, in RequestElement value)
    {
        var (seconds, nanos) = ReadInstant(field, value);
        if (field.Kind == RequestKind.Timestamp)
        {
            return seconds is < WellKnownLimits.MinTimestampSeconds or > WellKnownLimits.MaxTimestampSeconds || nanos is < 0 or > 999_999_999
                ? "is no valid Timestamp"
                : null;
        }

        return seconds is < -WellKnownLimits.MaxDurationSeconds or > WellKnownLimits.MaxDurationSeconds || nanos is < -999_999_999 or > 999_999_999
            || (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0)
            ? "is no valid Duration"
            : seconds == 0 && nanos != 0 ? "is less than a second, which would be sent as none" : null;
    }

    private string? ProblemOfRange(RequestField field, in RequestElement value)
    {
        var rules = field.Rules;
        bool below, above;
        switch (field.Kind)
        {
            case RequestKind.Float or RequestKind.Double:
                var real = field.Kind == RequestKind.Float ? ToSingle(value.Bits) : ToDouble(value.Bits);
                (below, above) = (real < rules.Min, real > rules.Max);
                break;
            case RequestKind.UInt64 or RequestKind.Fixed64 when value.Bits > long.MaxValue:
                (below, above) = (false, rules.Max != long.MaxValue);
                break;
            default:
                var number = field.Kind is RequestKind.Timestamp or RequestKind.Duration ? ReadInstant(field, value).Seconds : ToInteger(field.Kind, value.Bits);
                (below, above) = (number < rules.Min, number > rules.Max);
                break;
        }

        return below ? $"is below {rules.Min}" : above ? $"is above {rules.Max}" : null;
    }

    /// <summary>The value as a text: a slice of the message, a word, or digits in the buffer.</summary>
    private ReadOnlySpan<byte> TextOf(RequestField field, in RequestElement value, Span<byte> buffer)
    {
        var written = 0;
        switch (field.Kind)
        {
            case RequestKind.String or RequestKind.Bytes:
                return _message.Slice(value.Start, value.Length);
            case RequestKind.Bool:
                return (value.Bits != 0) != (field.Encoding == RequestEncoding.OneZero) ? "1"u8 : "0"u8;
            case RequestKind.Enum when WordOf(field, (int)value.Bits) is { } word:
                return word;
            case RequestKind.Float:
                ToSingle(value.Bits).TryFormat(buffer, out written, "R", CultureInfo.InvariantCulture);
                break;
            case RequestKind.Double:
                ToDouble(value.Bits).TryFormat(buffer, out written, "R", CultureInfo.InvariantCulture);
                break;
            case RequestKind.UInt64 or RequestKind.Fixed64:
                value.Bits.TryFormat(buffer, out written, default, CultureInfo.InvariantCulture);
                break;
            case RequestKind.Timestamp or RequestKind.Duration:
                ReadInstant(field, value).Seconds.TryFormat(buffer, out written, default, CultureInfo.InvariantCulture);
                break;
            default:
                ToInteger(field.Kind, value.Bits).TryFormat(buffer, out written, default, CultureInfo.InvariantCulture);
                break;
        }

        return buffer[..written];
    }

    /// <summary>The word of an enum's number; null where it is sent as the number.</summary>
    private static byte[]? WordOf(RequestField field, int number) =>
        field.Encoding == RequestEncoding.DecimalText ? null : field.EnumValues!.GetValueOrDefault(number);

    private (long Seconds, int Nanos) ReadInstant(RequestField field, in RequestElement value)
    {
        if (value.Chain < 0)
        {
            return (0, 0);
        }

        var plan = field.Message!;
        var frame = DecodeInside(plan, value.Chain, value.IsMerged);
        var seconds = (long)ValueOf(plan.Fields[0], frame).Bits;
        var nanos = (int)ValueOf(plan.Fields[1], frame).Bits;
        _state.CloseFrame(frame);
        return (seconds, nanos);
    }

    private static long ToInteger(RequestKind kind, ulong bits) => kind switch
    {
        RequestKind.Int32 or RequestKind.Enum or RequestKind.SFixed32 => (int)bits,
        RequestKind.UInt32 or RequestKind.Fixed32 => (uint)bits,
        RequestKind.SInt32 => (int)((uint)bits >> 1) ^ -(int)(bits & 1),
        RequestKind.SInt64 => (long)(bits >> 1) ^ -(long)(bits & 1),
        _ => (long)bits,
    };

    private static float ToSingle(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits);

    private static double ToDouble(ulong bits) => BitConverter.UInt64BitsToDouble(bits);
}
