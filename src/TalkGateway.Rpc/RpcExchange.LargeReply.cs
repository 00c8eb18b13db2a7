using System.IO.Pipelines;
using TalkGateway.Rpc.Wire;

namespace TalkGateway.Rpc;

/// <summary>The end of a call whose answer is large.</summary>
internal sealed partial class RpcExchange
{
    private LargeReply? _largeReply;
    private bool _isSendingLargeReply;

    /// <summary>Makes the reply ready to be sent, while the call can still end with another status.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: it is too large, or there is no room for it beside the others.</exception>
    private void PrepareReply()
    {
        if (_reply is null)
        {
            return;
        }

        ThrowIfTooLarge(_reply.Length);
        if (_reply.Length <= LargeReply.Threshold)
        {
            UntakenResponse.Register(_http.Response, _services.Budgets.Responses, _reply.Length);
            return;
        }

        var frame = RentWriter();
        _largeReply = new LargeReply(frame);
        WriteMessage(frame, _reply.Written.Span);
        _reply.Dispose();
        _reply = null;
    }

    /// <summary>Sends the large reply as the caller takes it.</summary>
    /// <returns>Whether all of it was taken; if not, the call is over.</returns>
    private async Task<bool> SendLargeReplyAsync()
    {
        using var patience = _services.Time.CreateTimer(static http => ((Microsoft.AspNetCore.Http.HttpContext)http!).Abort(), _http, _services.Options.TransferTimeout, Timeout.InfiniteTimeSpan);
        while (true)
        {
            ValueTask<FlushResult> flush;
            lock (_gate)
            {
                if (_ended)
                {
                    return false;
                }

                _isSendingLargeReply = true;
                WriteHead();
                if (!_largeReply!.WritePiece(_http.Response.BodyWriter))
                {
                    return true;
                }

                flush = BeginFlush();
            }

            try
            {
                EndFlush(await flush);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                // Half an answer is none: the caller must not take it for a whole one.
                RpcLog.AnswerNotTaken(_services.Logger, Call.Method.FullName, gone);
                _http.Abort();
                lock (_gate)
                {
                    _ended = true;
                }

                return false;
            }
        }
    }
}
