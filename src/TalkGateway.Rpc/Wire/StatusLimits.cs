using System.Text;
using Google.Protobuf.WellKnownTypes;

namespace TalkGateway.Rpc.Wire;

/// <summary>
/// Keeps statuses within what clients take: they travel in trailers, of which common clients accept 8 KiB in all (grpc-java's
/// default, keys and other metadata included), the message twice, with the details. The same in every protocol.
/// </summary>
internal static class StatusLimits
{
    /// <summary>Most bytes of a message as <c>grpc-message</c> encodes it; a character beyond ASCII has up to twelve.</summary>
    public const int MaxEncodedMessage = 2048;

    /// <summary>Most bytes of a <c>google.rpc.Status</c> before base64.</summary>
    public const int MaxStatusBytes = 3072;

    private const string Cut = "… (cut)";

    /// <summary>The status with its message cut at a character, and with as many of its details, from the first on, as fit.</summary>
    public static RpcStatus Fit(RpcStatus status)
    {
        if (status.Code is RpcStatusCode.Ok)
        {
            return status;
        }

        var message = Fit(status.Message);
        if (status.Details.Count == 0)
        {
            return ReferenceEquals(message, status.Message) ? status : status with { Message = message };
        }

        // Field tags and lengths take at most eight bytes for the code and the message, and six for each detail.
        var rest = MaxStatusBytes - 8 - Encoding.UTF8.GetByteCount(message);
        var details = new List<Any>(status.Details.Count);
        foreach (var detail in status.Details)
        {
            var size = detail.CalculateSize() + 6;
            if (size <= rest)
            {
                details.Add(detail);
                rest -= size;
            }
        }

        return details.Count == status.Details.Count && ReferenceEquals(message, status.Message)
            ? status
            : new RpcStatus(status.Code, message, details);
    }

    private static string Fit(string message)
    {
        if (message.Length * 3 * 3 <= MaxEncodedMessage || EncodedLength(message) <= MaxEncodedMessage)
        {
            return message;
        }

        var rest = MaxEncodedMessage - EncodedLength(Cut);
        var kept = 0;
        foreach (var rune in message.EnumerateRunes())
        {
            rest -= EncodedLength(rune);
            if (rest < 0)
            {
                break;
            }

            kept += rune.Utf16SequenceLength;
        }

        return string.Concat(message.AsSpan(0, kept), Cut);
    }

    private static int EncodedLength(string text)
    {
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            length += EncodedLength(rune);
        }

        return length;
    }

    private static int EncodedLength(Rune rune) => rune.Value is >= ' ' and <= '~' and not '%' ? 1 : 3 * rune.Utf8SequenceLength;
}
