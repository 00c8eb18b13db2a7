namespace TalkGateway.Transcoding.Answers;

// google.protobuf.Struct, Value and ListValue: any JSON. An empty key is called _empty_, and what is nested too deeply stays JSON, as text.
internal ref partial struct AnswerParser
{
    // A double holds every whole number up to this; larger ones are kept as text, so that no digit is lost.
    private const ulong MaxExactDouble = 1ul << 53;

    // ProtoJSON cannot say a Struct's empty key in every language; PHP itself once called such a member so.
    private static ReadOnlySpan<byte> EmptyKey => "_empty_"u8;

    // Struct, entry and Value; ListValue and Value.
    private const int NestingOfStruct = 3;
    private const int NestingOfList = 2;

    private Outcome ReadStruct(AnswerField field)
    {
        if (_json.Current != '{')
        {
            return _json.TrySkipEmptyArray() ? Outcome.Absent : Outcome.Unfit;
        }

        WriteTag(field.Tag);
        var start = BeginLength(1);
        WriteStruct();
        EndLength(start, 1);
        return Outcome.Written;
    }

    private Outcome ReadDynamic(AnswerField field)
    {
        WriteTag(field.Tag);
        var start = BeginLength(1);
        WriteValue();
        EndLength(start, 1);
        return Outcome.Written;
    }

    private Outcome ReadListValue(AnswerField field)
    {
        if (_json.Current == '{')
        {
            return Outcome.Unfit;
        }

        WriteTag(field.Tag);
        var start = BeginLength(1);
        if (_json.Current == '[')
        {
            WriteListValue();
        }
        else
        {
            WriteListElement();
        }

        EndLength(start, 1);
        return Outcome.Written;
    }

    /// <summary>At an object: the fields of a Struct.</summary>
    private void WriteStruct()
    {
        Descend(NestingOfStruct);
        for (var more = _json.EnterObject(); more; more = _json.NextMember())
        {
            var name = _json.ReadName(out var escaped);
            WriteStructEntry(name, escaped);
        }

        Ascend(NestingOfStruct);
    }

    /// <summary>At a value: an entry of a Struct's fields (number 1, a map from string to Value).</summary>
    private void WriteStructEntry(ReadOnlySpan<byte> name, bool escaped)
    {
        _output.Write(0x0A);
        var entry = BeginLength(1);
        _output.Write(0x0A);
        WriteString(name.IsEmpty ? EmptyKey : name, escaped);
        _output.Write(0x12);
        var value = BeginLength(1);
        WriteValue();
        EndLength(value, 1);
        EndLength(entry, 1);
    }

    /// <summary>At an array: the values of a ListValue.</summary>
    private void WriteListValue()
    {
        Descend(NestingOfList);
        for (var more = _json.EnterArray(); more; more = _json.NextElement())
        {
            WriteListElement();
        }

        Ascend(NestingOfList);
    }

    private void WriteListElement()
    {
        _output.Write(0x0A);
        var start = BeginLength(1);
        WriteValue();
        EndLength(start, 1);
    }

    /// <summary>The one field of a Value that its kind calls for.</summary>
    private void WriteValue()
    {
        switch (_json.Current)
        {
            case (byte)'"':
                _output.Write(0x1A);
                var raw = _json.ReadString(out var escaped);
                WriteString(raw, escaped);
                break;
            case (byte)'{' when !HasRoom(NestingOfStruct):
            case (byte)'[' when !HasRoom(NestingOfList):
                WriteTooDeep();
                break;
            case (byte)'{':
                _output.Write(0x2A);
                var members = BeginLength(1);
                WriteStruct();
                EndLength(members, 1);
                break;
            case (byte)'[':
                _output.Write(0x32);
                var elements = BeginLength(1);
                WriteListValue();
                EndLength(elements, 1);
                break;
            case (byte)'t':
                _json.ExpectLiteral("true"u8);
                _output.Write([0x20, 1]);
                break;
            case (byte)'f':
                _json.ExpectLiteral("false"u8);
                _output.Write([0x20, 0]);
                break;
            case (byte)'n':
                _json.ExpectLiteral("null"u8);
                _output.Write([0x08, 0]);
                break;
            default:
                WriteNumber();
                break;
        }
    }

    /// <summary>
    /// At an object or array deeper than messages may be nested: its JSON as text. Users put any object into Talk's, and one of them
    /// must not make a list unreadable for everybody.
    /// </summary>
    private void WriteTooDeep()
    {
        var start = _json.Position;
        _json.SkipValue();
        _output.Write(0x1A);
        WriteString(_json.Json[start.._json.Position], escaped: false);
    }

    private void WriteNumber()
    {
        if (!TryReadNumber(out var number))
        {
            _json.Fail("a value is expected");
        }

        var isInteger = number.Text.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0;
        var value = number.ToDouble();
        if ((isInteger && (!number.IsWhole || number.Magnitude > MaxExactDouble)) || double.IsInfinity(value))
        {
            _output.Write(0x1A);
            WriteString(number.Text, escaped: false);
            return;
        }

        _output.Write(0x11);
        WriteDouble(value);
    }
}
