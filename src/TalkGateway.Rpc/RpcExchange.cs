using System.Buffers;
using System.IO.Pipelines;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using TalkGateway.Memory;
using TalkGateway.Rpc.Methods;
using TalkGateway.Rpc.Protocols;
using TalkGateway.Rpc.Wire;

namespace TalkGateway.Rpc;

/// <summary>
/// The course of one call: head, messages, status, each in the call's protocol, with the one rule that the first to end the call,
/// handler or deadline, decides its status and nothing is written after it.
/// </summary>
internal sealed partial class RpcExchange : IDisposable
{
    // The longest a timer can wait; a later deadline re-arms it.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    // What the server needs for a call besides its head and its messages, as long as it lasts.
    private const int CallBytes = 4096;

    private static readonly RpcStatus DeadlineExceeded = new(RpcStatusCode.DeadlineExceeded, "The deadline passed before the call completed.");
    private static readonly RpcStatus CallerCancelled = new(RpcStatusCode.Cancelled, "The caller cancelled the call.");
    private static readonly RpcStatus HandlerFailed = new(RpcStatusCode.Unknown, "The call failed unexpectedly.");

    private readonly HttpContext _http;
    private readonly RpcProtocol _protocol;
    private readonly RpcServices _services;
    private readonly Lock _gate = new();

    private bool _gzip;
    private bool _hasHead;
    private bool _flushing;
    private bool _ended;
    private PooledBufferWriter? _reply;
    private BoundedRequestBody? _request;
    private ByteHolding _head;

    private TimeSpan _timeout;
    private long _started;
    private ITimer? _timer;
    private CancellationTokenSource? _cancellation;
    private Task? _expiry;

    public RpcExchange(HttpContext http, RpcProtocol protocol, RpcServices services, MethodDescriptor method)
    {
        _http = http;
        _protocol = protocol;
        _services = services;
        Codec = protocol.UsesJson ? new JsonCodec(method.File, services.Budgets) : BinaryCodec.Instance;
        Call = new RpcCall(this, http, method);
    }

    public RpcCall Call { get; }

    public MessageCodec Codec { get; }

    public RpcMessageReader Requests { get; private set; } = null!;

    public DateTimeOffset? Deadline { get; private set; }

    public CancellationToken CancellationToken => _cancellation?.Token ?? _http.RequestAborted;

    /// <summary>Fires with the deadline; reads need no other token, since the connection fails them when the caller is gone.</summary>
    public CancellationToken ReadCancellation => _cancellation?.Token ?? CancellationToken.None;

    /// <summary>Runs a handler and ends the call with what came of it.</summary>
    public async Task RunAsync(RpcMethod method)
    {
        RpcStatus status;
        RpcMetadata? trailers = null;
        try
        {
            Begin(method);
            if (!HasExpired)
            {
                await method.InvokeAsync(this);
                PrepareReply();
            }

            status = RpcStatus.Ok;
        }
        catch (RpcException ex)
        {
            status = ex.Status;
            trailers = ex.Trailers;
            RpcLog.CallRefused(_services.Logger, method.Descriptor.FullName, status.Code, ex.InnerException);
        }
        catch (OperationCanceledException ex) when (HasExpired || _http.RequestAborted.IsCancellationRequested || ex is CallerGoneException)
        {
            status = CallerCancelled;
            RpcLog.CallCancelled(_services.Logger, method.Descriptor.FullName);
            if (ex is CallerGoneException)
            {
                // The server may not have noticed yet, and would try to read the rest of the request.
                _http.Abort();
            }
        }
        catch (Exception ex) when (HasExpired || _http.RequestAborted.IsCancellationRequested)
        {
            // Whatever the handler made of it, nobody waits for the answer.
            status = CallerCancelled;
            RpcLog.HandlerFailedAfterItsCall(_services.Logger, method.Descriptor.FullName, ex);
        }
        catch (Exception ex)
        {
            // The boundary of user code: the caller learns that it failed, the log learns why.
            status = HandlerFailed;
            RpcLog.HandlerFailed(_services.Logger, method.Descriptor.FullName, ex);
        }

        await EndAsync(status, trailers);
    }

    /// <summary>Gives the call's memory back; the call does so itself at its end.</summary>
    public void Dispose()
    {
        try
        {
            Requests?.Release();
        }
        finally
        {
            _head.Release();
            _request?.Dispose();
            _reply?.Dispose();
            _reply = null;
            _largeReply?.Dispose();
            _largeReply = null;
            _timer?.Dispose();
        }
    }

    /// <summary>The one response message of a call that has one; kept until the status is known.</summary>
    public PooledBufferWriter Reply => _reply ??= RentWriter();

