namespace TalkGateway.Transcoding.Compilation;

/// <summary>Collects what is wrong with a contract, each with the rpc it was found in.</summary>
internal sealed class Mistakes
{
    private readonly List<string> _lines = [];

    /// <summary>Full name of the rpc being compiled.</summary>
    public string Rpc { get; set; } = "";

    public void Add(string description)
    {
        var line = $"{Rpc}: {description}";
        if (!_lines.Contains(line))
        {
            _lines.Add(line);
        }
    }

    public void ThrowIfAny()
    {
        if (_lines.Count > 0)
        {
            throw new AnnotationException(_lines);
        }
    }
}
