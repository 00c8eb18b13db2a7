using System.Buffers;
using TalkGateway.Transcoding.Compilation;
using TalkGateway.Transcoding.Requests;

namespace TalkGateway.Transcoding;

/// <summary>
/// How an answer that lacks a field is completed by another rpc (<c>Operation.complete</c>), on protobuf's wire format alone: to ask is
/// to copy fields of the request, and to complete is to write a field in front of the answer, since readers merge what stands twice.
/// </summary>
public sealed class CompletionPlan
{
    private readonly int[] _path;
    private readonly (int From, int To)[] _parameters;
    private readonly int _toldAs;

    /// <param name="rpc">The other rpc.</param>
    /// <param name="path">Numbers of the field that has to be there and, in front, of the messages around it.</param>
    /// <param name="parameters">Numbers of the fields that both requests have.</param>
    /// <param name="toldAs">Number that the path's first field has in the response of the other rpc.</param>
    internal CompletionPlan(MethodPlan rpc, int[] path, (int From, int To)[] parameters, int toldAs)
    {
        Rpc = rpc;
        _path = path;
        _parameters = parameters;
        _toldAs = toldAs;
    }

    /// <summary>The other rpc.</summary>
    public MethodPlan Rpc { get; }

    /// <summary>Whether a response needs no completion.</summary>
    public bool IsComplete(ReadOnlySpan<byte> response) => Has(response, _path);

    /// <summary>Writes the request of the other rpc that goes with a request.</summary>
    public void WriteRequest(ReadOnlySpan<byte> request, IBufferWriter<byte> target)
    {
        foreach (var (from, to) in _parameters)
        {
            Copy(request, from, to, target);
        }
    }

    /// <summary>Writes what the other rpc's response tells. The incomplete response goes behind it, so that its own values win.</summary>
    public void WriteField(ReadOnlySpan<byte> told, IBufferWriter<byte> target) => Copy(told, _toldAs, _path[0], target);

    private static bool Has(ReadOnlySpan<byte> message, ReadOnlySpan<int> path)
    {
        var cursor = new WireCursor(message, 0, message.Length);
        while (cursor.TryReadTag(out var number, out var wireType) && cursor.TryReadValue(wireType, out var value))
        {
            if (number == path[0] && (path.Length == 1 || Has(message.Slice(value.Start, value.Length), path[1..])))
            {
                return true;
            }
        }

        return false;
    }

    private static void Copy(ReadOnlySpan<byte> message, int from, int to, IBufferWriter<byte> target)
    {
        var cursor = new WireCursor(message, 0, message.Length);
        while (cursor.TryReadTag(out var number, out var wireType))
        {
            var start = cursor.Position;
            if (!cursor.TrySkip(number, wireType))
            {
                return;
            }

            if (number == from)
            {
                target.Write(Annotations.Tag(to, wireType));
                target.Write(message[start..cursor.Position]);
            }
        }
    }
}