    /// <summary>Room for a response message, within what all of them may hold.</summary>
    public PooledBufferWriter RentWriter() => PooledBufferWriter.Rent(_services.Budgets.Responses);

    /// <summary>Turns the reply of a handler of wire bytes into what travels.</summary>
    public void TranscodeReply()
    {
        if (!Codec.IsBinary)
        {
            using var binary = Reply;
            _reply = RentWriter();
            Codec.FromBinary(Call.Method.OutputType, binary.Written.Span, _reply);
        }
    }

    /// <summary>Sends a message of a stream.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> message)
    {
        ThrowIfTooLarge(message.Length);
        ValueTask<FlushResult> flush;
        lock (_gate)
        {
            ThrowIfOver();
            WriteHead();
            WriteMessage(message.Span);
            flush = BeginFlush();
        }

        EndFlush(await flush);
    }

    public async ValueTask WriteHeadersAsync()
    {
        ValueTask<FlushResult> flush;
        lock (_gate)
        {
            ThrowIfOver();
            if (_hasHead || !_protocol.CanSendHeadersFirst)
            {
                return;
            }

            WriteHead();
            flush = BeginFlush();
        }

        EndFlush(await flush);
    }

    private bool HasExpired => _timer is not null && _services.Time.GetElapsedTime(_started) >= _timeout;

    private void Begin(RpcMethod method)
    {
        // Message limits bound what a call can send; a stream may stay silent and go on for as long as it likes.
        if (_http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } bodySize)
        {
            bodySize.MaxRequestBodySize = null;
        }

