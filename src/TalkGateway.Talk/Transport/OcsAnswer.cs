using System.Net.Http.Headers;
using TalkGateway.Memory;
using TalkGateway.Transcoding;

namespace TalkGateway.Talk.Transport;

/// <summary>
/// One complete HTTP answer. The body lies in a pooled buffer that goes back with <see cref="Dispose"/>: nobody may keep it longer.
/// </summary>
internal sealed class OcsAnswer : IHeaderLookup, IDisposable
{
    // OCS status of a path that the server does not have; HTTP says 404.
    private const int NoSuchRoute = 998;

    // What it says then. Servers before Nextcloud 23 say so with OCS status 404, as for a room that is not there.
    private const string InvalidQuery = "Invalid query, please check the syntax.";

    private readonly HttpResponseMessage _response;
    private readonly int _length;
    private byte[]? _buffer;
    private ByteHolding _holding;
    private OcsFailure? _envelope;
    private bool _isEnvelopeRead;

    /// <param name="response">The answer's head; disposed together with this.</param>
    /// <param name="buffer">From <see cref="Buffers"/>, which get it back; null for an empty body.</param>
    /// <param name="length">Bytes of the buffer that are the body.</param>
    /// <param name="holding">What the buffer counts for.</param>
    public OcsAnswer(HttpResponseMessage response, byte[]? buffer, int length, ByteHolding holding)
    {
        _holding = holding;
        _response = response;
        _buffer = buffer;
        _length = length;
    }

    /// <summary>The HTTP status.</summary>
    public int Status => (int)_response.StatusCode;

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Of a 401: the server accepts the caller's login all the same, so that it is this request that it refuses.</summary>
    public bool IsOfKnownCaller { get; set; }

    /// <summary>The body, decompressed.</summary>
    public ReadOnlyMemory<byte> Body => _buffer.AsMemory(0, _buffer is null ? 0 : _length);

    /// <summary>What the OCS envelope says of a failure; null where the body is no JSON in one. Read once, when it is first asked for.</summary>
    public OcsFailure? Envelope
    {
        get
        {
            if (!_isEnvelopeRead)
            {
                _ = OcsEnvelope.TryRead(Body.Span, out _envelope);
                _isEnvelopeRead = true;
            }

            return _envelope;
        }
    }

    /// <summary>
    /// Whether a 404 means that the server has no such path, not that it has no such thing: servers up to Nextcloud 20 may answer
    /// it in XML even where JSON was asked for, and others with OCS status 998, or with a text of their own. Old servers also say so when they fail inside.
    /// </summary>
    public bool IsNoSuchRoute => Status == 404 && (Envelope is null
        || Envelope.StatusCode == NoSuchRoute
        || Envelope.Message?.StartsWith(InvalidQuery, StringComparison.Ordinal) == true);

    /// <summary>Whether a 412 is the refusal of a request without valid cookies (no envelope), not a lobby (with one).</summary>
    public bool IsCsrfFailure => Status == 412 && Envelope is null;

    /// <summary>Value of a header, without regard to case; several are joined by a comma. Null where there is none.</summary>
    public string? Header(string name)
    {
        if (_response.Headers.NonValidated.TryGetValues(name, out var values)
            || _response.Content.Headers.NonValidated.TryGetValues(name, out values))
        {
            return values.ToString();
        }

        return null;
    }

    string? IHeaderLookup.Find(string name) => Header(name);

    /// <summary>The <c>Set-Cookie</c> headers in their order.</summary>
    public HeaderStringValues SetCookies =>
        _response.Headers.NonValidated.TryGetValues("Set-Cookie", out var values) ? values : default;

    /// <summary>What <c>Retry-After</c> asks for, or null; dates count from <paramref name="now"/>.</summary>
    public TimeSpan? RetryAfter(DateTimeOffset now)
    {
        if (_response.Headers.RetryAfter is not { } retryAfter)
        {
            return null;
        }

        var delay = retryAfter.Delta ?? retryAfter.Date - now;
        return delay < TimeSpan.Zero ? TimeSpan.Zero : delay;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            Buffers.Return(buffer);
            _holding.Release();
        }

        _response.Dispose();
    }
}
