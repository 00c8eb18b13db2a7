using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace TalkGateway.LoadTest;

/// <summary>A plain gRPC client for single calls: it checks the status and reads the message.</summary>
internal sealed class GrpcCaller(Uri gateway, string authorization) : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });

    public async Task<TResponse> CallAsync<TResponse>(string path, IMessage request, CancellationToken cancellationToken)
        where TResponse : IMessage<TResponse>, new() =>
        GrpcFrame.Read<TResponse>(await CallAsync(path, GrpcFrame.Of(request), cancellationToken));

    /// <returns>The answer's frame.</returns>
    public async Task<byte[]> CallAsync(string path, byte[] frame, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation("authorization", authorization);
        using var response = await _invoker.SendAsync(request, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var status = Value(response.TrailingHeaders, "grpc-status") ?? Value(response.Headers, "grpc-status");
        if (status != "0")
        {
            var message = Value(response.TrailingHeaders, "grpc-message") ?? Value(response.Headers, "grpc-message");
            throw new InvalidDataException($"{path} failed: HTTP {(int)response.StatusCode}, gRPC status {status}, {message}");
        }

        return body;
    }

    public void Dispose() => _invoker.Dispose();

    private static string? Value(HttpHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.First() : null;
}
