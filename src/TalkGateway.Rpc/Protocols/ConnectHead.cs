using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace TalkGateway.Rpc.Protocols;

/// <summary>The request headers that all forms of Connect share (Connect protocol reference, "Request Headers").</summary>
internal static class ConnectHead
{
    private const int MaxTimeoutDigits = 10;

    /// <exception cref="RpcException">INVALID_ARGUMENT: not one to ten digits.</exception>
    public static TimeSpan? ReadTimeout(HttpRequest request)
    {
        var header = request.Headers["connect-timeout-ms"];
        if (header.Count == 0)
        {
            return null;
        }

        var text = header.ToString();
        return text.Length <= MaxTimeoutDigits && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw new RpcException(RpcStatusCode.InvalidArgument, "The connect-timeout-ms header is not one to ten digits.");
    }

    /// <summary>Checks the version of the protocol, which clients may leave out.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: another version than 1.</exception>
    public static void CheckVersion(HttpRequest request)
    {
        var version = request.Headers["connect-protocol-version"];
        if (version.Count != 0 && version.ToString() != "1")
        {
            throw new RpcException(RpcStatusCode.InvalidArgument, $"The connect-protocol-version is '{version}'; only 1 is known.");
        }
    }
}
