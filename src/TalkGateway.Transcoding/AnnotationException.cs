namespace TalkGateway.Transcoding;

/// <summary>The contract's annotations cannot be compiled. Lists every mistake, each beginning with the full name of its rpc.</summary>
public sealed class AnnotationException : Exception
{
    /// <summary>These mistakes, at least one.</summary>
    public AnnotationException(IReadOnlyList<string> mistakes)
        : base("The mapping annotations have mistakes:" + string.Concat(mistakes.Select(m => "\n  " + m)))
        => Mistakes = mistakes;

    /// <summary>One line per mistake: <c>package.Service.Method: what is wrong</c>.</summary>
    public IReadOnlyList<string> Mistakes { get; }
}
