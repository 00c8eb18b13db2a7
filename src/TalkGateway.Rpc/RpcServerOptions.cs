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
        var failures = new ValidateOptionsResultBuilder();
        if (options.MaxReceiveMessageSize is < 1 or > LargestLimit)
        {
            failures.AddError($"{options.MaxReceiveMessageSize} is not between 1 and {LargestLimit} bytes.", nameof(options.MaxReceiveMessageSize));
        }

        if (options.MaxSendMessageSize is < 1 or > LargestLimit)
        {
            failures.AddError($"{options.MaxSendMessageSize} is not between 1 and {LargestLimit} bytes.", nameof(options.MaxSendMessageSize));
        }

        if (options.ResponseCompressionThreshold < 0)
        {
            failures.AddError($"{options.ResponseCompressionThreshold} is negative.", nameof(options.ResponseCompressionThreshold));
        }

        if (!Enum.IsDefined(options.ResponseCompression))
        {
            failures.AddError($"{options.ResponseCompression} is no policy.", nameof(options.ResponseCompression));
        }

        if (!Enum.IsDefined(options.ResponseCompressionLevel))
        {
            failures.AddError($"{options.ResponseCompressionLevel} is no level.", nameof(options.ResponseCompressionLevel));
        }

        return failures.Build();
    }
}
