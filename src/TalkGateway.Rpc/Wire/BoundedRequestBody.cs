using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using TalkGateway.Memory;

namespace TalkGateway.Rpc.Wire;

/// <summary>
/// A request's body that counts what it keeps against a budget and waits for a message only so long: a body that never ends would
/// otherwise cost its sender nothing and hold memory for as long as it trickles.
/// </summary>
/// <param name="body">The body as it comes.</param>
/// <param name="budget">What all requests may hold together.</param>
/// <param name="timeout">Longest time from the first wait for a message to its end.</param>
/// <param name="maySilent">Whether the caller may wait before a message begins, as in a stream.</param>
/// <param name="time">The clock.</param>
internal sealed class BoundedRequestBody(PipeReader body, ByteBudget budget, TimeSpan timeout, bool maySilent, TimeProvider time) : PipeReader, IRequestBodyPipeFeature, IDisposable
{
    private ByteHolding _holding = new(budget);
    private ReadOnlySequence<byte> _buffer;
    private long? _waitingSince;
    private ITimer? _timer;
    private volatile bool _late;

    public PipeReader Reader => this;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = body.ReadAsync(cancellationToken);
        return read.IsCompletedSuccessfully ? new ValueTask<ReadResult>(Hold(read.Result)) : WaitAsync(read);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!body.TryRead(out result))
        {
            return false;
        }

        result = Hold(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var left = _buffer.Slice(consumed).Length;
        _buffer = default;

        // Giving some back never fails.
        _ = _holding.TryHold(left);
        if (left == 0)
        {
            _waitingSince = null;
        }

        body.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => body.CancelPendingRead();

    public override void Complete(Exception? exception = null) => body.Complete(exception);

    public void Dispose()
    {
        _timer?.Dispose();
        _holding.Release();
    }

    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> read)
    {
        if (!maySilent || _waitingSince is not null)
        {
            StartTimer();
        }

        var result = await read;
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (_late && result.IsCanceled)
        {
            body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            throw new RpcException(RpcStatusCode.DeadlineExceeded, $"The request message did not arrive within {timeout.TotalSeconds:0.#} s.");
        }

        return Hold(result);
    }

    private void StartTimer()
    {
        _waitingSince ??= time.GetTimestamp();
        _timer ??= time.CreateTimer(static state => ((BoundedRequestBody)state!).GiveUp(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var left = timeout - time.GetElapsedTime(_waitingSince.Value);
        _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void GiveUp()
    {
        _late = true;
        body.CancelPendingRead();
    }

    private ReadResult Hold(ReadResult result)
    {
        _buffer = result.Buffer;
        if (!_holding.TryHold(result.Buffer.Length))
        {
            body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            throw new RpcException(RpcStatusCode.ResourceExhausted, budget.Remedy);
        }

        // A message has begun: from here on its end is waited for.
        _waitingSince ??= result.Buffer.IsEmpty ? null : time.GetTimestamp();
        return result;
    }
}
