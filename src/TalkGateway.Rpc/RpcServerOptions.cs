using System.IO.Compression;
using Microsoft.Extensions.Options;

namespace TalkGateway.Rpc;

/// <summary>When responses are compressed, for callers that accept gzip.</summary>
public enum RpcResponseCompression
{
    /// <summary>For callers that announce gzip for their own requests: they have chosen bytes over processor time.</summary>
    WhenRequestIsCompressed = 0,

    /// <summary>Never.</summary>
    Never = 1,

    /// <summary>For every caller that accepts it, which most client libraries announce whether they need it or not.</summary>
    WhenAccepted = 2,
}

/// <summary>Limits and compression of all services; validated at start.</summary>
public sealed class RpcServerOptions
{
    /// <summary>Largest message accepted, in bytes, after inflation. 1 to 1 GiB, 4 MiB unless set. Beyond: RESOURCE_EXHAUSTED.</summary>
    public int MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Largest message sent, in bytes, before compression. 1 to 1 GiB, null (the default) for no limit. Beyond: RESOURCE_EXHAUSTED.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>
    /// Longest time that a request message may take to arrive once it is waited for, and a large response to be taken. 1 s to 1 h,
    /// 1 min unless set. Beyond: DEADLINE_EXCEEDED, or the end of the connection.
    /// </summary>
    public TimeSpan TransferTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>When responses are compressed with gzip.</summary>
    public RpcResponseCompression ResponseCompression { get; set; }

    /// <summary>Smallest message worth compressing, in bytes; 0 or more, 1 KiB unless set.</summary>
    public int ResponseCompressionThreshold { get; set; } = 1024;

    /// <summary>How hard to compress; fastest unless set.</summary>
    public CompressionLevel ResponseCompressionLevel { get; set; } = CompressionLevel.Fastest;
}

internal sealed class RpcServerOptionsValidator : IValidateOptions<RpcServerOptions>
{
    private const int LargestLimit = 1 << 30;

    public ValidateOptionsResult Validate(string? name, RpcServerOptions options)
    {
        var failures = new List<string>();
        if (options.MaxReceiveMessageSize is < 1 or > LargestLimit)
        {
            failures.Add($"{nameof(options.MaxReceiveMessageSize)}: {options.MaxReceiveMessageSize} is not between 1 and {LargestLimit} bytes.");
        }

        if (options.MaxSendMessageSize is < 1 or > LargestLimit)
        {
            failures.Add($"{nameof(options.MaxSendMessageSize)}: {options.MaxSendMessageSize} is not between 1 and {LargestLimit} bytes.");
        }

        if (options.TransferTimeout < TimeSpan.FromSeconds(1) || options.TransferTimeout > TimeSpan.FromHours(1))
        {
            failures.Add($"{nameof(options.TransferTimeout)}: {options.TransferTimeout:c} is not between 00:00:01 and 01:00:00.");
        }

        if (options.ResponseCompressionThreshold < 0)
        {
            failures.Add($"{nameof(options.ResponseCompressionThreshold)}: {options.ResponseCompressionThreshold} is not 0 or more bytes.");
        }

        if (!Enum.IsDefined(options.ResponseCompression))
        {
            failures.Add($"{nameof(options.ResponseCompression)}: {options.ResponseCompression} is no policy.");
        }

        if (!Enum.IsDefined(options.ResponseCompressionLevel))
        {
            failures.Add($"{nameof(options.ResponseCompressionLevel)}: {options.ResponseCompressionLevel} is no level.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
