using Google.Protobuf;
using Google.Rpc;
using TalkGateway.Testing;

namespace TalkGateway.EndToEnd.Tests.Fixtures;

/// <summary>A call that ended with an error, with its details unpacked.</summary>
internal sealed class RpcFailure(string rpc, GrpcTestStatus status) : Exception($"{rpc}: {(Code)status.Code}: {status.Message} {status.Details}")
{
    public Code Code => (Code)status.Code;

    /// <summary>What people read.</summary>
    public string Text => status.Message;

    /// <summary>ErrorInfo.reason, by the name that the package's class still has for it.</summary>
    public string Reason => Info.Reason;

    public string Domain => Info.Domain;

    public ErrorInfo Info => Find<ErrorInfo>() ?? throw new InvalidOperationException($"{Message}: there is no ErrorInfo.");

    /// <summary>Every ErrorInfo, the first one first.</summary>
    public IReadOnlyList<ErrorInfo> Infos =>
        [.. status.Details?.Details.Where(any => any.Is(ErrorInfo.Descriptor)).Select(any => any.Unpack<ErrorInfo>()) ?? []];

    /// <summary>The fields that a BadRequest names.</summary>
    public IReadOnlyList<string> Fields => [.. Find<BadRequest>()?.FieldViolations.Select(violation => violation.Field) ?? []];

    /// <summary>When to try again; null if the failure does not say.</summary>
    public TimeSpan? RetryAfter => Find<RetryInfo>()?.RetryDelay.ToTimeSpan();

    private T? Find<T>()
        where T : class, IMessage<T>, new() =>
        status.Details?.Details.FirstOrDefault(any => any.Is(new T().Descriptor))?.Unpack<T>();
}
