using System.Buffers;
using TalkGateway.Ocs.V1;

namespace TalkGateway.Transcoding;

/// <summary>How one rpc is carried out on one server. Immutable, for any number of calls at once.</summary>
public sealed class Route
{
    internal Route()
    {
    }

    /// <summary>Method of the request; one that depends on the call's fields (<c>Variant.with_field</c>) may use another, see <see cref="UpstreamRequest.Method"/>.</summary>
    public HttpMethod Method => throw new NotImplementedException();

    /// <summary>Base path and template, such as <c>/ocs/v2.php/apps/spreed/api/v4/room/{token}</c>: for telemetry.</summary>
    public string PathTemplate => throw new NotImplementedException();

    /// <summary>What the body of the answer is.</summary>
    public AnswerFormat Format => throw new NotImplementedException();

    /// <summary>Writes the HTTP request for a request message in protobuf's wire format. The target is reset first.</summary>
    /// <exception cref="InvalidRequestException">The message breaks the contract's rules.</exception>
    /// <exception cref="UnsupportedFieldException">A field that is set needs what the server does not have.</exception>
    public void WriteRequest(ReadOnlySpan<byte> message, UpstreamRequest target) => throw new NotImplementedException();

    /// <summary>Whether the status means "fine, nothing to tell" (<c>Answer.empty_on</c>), though it may be no 2xx.</summary>
    public bool IsEmptyStatus(int httpStatus) => throw new NotImplementedException();

    /// <summary>Writes the response message in protobuf's wire format for the answer of a call that went well.</summary>
    /// <exception cref="MalformedAnswerException">The body cannot be read. Nothing was written then.</exception>
    public void ReadAnswer(int httpStatus, IHeaderLookup headers, ReadOnlySpan<byte> body, IBufferWriter<byte> target) =>
        throw new NotImplementedException();
}
