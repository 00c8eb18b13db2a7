using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace TalkGateway.Rpc.Protocols;

/// <summary>
/// What HTTP caches may do with the answer of a call by GET (RFC 9111): nothing where the caller brought a credential, nothing with
/// failures, and elsewhere only for requests that are alike in everything that decides.
/// </summary>
internal static class CacheHeaders
{
    /// <summary>Writes the headers of an answer that may turn out well.</summary>
    public static void Write(HttpContext http)
    {
        var headers = http.Response.Headers;
        var caller = http.GetEndpoint()?.Metadata.GetMetadata<RpcCallerHeaders>() ?? RpcCallerHeaders.Default;
        headers[HeaderNames.Vary] = string.Join(", ", [HeaderNames.AcceptEncoding, .. caller.Credentials, .. caller.Others]);
        foreach (var credential in caller.Credentials)
        {
            if (http.Request.Headers.ContainsKey(credential))
            {
                headers[HeaderNames.CacheControl] = "private, no-store";
                return;
            }
        }
    }

    /// <summary>The call failed: it may go better the next time.</summary>
    public static void WriteFailed(HttpResponse response)
    {
        if (!response.Headers.ContainsKey(HeaderNames.CacheControl))
        {
            response.Headers[HeaderNames.CacheControl] = "no-store";
        }
    }
}
