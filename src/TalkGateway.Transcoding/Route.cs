using System.Buffers;
using TalkGateway.Ocs.V1;
using TalkGateway.Transcoding.Answers;
using TalkGateway.Transcoding.Requests;

namespace TalkGateway.Transcoding;

/// <summary>How one rpc is carried out on one server. Immutable, for any number of calls at once.</summary>
public sealed class Route
{
    private readonly RequestPlan[] _requests;
    private readonly AnswerPlan _answer;
    private readonly string _basePath;
    private readonly bool[] _dropped;
    private readonly (RequestField Field, string Missing)[] _lacking;

    /// <param name="requests">What the call's fields decide between; the last one is for all others.</param>
    /// <param name="answer">How the answer is read.</param>
    /// <param name="basePath">What the path templates continue.</param>
    /// <param name="facts">The server.</param>
    internal Route(RequestPlan[] requests, AnswerPlan answer, string basePath, IServerFacts facts)
    {
        _requests = requests;
        _answer = answer;
        _basePath = basePath;
        var plan = requests[^1];
        _dropped = new bool[plan.Message.SlotCount];
        foreach (var parameter in plan.Parameters)
        {
            _dropped[parameter.Field.Slot] = parameter.KnownWhen?.Holds(facts) == false;
        }

        _lacking = [.. from parameter in plan.Parameters
                       let missing = parameter.Needs?.FindMissing(facts)
                       where missing is not null
                       select (parameter.Field, missing)];
    }

    /// <summary>
    /// Base path and template, such as <c>/ocs/v2.php/apps/spreed/api/v4/room/{token}</c>: for telemetry. It may be another for calls
    /// with certain fields (<c>Variant.with_field</c>).
    /// </summary>
    public string PathTemplate => _basePath + _requests[^1].Path.Text;

    /// <summary>What the body of the answer is.</summary>
    public AnswerFormat Format => _answer.Format;

    /// <summary>Writes the HTTP request for a request message in protobuf's wire format. The target is reset first.</summary>
    /// <exception cref="InvalidRequestException">The message breaks the contract's rules.</exception>
    /// <exception cref="UnsupportedFieldException">A field that is set needs what the server does not have.</exception>
    public void WriteRequest(ReadOnlySpan<byte> message, UpstreamRequest target)
    {
        target.Reset();
        var state = RequestState.Rent();
        try
        {
            var writer = new RequestWriter(state, message);
            writer.Read(_requests[^1].Message);
            var request = Choose(writer);
            target.Method = request.Method;
            writer.Write(request, _basePath, _dropped, target);
            if (state.Violations is not null)
            {
                throw new InvalidRequestException(state.Violations);
            }

            target.Wait = request.Wait is { } wait ? writer.WaitOf(wait) : TimeSpan.Zero;
            foreach (var (field, missing) in _lacking)
            {
                if (writer.IsNonZero(field))
                {
                    throw new UnsupportedFieldException(field.Path, missing);
                }
            }
        }
        catch
        {
            target.Reset();
            throw;
        }
        finally
        {
            state.Return();
        }
    }

    /// <summary>Whether the status means "fine, nothing to tell" (<c>Answer.empty_on</c>), though it may be no 2xx.</summary>
    public bool IsEmptyStatus(int httpStatus) => _answer.EmptyOn.Contains(httpStatus);

    /// <summary>Writes the response message in protobuf's wire format for the answer of a call that went well.</summary>
    /// <exception cref="MalformedAnswerException">The body cannot be read. Nothing was written then.</exception>
    public void ReadAnswer(int httpStatus, IHeaderLookup headers, ReadOnlySpan<byte> body, IBufferWriter<byte> target) =>
        _answer.Read(httpStatus, headers, body, target);

    private RequestPlan Choose(RequestWriter writer)
    {
        foreach (var request in _requests)
        {
            if (request.WithField is not { } parameter || writer.IsSet(parameter))
            {
                return request;
            }
        }

        return _requests[^1];
    }
}
