using System.Buffers.Binary;
using System.Net;
using Google.Protobuf;

namespace TalkGateway.Testing;

/// <summary>An open call: messages are sent and read one by one, in any order.</summary>
public sealed class GrpcTestCall<TResponse> : IDisposable
    where TResponse : IMessage<TResponse>, new()
{
    private static readonly MessageParser<TResponse> Parser = new(() => new TResponse());
    private readonly HttpRequestMessage _request;
    private readonly GrpcTestRequestContent _content;
    private readonly GrpcTestOptions _options;
    private readonly Task<HttpResponseMessage> _response;
    private readonly CancellationTokenSource _cancellation;
    private Stream? _body;

    internal GrpcTestCall(HttpClient http, HttpRequestMessage request, GrpcTestRequestContent content, GrpcTestOptions options)
    {
        _request = request;
        _content = content;
        _options = options;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        _response = http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _cancellation.Token);
    }

    /// <summary>The response's head; completes when it comes.</summary>
    public Task<HttpResponseMessage> ResponseAsync => _response;

    /// <summary>Sends a message at once.</summary>
    public Task WriteAsync(IMessage message) => WriteBytesAsync(GrpcTestClient.Frame(message.ToByteArray(), _options.Gzip));

    /// <summary>Sends bytes at once, whole messages or not.</summary>
    public Task WriteBytesAsync(byte[] bytes) => _content.WriteAsync(bytes);

    /// <summary>Says that no more messages will come.</summary>
    public void Complete() => _content.Complete();

    /// <summary>Reads the next message; default when the answer has ended.</summary>
    public async Task<TResponse?> ReadAsync()
    {
        _body ??= await (await _response).Content.ReadAsStreamAsync(_cancellation.Token);
        var header = new byte[5];
        if (await _body.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, _cancellation.Token) == 0)
        {
            return default;
        }

        var message = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1))];
        await _body.ReadExactlyAsync(message, _cancellation.Token);
        return Parser.ParseFrom(message);
    }

    /// <summary>Reads what is left of the answer and gives all but the messages read before.</summary>
    public async Task<GrpcTestReply<TResponse>> FinishAsync()
    {
        var response = await _response;
        _body ??= await response.Content.ReadAsStreamAsync(_cancellation.Token);
        using var rest = new MemoryStream();
        await _body.CopyToAsync(rest, _cancellation.Token);
        return GrpcTestReply<TResponse>.From(response, rest.ToArray());
    }

    /// <summary>Resets the request's stream.</summary>
    public async Task CancelAsync()
    {
        await _cancellation.CancelAsync();
        if (_response.IsCompletedSuccessfully)
        {
            // The token reaches only as far as the response's head.
            (await _response).Dispose();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _cancellation.Cancel();
        _content.Complete();
        if (_response.IsCompletedSuccessfully)
        {
            _response.Result.Dispose();
        }

        _request.Dispose();
        _cancellation.Dispose();
    }
}

/// <summary>A request body that is written while it is sent.</summary>
internal sealed class GrpcTestRequestContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task WriteAsync(byte[] bytes)
    {
        var stream = await _stream.Task;
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }

    public void Complete() => _completed.TrySetResult();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The head of a call must not wait for its first message, nor a reset for its last.
        await stream.FlushAsync(cancellationToken);
        _stream.TrySetResult(stream);
        await _completed.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
