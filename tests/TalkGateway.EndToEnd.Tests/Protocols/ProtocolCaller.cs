using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.Extensions.DependencyInjection;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Ocs.V1;
using TalkGateway.Talk;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Servers;
using TalkGateway.Talk.Sessions;
using TalkGateway.Testing;

namespace TalkGateway.EndToEnd.Tests.Protocols;

/// <summary>Makes the same call to a gateway by every protocol.</summary>
internal sealed class ProtocolCaller(TestGateway gateway) : IDisposable
{
    private const string SessionKey = "talk-session";

    private readonly AnyProtocolCaller _caller = new(gateway.Address);

    /// <summary>What the others are compared with.</summary>
    public static Dialect Reference { get; } = new("grpc", Json: false, Http2: true, Gzip: false);

    /// <summary>The dialects that a method can be called by besides <see cref="Reference"/>: each protocol with the codecs and HTTP versions that its clients use.</summary>
    public static IEnumerable<Dialect> DialectsOf(MethodDescriptor method)
    {
        yield return new Dialect("grpc-web", Json: false, Http2: false, Gzip: false);
        yield return new Dialect("grpc-web-text", Json: false, Http2: false, Gzip: false);
        yield return new Dialect("connect", Json: false, Http2: true, Gzip: true);
        yield return new Dialect("connect", Json: true, Http2: false, Gzip: false);
        if (method.GetOptions()?.IdempotencyLevel is MethodOptions.Types.IdempotencyLevel.NoSideEffects)
        {
            yield return new Dialect("connect-get", Json: true, Http2: false, Gzip: false);
        }
    }

    /// <summary>Makes one call; with a session where the rpc needs one.</summary>
    /// <param name="dialect">The protocol.</param>
    /// <param name="method">The rpc.</param>
    /// <param name="request">Its request.</param>
    /// <param name="authorization">The credential; null for a guest.</param>
    /// <param name="timeoutMs">The caller's patience, in milliseconds.</param>
    public Task<AnyReply> CallAsync(Dialect dialect, MethodDescriptor method, IMessage request, string? authorization, int? timeoutMs = null)
    {
        var metadata = new List<(string, string)> { ("accept-language", "de") };
        if (authorization is not null)
        {
            metadata.Add(("authorization", authorization));
        }

        if (TalkContract.Plans[method].Session == SessionUse.Needs)
        {
            var server = gateway.Services.GetRequiredService<UpstreamRegistry>().Default;
            metadata.Add((SessionKey, server.SealSession(new SessionJar(), Credential.Parse(authorization))));
        }

        return _caller.CallAsync(dialect, method, [request], metadata, timeoutMs);
    }

    /// <summary>All that a caller gets, in one text to compare. Session tokens are new each time: only whether there is one can be compared.</summary>
    public static string Describe(AnyReply reply)
    {
        var text = new StringBuilder().Append(reply.Code).Append(' ').AppendLine(reply.Message);
        foreach (var (type, value) in reply.Details)
        {
            text.Append(type).Append(' ').AppendLine(Convert.ToBase64String(value));
        }

        text.AppendLine($"session: {reply.Headers[SessionKey].Count()} in headers, {reply.Trailers[SessionKey].Count()} in trailers");
        foreach (var message in reply.Messages)
        {
            text.AppendLine(JsonFormatter.Default.Format(WithoutSessionToken(message)));
        }

        return text.ToString();
    }

    public void Dispose() => _caller.Dispose();

    private static IMessage WithoutSessionToken(IMessage message)
    {
        if (message.Descriptor.FindFieldByName("session_token") is { } field && ((string)field.Accessor.GetValue(message)).Length != 0)
        {
            field.Accessor.SetValue(message, "sealed");
        }

        return message;
    }
}
