using System.Globalization;
using TalkGateway.Memory;
using TalkGateway.Rpc;

namespace TalkGateway.Configuration;

/// <summary>What all callers together may take of the gateway. Configuration section <c>Limits</c>.</summary>
public sealed class LimitSettings
{
    /// <summary>The configuration section.</summary>
    internal const string Section = "Limits";

    private const long MostBytes = 1L << 40;

    /// <summary>Most connections of clients at a time, WebSockets included; further ones are closed at once. 1 to 1000000.</summary>
    public long MaxConnections { get; set; } = 4096;

    /// <summary>Most calls at a time on one HTTP/2 connection; clients keep further ones back. 1 to 10000.</summary>
    public int MaxStreamsPerConnection { get; set; } = 100;

    /// <summary>
    /// Most bytes of rpc requests that have come in and are not carried out yet. 64 KiB to 1 TiB, and room for the largest
    /// message (<c>Rpc:MaxReceiveMessageSize</c>) within three quarters of it. Beyond: RESOURCE_EXHAUSTED.
    /// </summary>
    public long RequestBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Most bytes of answers, of servers and of rpcs, that are being read, translated, or wait for their callers to take them.
    /// 64 KiB to 1 TiB. Beyond: RESOURCE_EXHAUSTED.
    /// </summary>
    public long AnswerBytes { get; set; } = 192 * 1024 * 1024;

    /// <exception cref="ConfigurationException">A value is out of range.</exception>
    internal void Check(RpcServerOptions rpc)
    {
        Range(nameof(MaxConnections), MaxConnections, 1, 1_000_000);
        Range(nameof(MaxStreamsPerConnection), MaxStreamsPerConnection, 1, 10_000);
        Range(nameof(RequestBytes), RequestBytes, ByteBudget.SmallHolding, MostBytes);
        if (RequestBytes < (rpc.MaxReceiveMessageSize * 4L / 3) + 4)
        {
            throw new ConfigurationException(
                $"{Section}:{nameof(RequestBytes)}",
                Text(RequestBytes),
                $"a message of {GivenConfiguration.RpcSection}:{nameof(rpc.MaxReceiveMessageSize)} ({Text(rpc.MaxReceiveMessageSize)}) takes {Text((rpc.MaxReceiveMessageSize * 4L / 3) + 4)} of it: set it to that or more, or the other to less");
        }

        Range(nameof(AnswerBytes), AnswerBytes, ByteBudget.SmallHolding, MostBytes);
    }

    /// <summary>What rpc requests may hold.</summary>
    internal ByteBudget Requests() => new(
        RequestBytes, $"The gateway holds as many bytes of requests as it may (option {Section}:{nameof(RequestBytes)}); nothing was sent to the server. Try again.");

    /// <summary>What answers may hold.</summary>
    internal ByteBudget Answers() => new(
        AnswerBytes, $"The gateway holds as many bytes of answers as it may (option {Section}:{nameof(AnswerBytes)}), so that this one was let go; the server has carried out the call.");

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static void Range(string key, long value, long least, long most)
    {
        if (value < least || value > most)
        {
            throw new ConfigurationException($"{Section}:{key}", Text(value), $"set it to a value from {Text(least)} to {Text(most)}");
        }
    }
}
