using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace TalkGateway.Explorer;

/// <summary>A file of the explorer as it is sent: its bytes, the same compressed, and a tag that changes with them.</summary>
internal sealed class ExplorerFile
{
    private readonly byte[] _bytes;
    private readonly byte[] _compressed;
    private readonly string _contentType;
    private readonly EntityTagHeaderValue _tag;
    private readonly EntityTagHeaderValue _compressedTag;

    public ExplorerFile(byte[] bytes, string contentType)
    {
        _bytes = bytes;
        _compressed = Compress(bytes);
        _contentType = contentType;
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes)[..12]);
        _tag = new EntityTagHeaderValue($"\"{hash}\"");
        _compressedTag = new EntityTagHeaderValue($"\"{hash}-gzip\"");
    }

    /// <summary>Answers a GET or HEAD request: with the file, or with 304 if the browser has it already.</summary>
    public Task SendAsync(HttpContext context)
    {
        var response = context.Response;
        var accepted = context.Request.GetTypedHeaders().AcceptEncoding;
        var compressed = accepted.Any(encoding => encoding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) && encoding.Quality is not 0);
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        // A browser asks each time whether its copy is still the newest, so that an update is there at once.
        response.Headers.CacheControl = "no-cache";
        if (compressed)
        {
            response.Headers.ContentEncoding = "gzip";
        }

        return TypedResults.Bytes(compressed ? _compressed : _bytes, _contentType, entityTag: compressed ? _compressedTag : _tag).ExecuteAsync(context);
    }

    private static byte[] Compress(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.SmallestSize))
        {
            gzip.Write(bytes);
        }

        return output.ToArray();
    }
}
