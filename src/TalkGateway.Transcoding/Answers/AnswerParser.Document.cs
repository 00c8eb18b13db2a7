using TalkGateway.Ocs.V1;

namespace TalkGateway.Transcoding.Answers;

// The document around the data, and the steps through objects and arrays.
internal ref partial struct AnswerParser
{
    /// <summary>Reads the whole body.</summary>
    public void ReadDocument(AnswerPlan plan)
    {
        _json.SkipWhitespace();
        if (plan.Format == AnswerFormat.Json)
        {
            ReadData(plan);
        }
        else if (_json.Current != '{' || !ReadEnvelope(plan))
        {
            _json.Fail("there is no OCS envelope");
        }

        _json.SkipWhitespace();
        if (_json.Position != _json.Json.Length)
        {
            _json.Fail("something follows the document");
        }
    }

    /// <summary>Writes the whole body as it is.</summary>
    public readonly void WriteBytes(byte[] tag)
    {
        WriteTag(tag);
        WriteString(_json.Json, escaped: false);
    }

    private bool ReadEnvelope(AnswerPlan plan)
    {
        var found = false;
        Descend();
        for (var more = EnterObject(); more; more = NextMember())
        {
            if (!TakeName("ocs"u8) || _json.Current != '{')
            {
                _json.SkipValue(_depth);
                continue;
            }

            found = true;
            Descend();
            for (var inside = EnterObject(); inside; inside = NextMember())
            {
                if (TakeName("data"u8))
                {
                    ReadData(plan);
                }
                else
                {
                    _json.SkipValue(_depth);
                }
            }

            _depth--;
        }

        _depth--;
        return found;
    }

    private void ReadData(AnswerPlan plan)
    {
        // A duplicate in front does not count.
        _output.Length = 0;
        var start = _json.Position;
        var fits = true;
        if (plan.Into is not null)
        {
            fits = ReadField(plan.Into) != Outcome.Unfit;
        }
        else if (plan.Message.TakesNothing)
        {
            _json.SkipValue(_depth);
        }
        else if (_json.Current == '{')
        {
            ReadObject(plan.Message);
        }
        else if (_json.Current == 'n')
        {
            _json.ExpectLiteral("null"u8);
        }
        else
        {
            fits = _json.TrySkipEmptyArray();
        }

        if (!fits)
        {
            // Where it is no JSON at all, that is what has to be said.
            _json.Position = start;
            _json.SkipValue(_depth);
            _json.Position = start;
            _json.Fail("the data is of a wrong kind");
        }
    }

    /// <summary>Steps into the object that stands here. False where it is empty; then it is left again.</summary>
    private bool EnterObject()
    {
        _json.Position++;
        _json.SkipWhitespace();
        if (_json.Current != '}')
        {
            return true;
        }

        _json.Position++;
        return false;
    }

    /// <summary>Steps to the next member, or out of the object.</summary>
    private bool NextMember()
    {
        _json.SkipWhitespace();
        if (_json.Current == '}')
        {
            _json.Position++;
            return false;
        }

        _json.Expect((byte)',', "a comma or a closing brace is expected");
        _json.SkipWhitespace();
        return true;
    }

    /// <summary>Steps into the array that stands here. False where it is empty; then it is left again.</summary>
    private bool EnterArray()
    {
        _json.Position++;
        _json.SkipWhitespace();
        if (_json.Current != ']')
        {
            return true;
        }

        _json.Position++;
        return false;
    }

    /// <summary>Steps to the next element, or out of the array.</summary>
    private bool NextElement()
    {
        _json.SkipWhitespace();
        if (_json.Current == ']')
        {
            _json.Position++;
            return false;
        }

        _json.Expect((byte)',', "a comma or a closing bracket is expected");
        _json.SkipWhitespace();
        return true;
    }

    /// <summary>Steps over a name and its colon, and tells whether it is this one.</summary>
    private bool TakeName(ReadOnlySpan<byte> name) => ReadName(out _).SequenceEqual(name);

    /// <summary>Steps over a name and its colon, up to the value.</summary>
    private ReadOnlySpan<byte> ReadName(out bool escaped)
    {
        if (_json.Current != '"')
        {
            _json.Fail("a name is expected");
        }

        var raw = _json.ReadString(out escaped);
        _json.Expect((byte)':', "a colon is expected");
        _json.SkipWhitespace();
        return raw;
    }
}
