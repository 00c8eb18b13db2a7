using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using TalkGateway.Rpc.Wire;

namespace TalkGateway.Rpc;

/// <summary>
/// Metadata that a call sends, in headers or trailers. Keys may repeat and keep their order.
/// Keys are lower-case letters, digits and <c>_ - .</c>; a key that ends in <c>-bin</c> carries bytes, any other printable ASCII
/// (gRPC over HTTP/2, "Custom-Metadata"). Keys of the protocols themselves are refused.
/// Safe for use from any thread: a deadline may send it while the handler still adds to it.
/// </summary>
public sealed class RpcMetadata
{
    private const string BinarySuffix = "-bin";
    private static readonly SearchValues<char> KeyCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.");
    private static readonly SearchValues<char> ValueCharacters = SearchValues.Create(Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).ToArray());
    private static readonly HashSet<string> ReservedKeys =
    [
        "connection", "content-encoding", "content-length", "content-type", "date", "host", "keep-alive", "proxy-connection",
        "te", "trailer", "transfer-encoding", "upgrade",
    ];

    private readonly Lock _gate = new();
    private readonly List<KeyValuePair<string, string>> _entries = [];
    private bool _sent;

    /// <summary>How many values there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Adds a text value.</summary>
    /// <exception cref="ArgumentException">The key or value cannot be sent.</exception>
    /// <exception cref="InvalidOperationException">This metadata was sent already.</exception>
    public RpcMetadata Add(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        ThrowIfUnusable(key);
        if (key.EndsWith(BinarySuffix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"The metadata key '{key}' ends in -bin and takes bytes.", nameof(key));
        }

        if (value.AsSpan().ContainsAnyExcept(ValueCharacters))
        {
            throw new ArgumentException($"The value of the metadata key '{key}' is not printable ASCII.", nameof(value));
        }

        return Append(key, value);
    }

    /// <summary>Adds bytes under a key that ends in <c>-bin</c>.</summary>
    /// <exception cref="ArgumentException">The key cannot be sent or does not end in <c>-bin</c>.</exception>
    /// <exception cref="InvalidOperationException">This metadata was sent already.</exception>
    public RpcMetadata Add(string key, ReadOnlySpan<byte> value)
    {
        ThrowIfUnusable(key);
        if (!key.EndsWith(BinarySuffix, StringComparison.Ordinal))
        {
            throw new ArgumentException($"The metadata key '{key}' takes text; bytes need a key that ends in -bin.", nameof(key));
        }

        return Append(key, BinaryMetadata.Encode(value));
    }

    /// <summary>The values as they travel: text as it is, bytes as unpadded base64.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Entries
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries];
            }
        }
    }

    internal static RpcMetadata Concat(RpcMetadata first, RpcMetadata second)
    {
        var both = new RpcMetadata();
        both._entries.AddRange(first.Entries);
        both._entries.AddRange(second.Entries);
        return both;
    }

    internal void MarkSent()
    {
        lock (_gate)
        {
            _sent = true;
        }
    }

    internal void CopyTo(IHeaderDictionary target, string prefix = "")
    {
        lock (_gate)
        {
            foreach (var (key, value) in _entries)
            {
                var name = prefix.Length == 0 ? key : prefix + key;
                target[name] = StringValues.Concat(target[name], value);
            }
        }
    }

    private RpcMetadata Append(string key, string value)
    {
        lock (_gate)
        {
            if (_sent)
            {
                throw new InvalidOperationException($"The metadata key '{key}' comes too late: this metadata was sent.");
            }

            _entries.Add(new(key, value));
            return this;
        }
    }

    private static void ThrowIfUnusable(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (key.AsSpan().ContainsAnyExcept(KeyCharacters))
        {
            throw new ArgumentException($"The metadata key '{key}' has other characters than a-z, 0-9, '_', '-' and '.'.", nameof(key));
        }

        if (key.StartsWith("grpc-", StringComparison.Ordinal) || key.StartsWith("connect-", StringComparison.Ordinal) || ReservedKeys.Contains(key))
        {
            throw new ArgumentException($"The metadata key '{key}' belongs to the protocol.", nameof(key));
        }
    }
}
