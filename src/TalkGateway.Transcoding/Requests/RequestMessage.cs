namespace TalkGateway.Transcoding.Requests;

/// <summary>The fields of a request message, or of one inside it.</summary>
internal sealed class RequestMessage
{
    private RequestField?[] _byNumber = [];
    private Dictionary<int, RequestField>? _sparse;

    public required string FullName { get; init; }

    /// <summary>In the order of declaration.</summary>
    public RequestField[] Fields { get; private set; } = [];

    /// <summary>Slots that a frame of the message needs, those of flattened members included.</summary>
    public int SlotCount { get; private set; }

    /// <summary>Completes the plan; apart from construction, since messages can hold themselves.</summary>
    public void Complete(RequestField[] fields, int slotCount)
    {
        Fields = fields;
        SlotCount = slotCount;
        var largest = fields.Select(field => field.Number).DefaultIfEmpty().Max();
        if (largest > 1024)
        {
            _sparse = fields.ToDictionary(field => field.Number);
            return;
        }

        _byNumber = new RequestField?[largest + 1];
        foreach (var field in fields)
        {
            _byNumber[field.Number] = field;
        }
    }

    public RequestField? Find(int number)
    {
        if (_sparse is not null)
        {
            return _sparse.GetValueOrDefault(number);
        }

        return (uint)number < (uint)_byNumber.Length ? _byNumber[number] : null;
    }
}
