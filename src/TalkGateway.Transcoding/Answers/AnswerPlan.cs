using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using TalkGateway.Ocs.V1;
using TalkGateway.Transcoding.Requests;

namespace TalkGateway.Transcoding.Answers;

/// <summary>How the answer of an rpc is read, from status, headers and body.</summary>
internal sealed record AnswerPlan
{
    public required AnswerFormat Format { get; init; }

    /// <summary>The response message, of whose fields the data fills those that come from nowhere else; null where <see cref="Into"/> takes it.</summary>
    public required AnswerMessage? Message { get; init; }

    /// <summary>Field that takes the data as a whole; null where the data's members are the fields.</summary>
    public required AnswerField? Into { get; init; }

    /// <summary>Tag of the field that takes the bytes of the body, for <see cref="AnswerFormat.Bytes"/>.</summary>
    public required byte[]? BytesTag { get; init; }

    public required IReadOnlySet<int> EmptyOn { get; init; }

    public required HeaderField[] Headers { get; init; }

    public required StatusField[] Statuses { get; init; }

    public void Read(int httpStatus, IHeaderLookup headers, ReadOnlySpan<byte> body, IBufferWriter<byte> target)
    {
        var state = AnswerState.Rent();
        try
        {
            if (!EmptyOn.Contains(httpStatus))
            {
                ReadBody(state, body);
            }

            foreach (var (field, name) in Headers)
            {
                if (headers.Find(name) is { } value)
                {
                    ReadHeader(state, field, value);
                }
            }

            foreach (var (field, statuses) in Statuses)
            {
                var text = statuses is null ? httpStatus.ToString(CultureInfo.InvariantCulture) : statuses.Contains(httpStatus) ? "1" : "0";
                ReadHeader(state, field, text);
            }

            target.Write(state.Output.Written);
        }
        finally
        {
            state.Return();
        }
    }

    private void ReadBody(AnswerState state, ReadOnlySpan<byte> body)
    {
        if (Format == AnswerFormat.Bytes)
        {
            if (!body.IsEmpty)
            {
                new AnswerParser(state, body).WriteBytes(BytesTag!);
            }

            return;
        }

        if (!Utf8.IsValid(body))
        {
            throw new MalformedAnswerException("it is no UTF-8", FirstInvalidByte(body));
        }

        new AnswerParser(state, body).ReadDocument(this);
    }

    /// <summary>Headers are read with the leniency of JSON strings; one that does not fit its field is left out.</summary>
    private static void ReadHeader(AnswerState state, AnswerField field, string value)
    {
        // As a JSON string, so that there is one set of rules.
        state.HeaderText.Clear();
        JsonOutput.WriteString(System.Text.Encoding.UTF8.GetBytes(value), state.HeaderText);
        var start = state.Output.Length;
        if (new AnswerParser(state, state.HeaderText.Written).ReadField(field) == Outcome.Unfit)
        {
            state.Output.Length = start;
        }
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> body)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(body[at..], out _, out var length) == OperationStatus.Done)
        {
            at += length;
        }

        return at;
    }
}

/// <summary>A field that a header fills.</summary>
internal sealed record HeaderField(AnswerField Field, string Name);

/// <summary>A field that the HTTP status fills: with the number, or for a bool by whether it is among these.</summary>
internal sealed record StatusField(AnswerField Field, IReadOnlySet<int>? Statuses);
