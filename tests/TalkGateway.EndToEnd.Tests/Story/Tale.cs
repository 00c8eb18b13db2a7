using Google.Protobuf;
using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Talk.V1;

namespace TalkGateway.EndToEnd.Tests.Story;

/// <summary>
/// A story whose teller knows nothing of versions. What the server lacks, by its own GetCapabilities, must be refused as UNIMPLEMENTED
/// with the same words; everything else must end as told.
/// </summary>
internal sealed class Tale
{
    private readonly Dictionary<string, RpcSupport> _support;
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly List<string> _wrong = [];

    private Tale(Dictionary<string, RpcSupport> support) => _support = support;

    /// <summary>Rpcs that the story had a step for.</summary>
    public IReadOnlySet<string> Told => _told;

    /// <summary>The steps that went otherwise than told.</summary>
    public IReadOnlyList<string> WrongSteps => _wrong;

    public static async Task<Tale> BeginAsync(Caller teller)
    {
        var capabilities = await teller.AskAsync<GetCapabilitiesResponse>(new GetCapabilitiesRequest());
        var tale = new Tale(capabilities.Rpcs.ToDictionary(rpc => rpc.Rpc));
        tale._told.Add(RpcPaths.Of(GetCapabilitiesRequest.Descriptor));
        return tale;
    }

    /// <summary>Whether the server can carry out what takes this request.</summary>
    public bool Supports(IMessage request) => _support[RpcPaths.Of(request.Descriptor)].Supported;

    /// <summary>Makes a call whose answer must be as told; gives null if the server lacks it or the step went wrong.</summary>
    public async Task<TResponse?> AskAsync<TResponse>(Caller caller, IMessage request, Func<TResponse, bool>? asTold = null)
        where TResponse : class, IMessage<TResponse>, new()
    {
        if (!await BeginStepAsync(caller, request))
        {
            return null;
        }

        try
        {
            var answer = await caller.AskAsync<TResponse>(request);
            if (asTold is null || asTold(answer))
            {
                return answer;
            }

            AddWrongStep(request, answer.ToString()!, "another answer");
        }
        catch (RpcFailure failure)
        {
            AddWrongStep(request, Said(failure), "OK");
        }

        return null;
    }

    /// <summary>Makes a call for its effect alone.</summary>
    public Task DoAsync(Caller caller, IMessage request) => AskAsync<Google.Protobuf.WellKnownTypes.Empty>(caller, request);

    /// <summary>Makes a call that must fail with one of these codes; with OK among them it need not.</summary>
    public async Task<RpcFailure?> FailAsync(Caller caller, IMessage request, params Code[] codes)
    {
        if (!await BeginStepAsync(caller, request))
        {
            return null;
        }

        var reply = await caller.SendAsync<Google.Protobuf.WellKnownTypes.Empty>(request);
        var failure = reply.Code == 0 ? null : new RpcFailure(RpcPaths.Of(request.Descriptor), reply.Status!);
        if (!codes.Contains(failure?.Code ?? Code.Ok))
        {
            AddWrongStep(request, Said(failure), string.Join(" or ", codes));
        }

        return failure;
    }

    private async Task<bool> BeginStepAsync(Caller caller, IMessage request)
    {
        var rpc = RpcPaths.Of(request.Descriptor);
        _told.Add(rpc);
        if (_support[rpc] is not { Supported: false } lacking)
        {
            return true;
        }

        var reply = await caller.SendAsync<Google.Protobuf.WellKnownTypes.Empty>(request);
        var failure = reply.Code == 0 ? null : new RpcFailure(rpc, reply.Status!);
        if (failure?.Code != Code.Unimplemented || failure.Info.Metadata["missing"] != lacking.Missing)
        {
            AddWrongStep(request, Said(failure), $"UNIMPLEMENTED for lack of {lacking.Missing}");
        }

        return false;
    }

    private static string Said(RpcFailure? failure) => failure is null ? "OK" : $"{failure.Code}: {failure.Text}";

    /// <summary>Short, so that a failed test can be read.</summary>
    private void AddWrongStep(IMessage request, string said, string told)
    {
        const int maxLength = 600;
        var step = $"{RpcPaths.Of(request.Descriptor)} {request}: told {told}, got {said}";
        _wrong.Add(step.Length <= maxLength ? step : step[..maxLength] + " …");
    }
}
