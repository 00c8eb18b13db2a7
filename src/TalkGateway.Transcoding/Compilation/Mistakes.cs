namespace TalkGateway.Transcoding.Compilation;

/// <summary>Collects what is wrong with a contract, each with the file or the rpc it was found in.</summary>
internal sealed class Mistakes
{
    private readonly List<string> _lines = [];

    /// <summary>Name of the file, or full name of the rpc, that is looked at.</summary>
    public string Place { get; set; } = "";

    public void Add(string description)
    {
        var line = $"{Place}: {description}";
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
