using TalkGateway.Ocs.V1;

namespace TalkGateway.Transcoding.Answers;

// The document around the data.
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
        Descend(0);
        for (var more = _json.EnterObject(); more; more = _json.NextMember())
        {
            if (!_json.ReadName(out _).SequenceEqual("ocs"u8) || _json.Current != '{')
            {
                _json.SkipValue();
                continue;
            }

            found = true;
            Descend(0);
            for (var inside = _json.EnterObject(); inside; inside = _json.NextMember())
            {
                if (_json.ReadName(out _).SequenceEqual("data"u8))
                {
                    ReadData(plan);
                }
                else
                {
                    _json.SkipValue();
                }
            }

            Ascend(0);
        }

        Ascend(0);
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
        else if (plan.Message!.TakesNothing)
        {
            _json.SkipValue();
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
            _json.SkipValue();
            _json.Position = start;
            _json.Fail("the data is of a wrong kind");
        }
    }
}
