namespace TalkGateway.Transcoding;

/// <summary>The headers of an answer.</summary>
public interface IHeaderLookup
{
    /// <summary>Value of a header, its name compared without case; null where the answer does not have it.</summary>
    string? Find(string name);
}
