using System.Text.Unicode;

namespace TalkGateway.Transcoding.Requests;

// Values as JSON.
internal readonly ref partial struct RequestWriter
{
    /// <summary>Writes the value of a field, which is set or has no presence.</summary>
    private void WriteJson(RequestField field, int frame, ByteBuffer target)
    {
        if (field.Encoding != RequestEncoding.JsonText)
        {
            WriteJsonPlain(field, frame, target);
            return;
        }

        var text = new ByteBuffer(256);
        WriteJsonPlain(field, frame, text);
        JsonOutput.WriteString(text.Written, target);
    }

    private void WriteJsonPlain(RequestField field, int frame, ByteBuffer target)
    {
        switch (field.Shape)
        {
            case RequestShape.Single:
                WriteJsonValue(field, ValueOf(field, frame), target);
                break;
            case RequestShape.List:
                WriteJsonList(field, frame, target);
                break;
            default:
                WriteJsonMap(field, frame, target);
                break;
        }
    }

    private void WriteJsonList(RequestField field, int frame, ByteBuffer target)
    {
        if (IsTooLong(field, frame))
        {
            return;
        }

        Descend();
        target.Write((byte)'[');
        var elements = new ElementCursor(_state, _message, field, frame);
        while (elements.TryNext(out var element))
        {
            if (elements.Index > 0)
            {
                target.Write((byte)',');
            }

            _state.Steps.Add((null, elements.Index));
            WriteJsonValue(field, element, target);
            _state.Steps.RemoveAt(_state.Steps.Count - 1);
        }

        CheckBroken(elements);
        target.Write((byte)']');
        _state.Depth--;
    }

    private void WriteJsonMap(RequestField field, int frame, ByteBuffer target)
    {
        if (IsTooLong(field, frame))
        {
            return;
        }

        Descend();
        var entryPlan = field.Message!;
        var (keyField, valueField) = (entryPlan.Fields[0], entryPlan.Fields[1]);
        var last = FindLastEntries(field, frame);
        target.Write((byte)'{');
        var separator = false;
        var entries = new ElementCursor(_state, _message, field, frame);
        while (entries.TryNext(out var entry))
        {
            var inside = DecodeInside(entryPlan, entry.Chain, merge: false);
            var key = KeyOf(keyField, inside);
            if (last is null || last[key] == entries.Index)
            {
                if (separator)
                {
                    target.Write((byte)',');
                }

                separator = true;
                JsonOutput.WriteString(System.Text.Encoding.UTF8.GetBytes(key), target);
                target.Write((byte)':');
                _state.Steps.Add(($"[{key}]", 0));
                WriteJson(valueField, inside, target);
                _state.Steps.RemoveAt(_state.Steps.Count - 1);
            }

            _state.CloseFrame(inside);
        }

        target.Write((byte)'}');
        _state.Depth--;
    }

    /// <summary>The last entry of each key, which is the one that counts; null where there is one entry only.</summary>
    private Dictionary<string, int>? FindLastEntries(RequestField field, int frame)
    {
        if (_state.Slot(frame + field.Slot).Count <= 1)
        {
            return null;
        }

        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        var entries = new ElementCursor(_state, _message, field, frame);
        while (entries.TryNext(out var entry))
        {
            var inside = DecodeInside(field.Message!, entry.Chain, merge: false);
            last[KeyOf(field.Message!.Fields[0], inside)] = entries.Index;
            _state.CloseFrame(inside);
        }

        return last;
    }

    private string KeyOf(RequestField key, int frame)
    {
        var value = ValueOf(key, frame);
        Span<byte> buffer = stackalloc byte[32];
        var text = key.Kind == RequestKind.Bool ? (value.Bits != 0 ? "true"u8 : "false"u8) : TextOf(key, value, buffer);
        if (!Utf8.IsValid(text))
        {
            _state.AddViolation("has a key that is not valid UTF-8");
        }

        return System.Text.Encoding.UTF8.GetString(text);
    }

    private void WriteJsonValue(RequestField field, in RequestElement value, ByteBuffer target)
    {
        if (!Check(field, value))
        {
            // Nothing will be sent; only further mistakes are of interest.
            return;
        }

        Span<byte> buffer = stackalloc byte[32];
        switch (field.Kind)
        {
            case RequestKind.Message:
                WriteJsonMessage(field.Message!, value, target);
                break;
            case RequestKind.Struct or RequestKind.Value or RequestKind.ListValue:
                WriteDynamic(field, value, target);
                break;
            case RequestKind.Bool when field.Encoding == RequestEncoding.Natural:
                target.Write(value.Bits != 0 ? "true"u8 : "false"u8);
                break;
            case RequestKind.String:
                JsonOutput.WriteString(TextOf(field, value, buffer), target);
                break;
            case RequestKind.Enum when WordOf(field, (int)value.Bits) is { } word:
                JsonOutput.WriteString(word, target);
                break;
            default:
                var text = TextOf(field, value, buffer);
                if (field.Encoding == RequestEncoding.DecimalText)
                {
                    JsonOutput.WriteString(text, target);
                }
                else
                {
                    target.Write(text);
                }

                break;
        }
    }

    private void WriteJsonMessage(RequestMessage plan, in RequestElement value, ByteBuffer target)
    {
        Descend();
        var frame = value.Chain < 0 ? _state.OpenFrame(plan.SlotCount) : DecodeInside(plan, value.Chain, value.IsMerged);
        target.Write((byte)'{');
        var separator = false;
        foreach (var field in plan.Fields)
        {
            _state.Steps.Add((field.Name, 0));
            if (field.Rules.Required && !IsSet(field, frame))
            {
                _state.AddViolation("is required");
            }
            else if (!field.IsGatewayOnly && IsWritten(field, frame))
            {
                if (separator)
                {
                    target.Write((byte)',');
                }

                separator = true;
                target.Write(field.JsonName);
                WriteJson(field, frame, target);
            }

            _state.Steps.RemoveAt(_state.Steps.Count - 1);
        }

        target.Write((byte)'}');
        _state.CloseFrame(frame);
        _state.Depth--;
    }

    /// <summary>google.protobuf.Struct, Value and ListValue: the JSON they stand for.</summary>
    private void WriteDynamic(RequestField field, in RequestElement value, ByteBuffer target)
    {
        var plan = field.Message!;
        var frame = value.Chain < 0 ? _state.OpenFrame(plan.SlotCount) : DecodeInside(plan, value.Chain, value.IsMerged);
        if (field.Kind == RequestKind.Struct)
        {
            WriteJsonMap(plan.Fields[0], frame, target);
        }
        else if (field.Kind == RequestKind.ListValue)
        {
            WriteJsonList(plan.Fields[0], frame, target);
        }
        else
        {
            WriteKind(plan, frame, target);
        }

        _state.CloseFrame(frame);
    }

    /// <summary>The one member of a Value that is set; null where none is.</summary>
    private void WriteKind(RequestMessage plan, int frame, ByteBuffer target)
    {
        foreach (var member in plan.Fields)
        {
            if (_state.Slot(frame + member.Slot).Count == 0 || member.Kind == RequestKind.Enum)
            {
                continue;
            }

            WriteJson(member, frame, target);
            return;
        }

        target.Write("null"u8);
    }

    private void Descend()
    {
        if (_state.Depth >= MaxDepth)
        {
            _state.AddViolation("is nested too deeply");
            throw new InvalidRequestException(_state.Violations!);
        }

        _state.Depth++;
    }
}
