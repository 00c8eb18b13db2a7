using System.Buffers;

namespace TalkGateway.Memory;

/// <summary>
/// Arrays of bytes for messages and answers. The shared pool keeps what it gets for as long as nothing presses, so it gets small ones
/// only: the large ones of a burst go to the garbage collector.
/// </summary>
public static class Buffers
{
    private const int LargestPooled = 256 * 1024;

    // From here on doubling would waste more than copying costs.
    private const int LargestDoubled = 4 * 1024 * 1024;

    /// <summary>An array of at least this many bytes, with anything in it.</summary>
    public static byte[] Rent(int length) => length <= LargestPooled ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);

    /// <summary>Gives an array back that nobody uses any more.</summary>
    public static void Return(byte[] buffer)
    {
        if (buffer.Length <= LargestPooled)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>How long the array should be that takes the place of one that is full.</summary>
    /// <param name="length">Length of the full one.</param>
    /// <param name="needed">Bytes that must fit, at most <see cref="Array.MaxLength"/>.</param>
    public static int Larger(int length, long needed)
    {
        var grown = length < LargestDoubled ? 2L * length : length + (length / 2L);
        return (int)Math.Min(Math.Max(needed, grown), Array.MaxLength);
    }
}