        // A message has a time to arrive in; an average rate would let it trickle for hours, and end all calls of an HTTP/2 connection.
        if (_http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } dataRate)
        {
            dataRate.MinDataRate = null;
        }

        if (_protocol.CanBeCached)
        {
            CacheHeaders.Write(_http);
        }

        _head = new ByteHolding(_services.Budgets.Requests);
        if (!_head.TryHold(CallBytes + SizeOf(_http.Request.Headers)))
        {
            throw new RpcException(RpcStatusCode.ResourceExhausted, _services.Budgets.Requests.Remedy);
        }

        var head = _protocol.ReadHead(_http.Request);
        _gzip = head.GzipAccepted && _services.Options.ResponseCompression switch
        {
            RpcResponseCompression.WhenAccepted => true,
            RpcResponseCompression.WhenRequestIsCompressed => head.GzipRequest,
            _ => false,
        };
        _request = new BoundedRequestBody(_http.Request.BodyReader, _services.Budgets.Requests, _services.Options.TransferTimeout, method.Descriptor.IsClientStreaming, _services.Time);
        _http.Features.Set<IRequestBodyPipeFeature>(_request);
        Requests = _protocol.CreateReader(_http.Request, head.GzipRequest, new MessageLimits(_services.Options.MaxReceiveMessageSize, _services.Budgets.Requests));
        if (head.Timeout is { } timeout)
        {
            StartDeadline(timeout);
        }
    }

    private void StartDeadline(TimeSpan timeout)
    {
        _timeout = timeout;
        _started = _services.Time.GetTimestamp();
        var now = _services.Time.GetUtcNow();
        Deadline = timeout < DateTimeOffset.MaxValue - now ? now + timeout : DateTimeOffset.MaxValue;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(_http.RequestAborted);

        // Armed after it is stored: a timer may fire before its constructor returns.
        lock (_gate)
        {
            _timer = _services.Time.CreateTimer(static exchange => ((RpcExchange)exchange!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        _timer.Change(Min(timeout, LongestTimer), Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            if (!HasExpired)
            {
                var rest = _timeout - _services.Time.GetElapsedTime(_started);
                _timer!.Change(Min(rest, LongestTimer) + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                return;
            }

            _ended = true;
            if (_isSendingLargeReply)
            {
                // The head has promised a whole message.
                _http.Abort();
                _expiry = TellHandlerAsync();
                return;
            }

            _expiry = ExpireAsync();
        }
    }

    /// <summary>Answers in place of a handler that is still running, then tells the handler.</summary>
    private async Task ExpireAsync()
    {
        var completion = Task.CompletedTask;
        try
        {
            if (_flushing)
            {
                _http.Response.BodyWriter.CancelPendingFlush();
            }

            RpcLog.DeadlineExceeded(_services.Logger, Call.Method.FullName, _timeout);
            WriteStatus(DeadlineExceeded, exceptionTrailers: null);
            completion = CompleteAsync();
        }
        finally
        {
            await TellHandlerAsync();
        }

        try
        {
            await completion;
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or InvalidOperationException)
        {
            RpcLog.AnswerNotTaken(_services.Logger, Call.Method.FullName, gone);
        }
    }

    /// <summary>Fails as a task, whatever the server's own way is.</summary>
    private async Task CompleteAsync() => await _http.Response.CompleteAsync();

    private async Task TellHandlerAsync()
    {
        try
        {
            await _cancellation!.CancelAsync();
        }
        catch (AggregateException failed)
        {
            // What the handler registered on its token is its own; the call is over all the same.
            RpcLog.HandlerFailedAfterItsCall(_services.Logger, Call.Method.FullName, failed);
        }
    }

    private async Task EndAsync(RpcStatus status, RpcMetadata? exceptionTrailers)
    {
        status = StatusLimits.Fit(status);
        var isTaken = _largeReply is not null && status.Code is RpcStatusCode.Ok && await SendLargeReplyAsync();
        lock (_gate)
        {
            if (!_ended)
            {
                _ended = true;
                if (HasExpired && !isTaken)
                {
                    status = DeadlineExceeded;
                    RpcLog.DeadlineExceeded(_services.Logger, Call.Method.FullName, _timeout);
                }

                WriteReplyAndStatus(status, exceptionTrailers);
            }
        }

        Dispose();
        try
        {
            if (_expiry is not null)
            {
                await _expiry;
            }
        }
        finally
        {
            _cancellation?.Dispose();
        }
    }

    private void WriteReplyAndStatus(RpcStatus status, RpcMetadata? exceptionTrailers)
    {
        if (status.Code is RpcStatusCode.Ok && _reply is not null)
        {
            WriteHead();
            WriteMessage(_reply.Written.Span);
        }

        WriteStatus(status, exceptionTrailers);
    }

    private void WriteStatus(RpcStatus status, RpcMetadata? exceptionTrailers)
    {
        if (_protocol.CanBeCached && status.Code is not RpcStatusCode.Ok && !_http.Response.HasStarted)
        {
            CacheHeaders.WriteFailed(_http.Response);
        }

        if (Call.ResponseMetadataOrNull is { Count: > 0 })
        {
            WriteHead();
        }

        var trailers = Call.TrailersOrNull;
        trailers?.MarkSent();
        if (exceptionTrailers is not null)
        {
            trailers = trailers is null ? exceptionTrailers : RpcMetadata.Concat(trailers, exceptionTrailers);
        }

        _protocol.WriteStatus(_http.Response, status, trailers, _hasHead);
    }

    private void WriteHead()
    {
        if (_hasHead)
        {
            return;
        }

        _hasHead = true;
        _protocol.WriteHead(_http.Response, _gzip);
        if (Call.ResponseMetadataOrNull is { } metadata)
        {
            metadata.MarkSent();
            metadata.CopyTo(_http.Response.Headers);
        }
    }

    private void WriteMessage(ReadOnlySpan<byte> message)
    {
        WriteMessage(_http.Response.BodyWriter, message);
    }

    private void WriteMessage(IBufferWriter<byte> output, ReadOnlySpan<byte> message)
    {
        if (_gzip && message.Length >= _services.Options.ResponseCompressionThreshold)
        {
            using var deflated = GzipCompression.Deflate(message, _services.Options.ResponseCompressionLevel, _services.Budgets.Responses);
            _protocol.WriteMessage(_http.Response, output, deflated.Written.Span, compressed: true);
        }
        else
        {
            _protocol.WriteMessage(_http.Response, output, message, compressed: false);
        }
    }

    private ValueTask<FlushResult> BeginFlush()
    {
        _flushing = true;
        return _http.Response.BodyWriter.FlushAsync(CancellationToken.None);
    }

    private void EndFlush(FlushResult result)
    {
        lock (_gate)
        {
            _flushing = false;
            ThrowIfOver();
        }

        if (result.IsCompleted)
        {
            // Before the token fires, which takes a moment.
            throw new CallerGoneException();
        }

        if (result.IsCanceled)
        {
            throw new OperationCanceledException(CancellationToken);
        }
    }

    private void ThrowIfOver()
    {
        if (_ended || _http.RequestAborted.IsCancellationRequested)
        {
            throw new OperationCanceledException("The call is over.", CancellationToken);
        }
    }

    private void ThrowIfTooLarge(int length)
    {
        if (_services.Options.MaxSendMessageSize is { } limit && length > limit)
        {
            throw new RpcException(RpcStatusCode.ResourceExhausted, $"The response message has {length} bytes; {limit} may be sent.");
        }
    }

    /// <summary>Bytes that the head takes, as UTF-16 text.</summary>
    private static long SizeOf(IHeaderDictionary headers)
    {
        var characters = 0L;
        foreach (var (key, values) in headers)
        {
            characters += key.Length;
            foreach (var value in values)
            {
                characters += value?.Length ?? 0;
            }
        }

        return characters * sizeof(char);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
