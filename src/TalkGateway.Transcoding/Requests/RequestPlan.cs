using TalkGateway.Transcoding.Compilation;

namespace TalkGateway.Transcoding.Requests;

/// <summary>How the request of an rpc is written, on the servers of one variant.</summary>
internal sealed record RequestPlan
{
    public required HttpMethod Method { get; init; }

    public required PathTemplate Path { get; init; }

    /// <summary>In the order of the template.</summary>
    public required Parameter[] PathParameters { get; init; }

    /// <summary>All parameters, those of the path included, in the order of declaration.</summary>
    public required Parameter[] Parameters { get; init; }

    public required RequestMessage Message { get; init; }

    public required bool IsMultipart { get; init; }

    public bool HasBody => Array.Exists(Parameters, parameter => parameter.Place == ParameterPlace.Body);

    /// <summary>When the server waits before it answers; null if it never does.</summary>
    public WaitPlan? Wait { get; init; }

    /// <summary>Field that has to be set for this variant to be taken; null where the server alone decides.</summary>
    public Parameter? WithField { get; init; }
}
