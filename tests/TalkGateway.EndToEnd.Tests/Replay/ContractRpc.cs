using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using TalkGateway.Ocs.V1;
using TalkGateway.Transcoding;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>One rpc and what its annotations say in full. What follows for a server is read here on its own and not by the transcoder that is under test.</summary>
internal sealed record ContractRpc(MethodDescriptor Method, Operation Operation)
{
    /// <summary>Every annotated rpc of the services in these files.</summary>
    public static IReadOnlyList<ContractRpc> In(IEnumerable<FileDescriptor> files) =>
        [.. from file in files
            from service in file.Services
            from method in service.Methods
            let operation = method.Mapping()
            where operation is not null
            select new ContractRpc(method, operation)];

    /// <summary>The ways the rpc may be carried out on a server, likeliest first: those that depend on a field of the request, then the one without.</summary>
    public IEnumerable<EffectiveCall> On(IServerFacts server)
    {
        foreach (var variant in Operation.Variants.Where(v => Holds(v.When, server)))
        {
            yield return Effective(variant, server);
            if (variant.WithField.Length == 0)
            {
                yield break;
            }
        }

        yield return Effective(new Variant(), server);
    }

    /// <summary>Whether the server can do it at all.</summary>
    public bool IsOfferedBy(IServerFacts server) => Holds(Operation.Needs, server);

    public bool Holds(Condition? condition, IServerFacts server) =>
        condition is null
        || (condition.AllOf.All(server.HasCapability)
            && (condition.AnyOf.Count == 0 || condition.AnyOf.Any(server.HasCapability))
            && !condition.NoneOf.Any(server.HasCapability)
            && (condition.Since.Length == 0 || server.Version >= Version.Parse(condition.Since))
            && (condition.Before.Length == 0 || server.Version < Version.Parse(condition.Before))
            && (condition.ApiFrom == 0 || server.ApiVersion(Operation.Family) >= condition.ApiFrom)
            && (condition.ApiTo == 0 || server.ApiVersion(Operation.Family) <= condition.ApiTo));

    private EffectiveCall Effective(Variant variant, IServerFacts server)
    {
        var method = variant.Method.Length > 0 ? variant.Method : Operation.Method;
        var template = server.BasePath(Operation.Family) + (variant.Path.Length > 0 ? variant.Path : Operation.Path);
        return new EffectiveCall(
            method,
            template,
            variant.WithField,
            [.. Parameters(Method.InputType, "", []).Select(parameter => Place(parameter, variant, method, template))],
            variant.Answer ?? Operation.Answer ?? new Answer());
    }

    private static IEnumerable<RequestParameter> Parameters(MessageDescriptor message, string prefix, FieldDescriptor[] parents)
    {
        foreach (var field in message.Fields.InDeclarationOrder())
        {
            var mapping = field.Mapping();
            FieldDescriptor[] chain = [.. parents, field];
            var path = prefix + field.Name;
            if (mapping.Flatten)
            {
                foreach (var inner in Parameters(field.MessageType, path + ".", chain))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return new RequestParameter(path, chain, field.UpstreamName(), mapping.Place, mapping, Omitted: false);
            }
        }
    }

    private static RequestParameter Place(RequestParameter parameter, Variant variant, string method, string template)
    {
        var change = variant.Fields.FirstOrDefault(f => f.Field == parameter.FieldPath);
        var place = change is { Place: not Ocs.V1.Place.Unspecified } ? change.Place : parameter.Place;
        if (place == Ocs.V1.Place.Unspecified)
        {
            place = method is "GET" or "DELETE" ? Ocs.V1.Place.Query : Ocs.V1.Place.Body;
        }

        return parameter with
        {
            Name = change is { Name.Length: > 0 } ? change.Name : parameter.Name,
            Place = place,
            InPath = template.Contains($"{{{parameter.FieldPath}}}", StringComparison.Ordinal),
            Omitted = change?.Omit ?? false,
        };
    }
}

/// <summary>An rpc as one server wants it.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="PathTemplate">Path from the root, with fields in braces.</param>
/// <param name="WithField">Only for calls in which this field is set; empty for all.</param>
/// <param name="Parameters">Every field of the request.</param>
/// <param name="Answer">How the answer is read.</param>
internal sealed record EffectiveCall(string Method, string PathTemplate, string WithField, IReadOnlyList<RequestParameter> Parameters, Answer Answer)
{
    private static readonly ConcurrentDictionary<string, Regex> PathPatterns = new();

    /// <summary>The values of the path's fields if the path is one of this call.</summary>
    public IReadOnlyDictionary<string, string>? MatchPath(string path)
    {
        var found = PathPattern().Match(path);
        return found.Success
            ? Parameters.Where(p => p.InPath).ToDictionary(p => p.FieldPath, p => Uri.UnescapeDataString(found.Groups[GroupName(p.FieldPath)].Value))
            : null;
    }

    private Regex PathPattern() => PathPatterns.GetOrAdd(PathTemplate, static template => new Regex(
        $"^{Regex.Replace(Regex.Escape(template), @"\\\{([\w.\\]+)}", match => $"(?<{GroupName(match.Groups[1].Value)}>[^/]+)")}$"));

    private static string GroupName(string fieldPath) => fieldPath.Replace("\\.", "_", StringComparison.Ordinal).Replace('.', '_');
}

/// <summary>One field of a request that is a parameter upstream.</summary>
/// <param name="FieldPath">Proto path, such as <c>attendee.actor.id</c>.</param>
/// <param name="Chain">The fields from the request message down to it.</param>
/// <param name="Name">Upstream name.</param>
/// <param name="Place">Query, body, header or gateway.</param>
/// <param name="Mapping">Its annotation.</param>
/// <param name="Omitted">Never sent on this server.</param>
/// <param name="InPath">Carried by the path.</param>
internal sealed record RequestParameter(
    string FieldPath,
    IReadOnlyList<FieldDescriptor> Chain,
    string Name,
    Place Place,
    Field Mapping,
    bool Omitted,
    bool InPath = false)
{
    public FieldDescriptor Field => Chain[^1];
}
