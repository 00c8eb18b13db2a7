using System.Text.Json.Nodes;

namespace TalkGateway.Simulator;

/// <summary>What an operation answers, before the envelope of the server's age and the asked format are put around it.</summary>
internal sealed class OcsResult
{
    private OcsResult(int status) => Status = status;

    public int Status { get; }

    public OcsBody Body { get; private init; }

    public JsonNode? Data { get; private init; }

    /// <summary>The text of <c>meta.message</c>; null where the server's own rule decides.</summary>
    public string? Message { get; private init; }

    public int? StatusCode { get; private init; }

    public string? RawType { get; private init; }

    public string RawText { get; private init; } = "";

    public List<(string Name, string Value)> Headers { get; } = [];

    public static OcsResult Ok(JsonNode? data, int status = 200) => new(status) { Data = data };

    public static OcsResult List(IEnumerable<JsonNode?> items) => Ok(PhpJson.List(items));

    /// <summary>Success with nothing to say: <c>[]</c> on old servers, <c>null</c> on new ones.</summary>
    public static OcsResult Empty(int status = 200) => new(status) { Body = OcsBody.Nothing };

    /// <summary>An error of a controller with its typed reason, which old servers do not send; without one it is <c>[]</c> on them, <c>null</c> on new ones.</summary>
    public static OcsResult Error(int status, string? reason = null) =>
        reason is null ? Empty(status) : new(status) { Body = OcsBody.Reason, Data = new JsonObject { ["error"] = reason } };

    /// <summary>An error of a controller that carries data on every server.</summary>
    public static OcsResult ErrorWith(int status, JsonNode data) => new(status) { Data = data };

    /// <summary>An error of the middleware before the controller: always <c>[]</c>.</summary>
    public static OcsResult Refused(int status, string? message = null, int? statusCode = null) =>
        new(status) { Body = OcsBody.Refusal, Data = new JsonArray(), Message = message ?? "", StatusCode = statusCode };

    public static OcsResult Raw(int status, string? contentType, string text = "") => new(status) { Body = OcsBody.Raw, RawType = contentType, RawText = text };

    public OcsResult With(string header, string? value)
    {
        if (value is not null)
        {
            Headers.Add((header, value));
        }

        return this;
    }
}

internal enum OcsBody
{
    Data,
    Nothing,
    Reason,
    Refusal,
    Raw,
}
