using Microsoft.Extensions.Primitives;
using TalkGateway.Rpc.Wire;

namespace TalkGateway.Rpc.Protocols;

/// <summary>The compressions spoken, in the headers that name them; every protocol has its own header names for the same values.</summary>
internal static class Compressions
{
    /// <summary>What this server accepts.</summary>
    public const string Accepted = "identity,gzip";

    /// <summary>Whether a request's encoding header says gzip.</summary>
    /// <exception cref="RpcException">UNIMPLEMENTED: it says something unknown.</exception>
    public static bool IsGzip(StringValues header)
    {
        if (header.Count == 0)
        {
            return false;
        }

        var encoding = header.ToString();
        if (encoding.Equals(GzipCompression.Name, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        return encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)
            ? false
            : throw new RpcException(RpcStatusCode.Unimplemented, $"The compression '{encoding}' is not supported; {Accepted} are.");
    }

    /// <summary>Whether an accept header lists gzip, with any weight but zero (RFC 9110, section 12.5.3).</summary>
    public static bool AcceptsGzip(StringValues header)
    {
        foreach (var value in header)
        {
            foreach (var part in value.AsSpan().Split(','))
            {
                var item = value.AsSpan(part);
                var weight = item.IndexOf(';');
                var name = weight < 0 ? item : item[..weight];
                if (name.Trim(" \t").Equals(GzipCompression.Name, StringComparison.OrdinalIgnoreCase))
                {
                    return weight < 0 || !IsZero(item[(weight + 1)..]);
                }
            }
        }

        return false;
    }

    private static bool IsZero(ReadOnlySpan<char> weight)
    {
        weight = weight.Trim(" \t");
        return weight.StartsWith("q=0", StringComparison.OrdinalIgnoreCase) && !weight[3..].ContainsAnyInRange('1', '9');
    }
}
