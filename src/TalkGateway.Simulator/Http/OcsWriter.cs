using System.Globalization;
using System.Security;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace TalkGateway.Simulator;

/// <summary>Puts the OCS envelope around a result, in the format the request asked for and with the quirks of the server's age.</summary>
internal static class OcsWriter
{
    public const string InvalidQuery =
        "Invalid query, please check the syntax. API specifications are here: http://www.freedesktop.org/wiki/Specifications/open-collaboration-services.\n";

    /// <summary>
    /// XML unless <c>format=json</c> or the first entry of Accept is plainly <c>application/json</c>: a quality value already makes it XML.
    /// </summary>
    public static bool WantsJson(HttpRequest request)
    {
        var format = request.Query["format"].ToString();
        return format.Length > 0
            ? format == "json"
            : request.Headers.Accept.ToString().Split(',')[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The body and its type; what it looks like is decided by <see cref="Rules"/>.</summary>
    public static (string? ContentType, string Text) Render(OcsResult result, HttpRequest request, TalkVersion version)
    {
        if (result.Body == OcsBody.Raw)
        {
            return (result.RawType, result.RawText);
        }

        var success = result.Status < 400;
        var nothing = Rules.NothingIsNull.Contains(version) ? null : new JsonArray();
        var data = result.Body switch
        {
            OcsBody.Nothing => nothing,
            OcsBody.Reason when !Rules.ErrorsHaveReasons.Contains(version) => new JsonArray(),
            _ => result.Data,
        };
        var first = request.Path.StartsWithSegments("/ocs/v1.php", StringComparison.Ordinal);
        var meta = new JsonObject
        {
            ["status"] = success ? "ok" : "failure",
            ["statuscode"] = result.StatusCode ?? (success && first ? 100 : result.Status),
            ["message"] = success ? "OK" : result.Message ?? (Rules.ControllerErrorsHaveEmptyMessage.Contains(version) ? "" : null),
        };
        if (first)
        {
            meta["totalitems"] = "";
            meta["itemsperpage"] = "";
        }

        var envelope = new JsonObject { ["meta"] = meta, ["data"] = data };
        return WantsJson(request)
            ? ("application/json; charset=utf-8", PhpJson.Write(new JsonObject { ["ocs"] = envelope }))
            : ("application/xml; charset=utf-8", Xml(envelope));
    }

    /// <summary>Old servers answer an unknown route and an uncaught exception with this page, whatever the Accept header says.</summary>
    public static OcsResult NoSuchRoute(HttpRequest request, TalkVersion version)
    {
        if (Rules.UnknownRouteIsOcs.Contains(version) || request.Query["format"] == "json")
        {
            var code = Rules.UnknownRouteIsOcs.Contains(version) ? 998 : 404;
            return OcsResult.Refused(404, InvalidQuery, code);
        }

        var meta = new JsonObject { ["status"] = "failure", ["statuscode"] = 404, ["message"] = InvalidQuery };
        return OcsResult.Raw(404, "text/xml; charset=UTF-8", Xml(new JsonObject { ["meta"] = meta, ["data"] = new JsonArray() }));
    }

    private static string Xml(JsonObject envelope)
    {
        var text = new StringBuilder("<?xml version=\"1.0\"?>\n");
        Element(text, "ocs", envelope, 0);
        return text.ToString();
    }

    private static void Element(StringBuilder text, string name, JsonNode? node, int depth)
    {
        var indent = new string(' ', depth);
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                text.Append(indent).Append('<').Append(name).Append(">\n");
                foreach (var (key, value) in map)
                {
                    Element(text, key, value, depth + 1);
                }

                text.Append(indent).Append("</").Append(name).Append(">\n");
                break;
            case JsonArray { Count: > 0 } list:
                text.Append(indent).Append('<').Append(name).Append(">\n");
                foreach (var value in list)
                {
                    Element(text, "element", value, depth + 1);
                }

                text.Append(indent).Append("</").Append(name).Append(">\n");
                break;
            case JsonObject or JsonArray or null:
                text.Append(indent).Append('<').Append(name).Append("/>\n");
                break;
            default:
                text.Append(indent).Append('<').Append(name).Append('>').Append(SecurityElement.Escape(Scalar(node)));
                text.Append("</").Append(name).Append(">\n");
                break;
        }
    }

    private static string Scalar(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.True => "1",
        JsonValueKind.False => "",
        JsonValueKind.String => node.GetValue<string>(),
        _ => Convert.ToString(node.ToJsonString(), CultureInfo.InvariantCulture) ?? "",
    };
}
