using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TalkGateway.Testing;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>
/// Stands for one recorded server: tells its capabilities, answers the exchange at hand as the server did, and everything
/// else that the gateway asks on the way with an answer of the same server to such a request.
/// </summary>
internal sealed class ReplayUpstream : HttpMessageHandler
{
    private const string CapabilitiesPath = "/ocs/v2.php/cloud/capabilities";
    private const string WhoAmIPath = "/ocs/v2.php/cloud/user";
    private static readonly byte[] NothingToTell = """{"ocs":{"meta":{"status":"ok","statuscode":200,"message":"OK"},"data":[]}}"""u8.ToArray();

    private readonly Lock _gate = new();
    private readonly byte[] _capabilities;
    private readonly IReadOnlyList<ReplayCase> _library;
    private readonly List<SentRequest> _seen = [];
    private ReplayCase? _current;

    public ReplayUpstream(RecordedServer server, IEnumerable<ReplayCase> cases)
    {
        _capabilities = OfItsTime(server);
        _library = [.. cases.Where(c => c is { Kind: ReplayKind.Whole, Exchange.Response.Status: 200 or 201 })];
    }

    /// <summary>What was asked since <see cref="Expect"/>, without questions for capabilities and for who the caller is.</summary>
    public IReadOnlyList<SentRequest> Seen
    {
        get
        {
            lock (_gate)
            {
                return [.. _seen];
            }
        }
    }

    /// <summary>Makes an exchange the one at hand.</summary>
    public void Expect(ReplayCase current)
    {
        lock (_gate)
        {
            _current = current;
            _seen.Clear();
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var sent = new SentRequest(request.Method.Method, request.RequestUri!.PathAndQuery, request.Content?.Headers.ContentType?.ToString(), body);
        lock (_gate)
        {
            if (_current is { } current && RequestComparison.Differences(current.Exchange, sent).Count == 0)
            {
                _seen.Add(sent);
                return Answer(current.Exchange.Response.Status, current.Exchange.Response.Headers, current.Exchange.Response.Bytes.ToArray());
            }

            if (request.RequestUri.AbsolutePath == WhoAmIPath)
            {
                // The login of a refused call is found out to be wrong when the server is asked about it.
                return _seen.Count > 0 && IsRefusedLogin(_current) ? Answer(401, Json, NothingToTell) : Answer(200, Json, NothingToTell);
            }

            if (request.RequestUri.AbsolutePath == CapabilitiesPath)
            {
                return Answer(200, Json, _capabilities);
            }

            _seen.Add(sent);
            return Answer(200, Json, FromLibrary(sent) ?? NothingToTell);
        }
    }

    private static readonly Dictionary<string, string> Json = new() { ["Content-Type"] = "application/json; charset=utf-8" };

    private static bool IsRefusedLogin(ReplayCase? replayed) =>
        replayed?.Exchange.Response is { Status: 401 } answer && !Encoding.UTF8.GetString(answer.Bytes.Span).Contains("must be an admin", StringComparison.Ordinal);

    private static HttpResponseMessage Answer(int status, IReadOnlyDictionary<string, string> headers, byte[] body)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(body) };
        foreach (var (name, value) in headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
            {
                response.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return response;
    }

    /// <summary>What the server answered to another request of the kind, made to fit the room that is asked for.</summary>
    private byte[]? FromLibrary(SentRequest sent)
    {
        var path = sent.PathAndQuery.Split('?')[0];
        foreach (var known in _library.Where(c => c.Call!.Method == sent.Method))
        {
            if (known.Call!.MatchPath(path) is { } fields)
            {
                var document = JsonNode.Parse(known.Exchange.Response.Bytes.Span)!;
                if (document["ocs"]?["data"] is JsonObject room && fields.TryGetValue("token", out var token) && room.ContainsKey("token"))
                {
                    room["token"] = token;
                    Overlay(room);
                }

                if (document["ocs"]?["data"] is JsonArray { Count: > 0 } participants && known.Rpc!.Operation.Id == "participant.list")
                {
                    AddNamedSession(participants);
                }

                return Encoding.UTF8.GetBytes(document.ToJsonString());
            }
        }

        return null;
    }

    /// <summary>A guest who is named by the session is among the participants.</summary>
    private void AddNamedSession(JsonArray participants)
    {
        var parameters = RequestBuilder.ParametersOf(_current!.Exchange.Request);
        var named = _current.Call!.Parameters.FirstOrDefault(p => p.FieldPath == "attendee.session_id" && parameters.ContainsKey(p.Name));
        if (named is not null)
        {
            var guest = participants[0]!.DeepClone();
            guest["userId"] = "";
            guest["sessionId"] = parameters[named.Name].GetString();
            participants.Add(guest);
        }
    }

    /// <summary>A room that is read after a change looks as the answer to the change said.</summary>
    private void Overlay(JsonObject room)
    {
        var said = _current!.Exchange.Response.Data;
        if (said.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in said.EnumerateObject())
            {
                room[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            }
        }
    }

    /// <summary>The capabilities with the version of the Nextcloud that this Talk belongs to; most were recorded on a newer one.</summary>
    private static byte[] OfItsTime(RecordedServer server)
    {
        var document = JsonNode.Parse(server.Capabilities.Response.Bytes.Span)!;
        document["ocs"]!["data"]!["version"]!["major"] = ReplayServer.NextcloudOf(server).Major;
        return Encoding.UTF8.GetBytes(document.ToJsonString());
    }
}
