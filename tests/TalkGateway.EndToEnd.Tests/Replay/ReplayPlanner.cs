using System.Text.RegularExpressions;
using Google.Protobuf;
using TalkGateway.Ocs.V1;
using TalkGateway.Testing;
using TalkGateway.Transcoding;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>Decides what each recorded exchange of a server is good for.</summary>
internal sealed partial class ReplayPlanner(IReadOnlyList<ContractRpc> contract, PlanSet plans)
{
    private readonly Dictionary<string, ContractRpc> _byOperation = contract.ToDictionary(rpc => rpc.Operation.Id);

    /// <summary>Every exchange of a server, each with its fate.</summary>
    public IReadOnlyList<ReplayCase> Plan(RecordedServer recorded)
    {
        var server = ReplayServer.Of(recorded);
        return [.. recorded.Exchanges.Select(exchange => Plan(exchange, server))];
    }

    private ReplayCase Plan(RecordedExchange exchange, ReplayServer server)
    {
        var operation = ReplayTables.Find(ReplayTables.OperationAliases, alias => alias.Recorded == exchange.Operation)?.Operation ?? exchange.Operation;
        if (!_byOperation.TryGetValue(operation, out var rpc))
        {
            return new ReplayCase(exchange, ReplayKind.Unexplained, $"the contract has no {operation}");
        }

        if (!rpc.IsOfferedBy(server))
        {
            return NotOffered(exchange, rpc, server);
        }

        if (MatchingCall(exchange, rpc, server) is not var (call, path))
        {
            return OtherWay(exchange, rpc, server);
        }

        var found = new ReplayCase(exchange, ReplayKind.Whole, "", rpc, server, call);
        if (exchange.Request.UnusualHeaders.Keys.FirstOrDefault(name => !IsUsual(name, call)) is { } odd)
        {
            return ReplayTables.Find(ReplayTables.OddHeaders, header => header.Name == odd) is { } explained
                ? found with { Kind = ReplayKind.AnswerOnly, Reason = explained.Reason }
                : found with { Kind = ReplayKind.Unexplained, Reason = $"header {odd}" };
        }

        if (exchange.Request.Encoding == BodyEncoding.Raw)
        {
            return found with { Kind = ReplayKind.AnswerOnly, Reason = "The gateway writes well-formed JSON." };
        }

        var (request, unsayable) = RequestBuilder.Build(rpc, call, path, exchange.Request);
        found = found with { Request = request };
        foreach (var problem in unsayable)
        {
            if (ReplayTables.Find(ReplayTables.Unsayable, rule => rule.Covers(exchange, problem)) is not { } rule)
            {
                return found with { Kind = ReplayKind.Unexplained, Reason = $"{problem}" };
            }

            found = found with { Kind = ReplayKind.AnswerOnly, Reason = rule.Reason };
        }

        if (ReplayTables.Find(ReplayTables.Missing, rule => rule.Operation == exchange.Operation && IsMissing(rule.Parameter, call, exchange.Request)) is { } missing)
        {
            found = found with { Kind = ReplayKind.AnswerOnly, Reason = missing.Reason };
        }

        return found.Kind == ReplayKind.Whole ? Transcode(found) : found;
    }

    // Who asks makes no difference here, and files are asked for as such.
    private static bool IsUsual(string header, EffectiveCall call) =>
        header == "User-Agent" || (header == "Accept" && call.Answer.Format == AnswerFormat.Bytes);

    private static bool IsMissing(string name, EffectiveCall call, RecordedRequest request) =>
        call.Parameters.Any(p => p.Name == name && !p.Omitted) && !RequestBuilder.ParametersOf(request).ContainsKey(name);

    private ReplayCase Transcode(ReplayCase found)
    {
        var sent = new UpstreamRequest();
        try
        {
            plans[found.Rpc!.Method].Resolve(found.Server!).WriteRequest(found.Request!.ToByteArray(), sent);
            return found with { Sent = new SentRequest(sent.Method.Method, sent.PathAndQuery, sent.ContentType, sent.Body.ToArray()) };
        }
        catch (InvalidRequestException refused)
        {
            return Refused(found, [.. refused.Violations.Select(violation => violation.Field)], refused.Message);
        }
        catch (UnsupportedFieldException refused)
        {
            return Refused(found, [refused.Field], refused.Message);
        }
    }

    private static ReplayCase Refused(ReplayCase found, IReadOnlyList<string> fields, string message)
    {
        var rules = fields.Select(field => ReplayTables.Find(ReplayTables.Refusals, rule => rule.Operation == found.Rpc!.Operation.Id && rule.Field == field)).ToArray();
        return rules.Contains(null)
            ? found with { Kind = ReplayKind.Unexplained, Reason = $"refused: {message}" }
            : found with { Kind = ReplayKind.Refused, Reason = rules[0]!.Reason };
    }

    private static ReplayCase NotOffered(RecordedExchange exchange, ContractRpc rpc, ReplayServer server)
    {
        var explained = ReplayTables.Find(ReplayTables.NotOffered, rule => rule.Operation == exchange.Operation && rule.Server == exchange.Server);
        var (kind, reason) = (explained, exchange.Response.Status) switch
        {
            ({ } rule, _) => (ReplayKind.NotOffered, rule.Reason),
            (null, >= 400) => (ReplayKind.NotOffered, "The server cannot do it, and says so."),
            _ => (ReplayKind.Unexplained, "not offered, but the server did it"),
        };
        return new ReplayCase(exchange, kind, reason, rpc, server);
    }

    private static ReplayCase OtherWay(RecordedExchange exchange, ContractRpc rpc, ReplayServer server)
    {
        if (ReplayTables.Find(ReplayTables.OtherWays, rule => rule.Covers(exchange)) is { } explained)
        {
            return new ReplayCase(exchange, ReplayKind.AnswerOnly, explained.Reason, rpc, server, rpc.On(server).Last());
        }

        var asked = ApiVersion().Match(exchange.Request.Path) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, provider: null) : 0;
        var chosen = server.ApiVersion(rpc.Operation.Family);
        if (asked == 0 || asked == chosen)
        {
            return new ReplayCase(exchange, ReplayKind.Unexplained, "another path than the gateway's", rpc, server);
        }

        var other = server.Asked(asked);
        return asked <= 4 && MatchingCall(exchange, rpc, other) is var (call, _)
            ? new ReplayCase(exchange, ReplayKind.AnswerOnly, $"The gateway asks version {chosen} of the {rpc.Operation.Family} API here.", rpc, other, call)
            : new ReplayCase(exchange, ReplayKind.AnswerOnly, "No server has such a version of the API.", rpc, server, rpc.On(server).Last());
    }

    private static (EffectiveCall Call, IReadOnlyDictionary<string, string> Path)? MatchingCall(RecordedExchange exchange, ContractRpc rpc, ReplayServer server)
    {
        var sent = RequestBuilder.ParametersOf(exchange.Request);
        foreach (var call in rpc.On(server))
        {
            if (call.Method == exchange.Request.Method
                && call.MatchPath(exchange.Request.Path) is { } path
                && (call.WithField.Length == 0 || call.Parameters.Any(p => p.FieldPath == call.WithField && (p.InPath || sent.ContainsKey(p.Name)))))
            {
                return (call, path);
            }
        }

        return null;
    }

    [GeneratedRegex(@"/api/v(\d+)/")]
    private static partial Regex ApiVersion();
}
