using System.Buffers;

namespace TalkGateway.Rpc.Wire;

/// <summary>
/// What a message takes in memory while it is turned from or into JSON, by estimates that are rather too high: trees of objects and
/// UTF-16 text stand between the two forms, and a list of zeros costs forty times its bytes.
/// </summary>
internal static class JsonCosts
{
    // Text of two bytes a character, and its copy.
    private const int OfByte = 3;

    // An object and its place in a list.
    private const int OfValue = 96;

    // Of protobuf's binary form, in which a value has four bytes at least.
    private const int OfBinaryByte = 12;

    private static readonly SearchValues<byte> Separators = SearchValues.Create(",[{"u8);

    /// <summary>For reading JSON.</summary>
    public static long OfReading(in ReadOnlySequence<byte> json)
    {
        var values = 0L;
        foreach (var segment in json)
        {
            for (var rest = segment.Span; rest.IndexOfAny(Separators) is >= 0 and var next; rest = rest[(next + 1)..])
            {
                values++;
            }
        }

        return (json.Length * OfByte) + (values * OfValue);
    }

    /// <summary>For writing JSON.</summary>
    /// <param name="binary">Bytes of the message in binary form.</param>
    public static long OfWriting(int binary) => (long)binary * OfBinaryByte;
}
