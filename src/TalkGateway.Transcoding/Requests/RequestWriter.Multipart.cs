using System.Security.Cryptography;
using System.Text;

namespace TalkGateway.Transcoding.Requests;

// multipart/form-data (RFC 7578).
internal readonly ref partial struct RequestWriter
{
    private void WriteMultipart(RequestPlan plan, bool[] dropped, UpstreamRequest target)
    {
        // 128 random bits: no content can hold it but by design of somebody who guesses them.
        var boundary = RandomNumberGenerator.GetHexString(32);
        target.ContentType = $"multipart/form-data; boundary={boundary}";
        Span<byte> buffer = stackalloc byte[32];
        foreach (var parameter in plan.Parameters)
        {
            var field = parameter.Field;
            if (parameter.Place != ParameterPlace.Body || dropped[field.Slot] || !IsSent(parameter))
            {
                continue;
            }

            _state.Steps.Add((field.Path, 0));
            if (field.Encoding == RequestEncoding.JsonText || field.Kind is RequestKind.Struct or RequestKind.Value or RequestKind.ListValue)
            {
                BeginPart(parameter, boundary, target.Content);
                WriteJsonPlain(field, 0, target.Content);
                target.Content.Write("\r\n"u8);
            }
            else if (field.Shape == RequestShape.Single)
            {
                WritePart(parameter, ValueOf(field), boundary, buffer, target.Content);
            }
            else if (!IsTooLong(field))
            {
                var elements = new ElementCursor(_state, _message, field);
                while (elements.TryNext(out var element))
                {
                    _state.Steps.Add((null, elements.Index));
                    WritePart(parameter, element, boundary, buffer, target.Content);
                    _state.Steps.RemoveAt(_state.Steps.Count - 1);
                }

                CheckBroken(elements);
            }

            _state.Steps.Clear();
        }

        target.Content.Write("--"u8);
        Encoding.ASCII.GetBytes(boundary, target.Content);
        target.Content.Write("--\r\n"u8);
    }

    private void WritePart(Parameter parameter, in RequestElement value, string boundary, Span<byte> buffer, ByteBuffer target)
    {
        if (!Check(parameter.Field, value))
        {
            return;
        }

        BeginPart(parameter, boundary, target);
        target.Write(TextOf(parameter.Field, value, buffer));
        target.Write("\r\n"u8);
    }

    private static void BeginPart(Parameter parameter, string boundary, ByteBuffer target)
    {
        var isFile = parameter.Field.Kind == RequestKind.Bytes;
        var name = parameter.Field.Shape == RequestShape.List && parameter.Field.Encoding != RequestEncoding.JsonText ? parameter.Name + "[]" : parameter.Name;
        var disposition = isFile ? $"; filename=\"{parameter.Name}\"\r\nContent-Type: application/octet-stream" : "";
        Encoding.ASCII.GetBytes($"--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{disposition}\r\n\r\n", target);
    }
}
