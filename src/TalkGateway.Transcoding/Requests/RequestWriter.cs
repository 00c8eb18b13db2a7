using System.Text;

namespace TalkGateway.Transcoding.Requests;

/// <summary>
/// Writes the HTTP request for one message. The message is first taken apart into slots, one per field, because the wire may hold
/// fields in any order and several times; then every parameter is checked and written where it goes.
/// </summary>
internal readonly ref partial struct RequestWriter(RequestState state, ReadOnlySpan<byte> message)
{
    // So deep a JSON document is no request anybody means; servers refuse it as well.
    private const int MaxDepth = 64;

    private readonly RequestState _state = state;
    private readonly ReadOnlySpan<byte> _message = message;

    /// <summary>Takes the request message apart; its frame begins at slot 0.</summary>
    public void Read(RequestMessage plan)
    {
        _state.OpenFrame(plan.SlotCount);
        Decode(plan, 0, 0, _message.Length);
    }

    /// <summary>Whether a field is set: present, or not zero where it has no presence.</summary>
    public bool IsSet(RequestField field, int frame = 0)
    {
        ref readonly var slot = ref _state.Slot(frame + field.Slot);
        if (slot.Count == 0)
        {
            return false;
        }

        return field.HasPresence || field.Shape != RequestShape.Single || !IsZero(field, _state.Occurrence(slot.Last));
    }

    /// <summary>Whether a parameter is set, within flattened messages that are.</summary>
    public bool IsSet(Parameter parameter) => IsActive(parameter) && IsSet(parameter.Field);

    /// <summary>Whether a parameter is set to anything but its zero value.</summary>
    public bool IsNonZero(RequestField field)
    {
        ref readonly var slot = ref _state.Slot(field.Slot);
        return slot.Count > 0 && (field.Shape != RequestShape.Single || IsMessage(field.Kind) || !IsZero(field, _state.Occurrence(slot.Last)));
    }

    /// <summary>Checks everything about a parameter that does not depend on where it goes, and writes it there.</summary>
    public void Write(RequestPlan plan, string basePath, bool[] dropped, UpstreamRequest target)
    {
        CheckPresence(plan);
        WritePath(plan, basePath, target);
        foreach (var parameter in plan.Parameters)
        {
            _state.Steps.Add((parameter.Field.Path, 0));
            if (parameter.Place == ParameterPlace.Query && !dropped[parameter.Field.Slot])
            {
                WriteQuery(parameter, target);
            }
            else if (parameter.Place == ParameterPlace.Header && !dropped[parameter.Field.Slot])
            {
                WriteHeader(parameter, target);
            }
            else if (parameter.Place != ParameterPlace.Path && (parameter.Place != ParameterPlace.Body || dropped[parameter.Field.Slot]))
            {
                // Not carried, but what is wrong is wrong: its value is written to nowhere.
                WriteNowhere(parameter.Field);
            }

            _state.Steps.Clear();
        }

        if (plan.HasBody)
        {
            if (plan.IsMultipart)
            {
                WriteMultipart(plan, dropped, target);
            }
            else
            {
                WriteBody(plan, dropped, target);
            }
        }
    }

    private static bool IsMessage(RequestKind kind) => kind >= RequestKind.Message;

    private static bool IsZero(RequestField field, in Occurrence value) => field.Kind switch
    {
        RequestKind.String or RequestKind.Bytes => value.Length == 0,
        >= RequestKind.Message => false,
        RequestKind.Int32 or RequestKind.UInt32 or RequestKind.SInt32 or RequestKind.Enum => (uint)value.Bits == 0,
        _ => value.Bits == 0,
    };

    private void Decode(RequestMessage plan, int frame, int start, int end)
    {
        var cursor = new WireCursor(_message, start, end);
        while (!cursor.IsAtEnd)
        {
            if (!cursor.TryReadTag(out var number, out var wireType))
            {
                throw Malformed();
            }

            var field = plan.Find(number);
            if (field is null)
            {
                if (!cursor.TrySkip(number, wireType))
                {
                    throw Malformed();
                }

                continue;
            }

            var isPacked = wireType == 2 && field.Shape == RequestShape.List && field.WireType != 2;
            if (wireType != field.WireType && !isPacked)
            {
                _state.Steps.Add((field.Path, 0));
                _state.AddViolation("is not encoded as its type demands");
                _state.Steps.RemoveAt(_state.Steps.Count - 1);
                if (!cursor.TrySkip(number, wireType))
                {
                    throw Malformed();
                }

                continue;
            }

            if (!cursor.TryReadValue(wireType, out var value))
            {
                throw Malformed();
            }

            foreach (var (first, count) in field.Rivals)
            {
                _state.Clear(frame + first, count);
            }

            if (field.IsFlattened)
            {
                _state.Set(frame + field.Slot, value);
                Decode(field.Message!, frame, value.Start, value.Start + value.Length);
            }
            else if (field.Shape == RequestShape.Single && !IsMessage(field.Kind))
            {
                _state.Set(frame + field.Slot, value);
            }
            else
            {
                _state.Add(frame + field.Slot, value);
            }
        }
    }

    /// <summary>Opens a frame for a message inside and takes its parts apart: one, or all that are to be merged.</summary>
    private int DecodeInside(RequestMessage plan, int occurrence, bool merge)
    {
        var frame = _state.OpenFrame(plan.SlotCount);
        for (var next = occurrence; next >= 0; next = merge ? _state.Occurrence(next).Next : -1)
        {
            var part = _state.Occurrence(next);
            Decode(plan, frame, part.Start, part.Start + part.Length);
        }

        return frame;
    }

    /// <summary>Required parameters, and the messages whose members they are.</summary>
    private void CheckPresence(RequestPlan plan)
    {
        foreach (var parameter in plan.Parameters)
        {
            var isRequired = parameter.Place == ParameterPlace.Path || (parameter.Field.Rules.Required && IsActive(parameter));
            if (isRequired && !(IsActive(parameter) && IsFilled(parameter)))
            {
                _state.Steps.Add((parameter.Field.Path, 0));
                _state.AddViolation("is required");
                _state.Steps.Clear();
            }
        }
    }

    /// <summary>Set, and not empty. Zero in a path counts where the annotation does not ask for more.</summary>
    private bool IsFilled(Parameter parameter)
    {
        var field = parameter.Field;
        if (field.Kind is RequestKind.String or RequestKind.Bytes && field.Shape == RequestShape.Single)
        {
            return IsNonZero(field);
        }

        return IsSet(field) || (parameter.Place == ParameterPlace.Path && !field.HasPresence && !field.Rules.Required);
    }

    private bool IsActive(Parameter parameter)
    {
        foreach (var slot in parameter.Ancestors)
        {
            if (_state.Slot(slot).Count == 0)
            {
                return false;
            }
        }

        return true;
    }

    private bool IsSent(Parameter parameter) => IsWritten(parameter.Field, 0) && IsActive(parameter);

    /// <summary>What has presence is written when it is set, lists and maps when they hold something, the rest always.</summary>
    private bool IsWritten(RequestField field, int frame)
    {
        ref readonly var slot = ref _state.Slot(frame + field.Slot);
        if (field.IsZeroWordless && field.Shape == RequestShape.Single && (slot.Count == 0 || (int)_state.Occurrence(slot.First).Bits == 0))
        {
            return false;
        }

        return slot.Count > 0 || (!field.HasPresence && field.Shape == RequestShape.Single);
    }

    private void WritePath(RequestPlan plan, string basePath, UpstreamRequest target)
    {
        Encoding.ASCII.GetBytes(basePath, target.Target);
        var template = plan.Path;
        Span<byte> buffer = stackalloc byte[32];
        for (var i = 0; i < plan.PathParameters.Length; i++)
        {
            target.Target.Write(template.Literals[i]);
            var field = plan.PathParameters[i].Field;
            _state.Steps.Add((field.Path, 0));
            if (Check(field, ValueOf(field)))
            {
                var text = TextOf(field, ValueOf(field), buffer);
                if (HasControl(text))
                {
                    _state.AddViolation("holds a control character");
                }
                else if (IsDotSegment(text))
                {
                    _state.AddViolation("holds a path segment of dots");
                }
                else
                {
                    PercentEncoding.Write(text, target.Target);
                }
            }

            _state.Steps.Clear();
        }

        target.Target.Write(template.Literals[^1]);
    }

    private void WriteQuery(Parameter parameter, UpstreamRequest target)
    {
        if (!IsSent(parameter))
        {
            return;
        }

        var field = parameter.Field;
        if (field.Encoding == RequestEncoding.JsonText)
        {
            _state.Scratch.Clear();
            WriteJsonPlain(field, 0, _state.Scratch);
            BeginQuery(parameter, target);
            PercentEncoding.Write(_state.Scratch.Written, target.Target);
            return;
        }

        Span<byte> buffer = stackalloc byte[32];
        if (field.Shape == RequestShape.Single)
        {
            var value = ValueOf(field);
            if (Check(field, value))
            {
                BeginQuery(parameter, target);
                PercentEncoding.Write(TextOf(field, value, buffer), target.Target);
            }

            return;
        }

        if (IsTooLong(field))
        {
            return;
        }

        var elements = new ElementCursor(_state, _message, field);
        while (elements.TryNext(out var element))
        {
            _state.Steps.Add((null, elements.Index));
            if (Check(field, element))
            {
                BeginQuery(parameter, target);
                PercentEncoding.Write(TextOf(field, element, buffer), target.Target);
            }

            _state.Steps.RemoveAt(_state.Steps.Count - 1);
        }

        CheckBroken(elements);
    }

    private static void BeginQuery(Parameter parameter, UpstreamRequest target)
    {
        target.BeginParameter();
        target.Target.Write(parameter.Prefix);
    }

    private void WriteHeader(Parameter parameter, UpstreamRequest target)
    {
        var field = parameter.Field;
        if (!IsSent(parameter) || !Check(field, ValueOf(field)))
        {
            return;
        }

        Span<byte> buffer = stackalloc byte[32];
        var text = TextOf(field, ValueOf(field), buffer);
        if (text.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            _state.AddViolation("holds a character that no header can");
            return;
        }

        target.AddHeader(parameter.Name, Encoding.ASCII.GetString(text));
    }

    private void WriteBody(RequestPlan plan, bool[] dropped, UpstreamRequest target)
    {
        target.ContentType = "application/json";
        var body = target.Content;
        body.Write((byte)'{');
        var separator = false;
        foreach (var parameter in plan.Parameters)
        {
            if (parameter.Place != ParameterPlace.Body || dropped[parameter.Field.Slot] || !IsSent(parameter))
            {
                continue;
            }

            if (separator)
            {
                body.Write((byte)',');
            }

            separator = true;
            body.Write(parameter.Prefix);
            _state.Steps.Add((parameter.Field.Path, 0));
            WriteJson(parameter.Field, 0, body);
            _state.Steps.Clear();
        }

        body.Write((byte)'}');
    }

    /// <summary>Checks a value that is not carried.</summary>
    private void WriteNowhere(RequestField field)
    {
        if (_state.Slot(field.Slot).Count == 0 || field.IsFlattened || field.Kind == RequestKind.Bytes)
        {
            return;
        }

        _state.Scratch.Clear();
        WriteJson(field, 0, _state.Scratch);
        _state.Scratch.Clear();
    }

    private static bool HasControl(ReadOnlySpan<byte> utf8)
    {
        for (var i = 0; i < utf8.Length; i++)
        {
            // C0, DEL, and C1 in its two bytes.
            if (utf8[i] is < 0x20 or 0x7F || (utf8[i] == 0xC2 && i + 1 < utf8.Length && utf8[i + 1] < 0xA0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a part between slashes is "." or "..", which clients and servers resolve even where they are encoded.</summary>
    private static bool IsDotSegment(ReadOnlySpan<byte> utf8)
    {
        foreach (var range in utf8.SplitAny((byte)'/', (byte)'\\'))
        {
            if (utf8[range] is [(byte)'.'] or [(byte)'.', (byte)'.'])
            {
                return true;
            }
        }

        return false;
    }

    private static InvalidRequestException Malformed() =>
        new([new FieldViolation("", "the message is no valid protobuf")]);
}
