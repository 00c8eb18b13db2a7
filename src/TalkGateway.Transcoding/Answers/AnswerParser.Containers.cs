using System.Buffers;

namespace TalkGateway.Transcoding.Answers;

// Values with values in them: messages, lists, maps and JSON inside strings. As in AnswerParser.Values.cs, Unfit leaves position and output anywhere.
internal ref partial struct AnswerParser
{
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
}
