using System.Buffers;
using System.IO.Pipelines;
using FsCheck;
using FsCheck.Fluent;
using TalkGateway.Memory;
using TalkGateway.Rpc.Wire;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.Rpc.Tests;

public sealed class WireFormatProperties
{
    [Fact]
    public void Messages_are_read_as_they_were_framed_however_the_body_is_cut()
    {
        Prop.ForAll<byte[][], int[]>((messages, cuts) =>
        {
            messages = [.. messages.Select(message => message ?? [])];
            var body = messages.SelectMany((message, index) => GrpcTestClient.Frame(message, gzip: index % 2 == 1)).ToArray();
            return ReadAll(Cut(body, cuts ?? [])).Result.SequenceEqual(messages, ByteArrays.Instance);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Single_message_is_read_however_the_body_is_cut()
    {
        Prop.ForAll<byte[], int[]>((message, cuts) =>
        {
            message ??= [];
            var reader = new EnvelopeReader(Cut(GrpcTestClient.Frame(message), cuts ?? []), gzip: false, new MessageLimits(1 << 20, ByteBudget.Unlimited));
            var read = reader.ReadSingleAsync(CancellationToken.None).AsTask().Result.ToArray();
            return read.AsSpan().SequenceEqual(message);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Request_cut_off_anywhere_within_its_messages_is_an_internal_error()
    {
        Prop.ForAll<byte[], PositiveInt>((message, at) =>
        {
            var frame = GrpcTestClient.Frame(message ?? []);
            var cut = 1 + ((at.Get - 1) % (frame.Length - 1));
            var reader = new EnvelopeReader(PipeReader.Create(new ReadOnlySequence<byte>(frame[..cut])), gzip: false, new MessageLimits(1 << 20, ByteBudget.Unlimited));
            return Assert.ThrowsAsync<RpcException>(() => reader.ReadAsync(CancellationToken.None).AsTask()).Result.Status.Code == RpcStatusCode.Internal;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Percent_encoding_is_printable_ascii_and_gives_the_text_back()
    {
        Prop.ForAll<string>(text =>
        {
            // Lone halves of surrogate pairs have no UTF-8.
            var whole = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text ?? ""));
            var encoded = PercentEncoding.Encode(whole);
            return encoded.All(c => c is >= ' ' and <= '~') && Uri.UnescapeDataString(encoded) == whole;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Binary_metadata_goes_without_padding_and_comes_back_with_or_without()
    {
        Prop.ForAll<byte[]>(value =>
        {
            value ??= [];
            var encoded = BinaryMetadata.Encode(value);
            return !encoded.Contains('=', StringComparison.Ordinal)
                && BinaryMetadata.TryDecode(encoded, out var bare) && bare.AsSpan().SequenceEqual(value)
                && BinaryMetadata.TryDecode(Convert.ToBase64String(value), out var padded) && padded.AsSpan().SequenceEqual(value);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Timeouts_of_every_unit_are_read_exactly()
    {
        var units = new Dictionary<char, double>
        {
            ['H'] = 3600,
            ['M'] = 60,
            ['S'] = 1,
            ['m'] = 1e-3,
            ['u'] = 1e-6,
            ['n'] = 1e-9,
        };
        Prop.ForAll(Gen.Choose(0, 99_999_999).ToArbitrary(), Gen.Elements<char>(units.Keys).ToArbitrary(), (value, unit) =>
            GrpcTimeout.TryParse($"{value}{unit}", out var timeout)
            && timeout.Ticks == (long)Math.Ceiling((decimal)units[unit] * value * TimeSpan.TicksPerSecond)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Text_that_is_no_timeout_is_refused()
    {
        Prop.ForAll<string>(text =>
            GrpcTimeout.TryParse(text, out _) == System.Text.RegularExpressions.Regex.IsMatch(text ?? "", "^[0-9]{1,8}[HMSmun]\\z")).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Bytes_written_in_any_pieces_are_kept()
    {
        Prop.ForAll<byte[][]>(pieces =>
        {
            using var writer = PooledBufferWriter.Rent();
            foreach (var piece in pieces)
            {
                writer.Write(piece ?? []);
            }

            return writer.Written.ToArray().AsSpan().SequenceEqual(pieces.SelectMany(piece => piece ?? []).ToArray());
        }).QuickCheckThrowOnFailure();
    }

    private static async Task<List<byte[]>> ReadAll(PipeReader body)
    {
        var reader = new EnvelopeReader(body, gzip: true, new MessageLimits(1 << 20, ByteBudget.Unlimited));
        var messages = new List<byte[]>();
        while (await reader.ReadAsync(CancellationToken.None))
        {
            messages.Add(reader.Message.ToArray());
        }

        return messages;
    }

    private static PipeReader Cut(byte[] body, int[] cuts) =>
        PipeReader.Create(new PiecewiseStream(body, cuts), new StreamPipeReaderOptions(bufferSize: 16, minimumReadSize: 1));

    /// <summary>Gives its bytes in reads of one to seven, by the cuts given, then by ones.</summary>
    private sealed class PiecewiseStream(byte[] body, int[] cuts) : MemoryStream(body)
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var length = _reads < cuts.Length ? 1 + (int)((uint)cuts[_reads++] % 7) : 1;
            return new(Read(buffer.Span[..Math.Min(length, buffer.Length)]));
        }
    }

    private sealed class ByteArrays : IEqualityComparer<byte[]>
    {
        public static ByteArrays Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => obj.Length;
    }
}
