using System.Text;

namespace TalkGateway.Transcoding;

/// <summary>
/// The HTTP request that a <see cref="Route"/> writes. It owns its memory and keeps it over <see cref="Reset"/>, so instances are
/// worth pooling; one serves one call at a time, and what it hands out is valid until its next reset.
/// </summary>
public sealed class UpstreamRequest
{
    private readonly List<KeyValuePair<string, string>> _headers = [];
    private readonly ByteBuffer _target = new(512);
    private readonly ByteBuffer _body = new(1024);
    private string? _pathAndQuery;

    /// <summary>Method of the request.</summary>
    public HttpMethod Method { get; internal set; } = HttpMethod.Get;

    /// <summary>Path and query, percent-encoded (RFC 3986), beginning with a slash.</summary>
    public string PathAndQuery => _pathAndQuery ??= Encoding.ASCII.GetString(_target.Written);

    /// <summary>The body; empty where there is none.</summary>
    public ReadOnlyMemory<byte> Body => _body.WrittenMemory;

    /// <summary>Content type of the body; null where there is none.</summary>
    public string? ContentType { get; internal set; }

    /// <summary>Headers that fields of the message go to.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => _headers;

    /// <summary>How long the server waits by intent before it answers (a long poll); zero where it does not.</summary>
    public TimeSpan Wait { get; internal set; }

    /// <summary>Whether the target has a query already.</summary>
    internal bool HasQuery { get; private set; }

    /// <summary>Path and query under construction, ASCII only.</summary>
    internal ByteBuffer Target => _target;

    /// <summary>Body under construction.</summary>
    internal ByteBuffer Content => _body;

    /// <summary>Makes it empty again.</summary>
    public void Reset()
    {
        Method = HttpMethod.Get;
        ContentType = null;
        HasQuery = false;
        Wait = TimeSpan.Zero;
        _pathAndQuery = null;
        _headers.Clear();
        _target.Clear();
        _body.Clear();
    }

    internal void AddHeader(string name, string value) => _headers.Add(new(name, value));

    /// <summary>Writes the separator in front of a query parameter.</summary>
    internal void BeginParameter()
    {
        _pathAndQuery = null;
        _target.Write(HasQuery ? (byte)'&' : (byte)'?');
        HasQuery = true;
    }
}
