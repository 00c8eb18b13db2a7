using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using TalkGateway.Rpc.Wire;

namespace TalkGateway.Rpc;

/// <summary>The metadata a call came with: a view of the request's headers that allocates nothing for text.</summary>
public readonly struct RpcRequestMetadata
{
    private readonly IHeaderDictionary _headers;

    internal RpcRequestMetadata(IHeaderDictionary headers)
    {
        _headers = headers;
    }

    /// <summary>All values of a text key, in the order they came; empty when absent. Case of the key does not matter.</summary>
    public StringValues this[string key] => _headers[key];

    /// <summary>The last value of a text key, which by gRPC's habit wins over earlier ones.</summary>
    public bool TryGetValue(string key, out string value)
    {
        var values = _headers[key];
        value = values.Count == 0 ? "" : values[^1] ?? "";
        return values.Count != 0;
    }

    /// <summary>The last value of a <c>-bin</c> key.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: the value is not base64.</exception>
    public bool TryGetBytes(string key, out byte[] value)
    {
        var all = GetAllBytes(key);
        value = all.Count == 0 ? [] : all[^1];
        return all.Count != 0;
    }

    /// <summary>
    /// All values of a <c>-bin</c> key, padded or not, from repeated headers and from values joined with commas
    /// (gRPC over HTTP/2, "Custom-Metadata").
    /// </summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: a value is not base64.</exception>
    public IReadOnlyList<byte[]> GetAllBytes(string key)
    {
        var all = new List<byte[]>();
        foreach (var joined in _headers[key])
        {
            foreach (var part in joined.AsSpan().Split(','))
            {
                if (!BinaryMetadata.TryDecode(joined.AsSpan(part).Trim(' '), out var bytes))
                {
                    throw new RpcException(RpcStatusCode.InvalidArgument, $"The metadata '{key}' is not base64.");
                }

                all.Add(bytes);
            }
        }

        return all;
    }
}
