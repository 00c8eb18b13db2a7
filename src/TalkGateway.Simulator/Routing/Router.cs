using Microsoft.AspNetCore.Http;

namespace TalkGateway.Simulator;

/// <summary>Finds the operation of a request and checks what it demands.</summary>
internal sealed class Router(World world, Authenticator authenticator, LongPollCounter polls)
{
    private const string TalkPrefix = "apps/spreed/api/v";

    public async ValueTask<OcsResult> AnswerAsync(HttpContext http, RequestProgress progress)
    {
        var request = http.Request;
        Caller caller;
        TalkVersion version;
        lock (world.Gate)
        {
            version = world.Version;
            caller = authenticator.Authenticate(http, version);
        }

        if (caller.Account is { } account && Rules.AnswersNameTheUser.Contains(version))
        {
            http.Response.Headers["X-User-Id"] = account.Id;
        }

        if (caller.Cost > TimeSpan.Zero)
        {
            await Task.Delay(caller.Cost, world.Clock, http.RequestAborted);
        }

        var path = request.Path.Value!.TrimStart('/').Split('/', 3);
        var target = path.Length == 3 ? path[2] : "";
        var (api, segments) = Parse(target);
        var operations = api is null ? OperationTable.Core : OperationTable.Talk;
        var fitting = operations
            .Where(o => api is null ? o.Versions.Contains(version) : o.IsRouted(version, api.Value))
            .Select(o => (Operation: o, Path: Match(o.Segments, segments)))
            .Where(m => m.Path is not null)
            .ToList();
        if (fitting.Count == 0)
        {
            return OcsWriter.NoSuchRoute(request, version);
        }

        var method = HttpMethods.IsHead(request.Method) ? HttpMethods.Get : request.Method;
        var (operation, values) = fitting.Find(m => m.Operation.Method == method);
        if (operation is null)
        {
            return OcsResult.Raw(405, Rules.MethodRefusalIsJson.Contains(version) ? "application/json; charset=utf-8" : "text/xml; charset=UTF-8");
        }

        progress.Operation = operation.Id;
        var parameters = await ReadParametersAsync(request, version);
        var call = new OcsCall(http, world, caller, parameters, api ?? 1, values!, polls);
        OcsResult? refusal;
        lock (world.Gate)
        {
            refusal = Authentication.Check(call, operation) ?? Guards.Check(call, operation);
        }

        if (refusal is not null)
        {
            return refusal;
        }

        try
        {
            return await operation.Handler(call);
        }
        catch (BadParameterException)
        {
            return Rules.BadParameter.At(version) switch
            {
                BadParameterAnswer.XmlNotFound => OcsWriter.NoSuchRoute(request, version),
                BadParameterAnswer.ServerError => OcsResult.Refused(500, "Internal Server Error\n", 996),
                _ => OcsResult.Raw(400, "text/html; charset=UTF-8"),
            };
        }
    }

    private static (int? Api, string[] Segments) Parse(string target)
    {
        if (!target.StartsWith(TalkPrefix, StringComparison.Ordinal))
        {
            return (null, target.Split('/'));
        }

        var segments = target[TalkPrefix.Length..].Split('/');
        return (int.TryParse(segments[0], out var api) ? api : 0, segments[1..]);
    }

    private static Dictionary<string, string>? Match(string[] template, string[] segments)
    {
        if (template.Length != segments.Length)
        {
            return null;
        }

        var values = new Dictionary<string, string>();
        for (var i = 0; i < template.Length; i++)
        {
            if (!template[i].StartsWith('{'))
            {
                if (template[i] != segments[i])
                {
                    return null;
                }

                continue;
            }

            var name = template[i].Trim('{', '}');
            if (!IsAcceptable(name, segments[i]))
            {
                return null;
            }

            values.Add(name, segments[i]);
        }

        return values;
    }

    /// <summary>What the server's route patterns accept for a placeholder; anything else is no such route.</summary>
    private static bool IsAcceptable(string name, string segment) => name switch
    {
        "token" => segment is not "note-to-self" and not "settings" and not "welcome" && segment.Length is >= 4 and <= 30 && segment.All(char.IsAsciiLetterOrDigit) && segment.All(c => !char.IsAsciiLetterUpper(c)),
        "mode" => segment is "call" or "default",
        _ => segment.Length > 0 && segment.All(char.IsAsciiDigit),
    };

    private static async ValueTask<Parameters> ReadParametersAsync(HttpRequest request, TalkVersion version)
    {
        var parameters = new Parameters(Rules.StrictTypes.Contains(version));
        parameters.AddEncoded(request.QueryString.Value?.TrimStart('?') ?? "");
        var type = request.ContentType ?? "";
        if (type.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase))
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            foreach (var (name, values) in form)
            {
                parameters.AddText(name, values.ToString());
            }

            return parameters;
        }

        var body = await RequestBody.ReadAsync(request);
        if (body.Length > 0 && type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase))
        {
            parameters.AddJson(body);
        }
        else if (body.Length > 0 && type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            parameters.AddEncoded(body);
        }

        return parameters;
    }
}
