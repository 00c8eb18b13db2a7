using Google.Protobuf;
using TalkGateway.Testing;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>What a recorded exchange is good for.</summary>
internal enum ReplayKind
{
    /// <summary>The gateway sends this request: request and answer are compared.</summary>
    Whole,

    /// <summary>The gateway would ask otherwise; the answer is compared.</summary>
    AnswerOnly,

    /// <summary>The gateway refuses such a request itself.</summary>
    Refused,

    /// <summary>The gateway says that this server cannot do it.</summary>
    NotOffered,

    /// <summary>Nobody has said what it is: the test fails.</summary>
    Unexplained,
}

/// <summary>One recorded exchange and what is made of it.</summary>
/// <param name="Exchange">The exchange.</param>
/// <param name="Kind">What is compared.</param>
/// <param name="Reason">Why not all of it is, or why nobody knows; empty for <see cref="ReplayKind.Whole"/>.</param>
/// <param name="Rpc">The rpc that means the same.</param>
/// <param name="Server">The server, in the API version that was asked.</param>
/// <param name="Call">How that rpc is carried out there.</param>
/// <param name="Request">The request message that means the same; null where nothing can be said.</param>
/// <param name="Sent">What the gateway sends for it; null where it sends nothing.</param>
internal sealed record ReplayCase(
    RecordedExchange Exchange,
    ReplayKind Kind,
    string Reason,
    ContractRpc? Rpc = null,
    ReplayServer? Server = null,
    EffectiveCall? Call = null,
    IMessage? Request = null,
    SentRequest? Sent = null)
{
    /// <summary>Whether a polyfill carries the call out in another way, see <see cref="ReplayTables.Polyfilled"/>.</summary>
    public bool IsPolyfilled => ReplayTables.Find(ReplayTables.Polyfilled, row => row.Covers(Exchange)) is not null;

    /// <inheritdoc />
    public override string ToString() => $"{Exchange} [{Kind}{(Reason.Length > 0 ? ": " + Reason : "")}]";
}
