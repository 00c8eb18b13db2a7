using System.Text;
using Google.Protobuf;
using TalkGateway.Testing;

namespace TalkGateway.EndToEnd.Tests.Fixtures;

/// <summary>A client of the gateway: an account, or a guest. It sends its session along from the moment it is told one.</summary>
internal sealed record Caller(GrpcTestClient Client, string? Authorization)
{
    private const string SessionKey = "talk-session";

    /// <summary>The session token; null outside of a session.</summary>
    public string? Session { get; set; }

    /// <summary>Further metadata.</summary>
    public IReadOnlyList<(string Key, string Value)> Metadata { get; init; } = [];

    public static string Basic(string user, string password) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    /// <summary>The same account at another client, which knows nothing of this one's session.</summary>
    public Caller Elsewhere() => this with { Session = null };

    /// <summary>Makes a call and gives its answer.</summary>
    /// <exception cref="RpcFailure">It ended with an error.</exception>
    public async Task<TResponse> AskAsync<TResponse>(IMessage request, GrpcTestOptions? options = null)
        where TResponse : IMessage<TResponse>, new()
    {
        var reply = await SendAsync<TResponse>(request, options);
        return reply.Code == 0 ? reply.Response : throw new RpcFailure(RpcPaths.Of(request.Descriptor), reply.Status!);
    }

    /// <summary>Makes a call for its effect alone.</summary>
    /// <exception cref="RpcFailure">It ended with an error.</exception>
    public async Task DoAsync(IMessage request)
    {
        var reply = await SendAsync<Google.Protobuf.WellKnownTypes.Empty>(request);
        if (reply.Code != 0)
        {
            throw new RpcFailure(RpcPaths.Of(request.Descriptor), reply.Status!);
        }
    }

    /// <summary>Makes a call that must fail.</summary>
    public async Task<RpcFailure> FailAsync(IMessage request, GrpcTestOptions? options = null)
    {
        var reply = await SendAsync<Google.Protobuf.WellKnownTypes.Empty>(request, options);
        return reply.Code != 0
            ? new RpcFailure(RpcPaths.Of(request.Descriptor), reply.Status!)
            : throw new InvalidOperationException($"{RpcPaths.Of(request.Descriptor)} was answered although it must fail.");
    }

    /// <summary>Makes a call and gives everything that came back.</summary>
    public async Task<GrpcTestReply<TResponse>> SendAsync<TResponse>(IMessage request, GrpcTestOptions? options = null)
        where TResponse : IMessage<TResponse>, new()
    {
        var reply = await Client.CallAsync<TResponse>("/" + RpcPaths.Of(request.Descriptor), request, Options(options));
        Session = SessionOf(reply.Headers) ?? SessionOf(reply.Trailers) ?? Session;
        return reply;
    }

    /// <summary>The options of a call with this caller's metadata.</summary>
    public GrpcTestOptions Options(GrpcTestOptions? options = null)
    {
        var headers = new List<(string, string)>(Metadata);
        if (Authorization is not null)
        {
            headers.Add(("authorization", Authorization));
        }

        if (Session is not null)
        {
            headers.Add((SessionKey, Session));
        }

        options ??= new GrpcTestOptions();
        return options with { Headers = [.. headers, .. options.Headers] };
    }

    private static string? SessionOf(System.Net.Http.Headers.HttpResponseHeaders headers) =>
        headers.TryGetValues(SessionKey, out var values) ? values.Single() : null;
}
