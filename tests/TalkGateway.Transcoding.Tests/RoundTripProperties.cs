using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Sample.V1;
using Xunit;

namespace TalkGateway.Transcoding.Tests;

public class RoundTripProperties
{
    private static readonly World Server = new();

    private static void ForAll(Func<int, bool> property, int tests = 300) => Seeds.ForAll(tests, seed => Assert.True(property(seed)));

    private static Everything Sample(int seed) => (Everything)new RandomMessages(seed).Message(Everything.Descriptor);

    [Fact]
    public void What_a_request_sends_an_answer_reads_back() =>
        ForAll(seed =>
        {
            var message = Sample(seed);
            var body = World.Body(Server.Send("Echo", message));

            return Everything.Parser.ParseFrom(Server.Receive("Echo", World.Envelope(body))).Equals(message);
        });

    [Fact]
    public void A_body_is_json_whose_texts_are_those_of_the_message() =>
        ForAll(seed =>
        {
            var message = Sample(seed);
            using var body = JsonDocument.Parse(Server.Send("Echo", message).Body);

            return body.RootElement.GetProperty("stringValue").GetString() == message.StringValue
                && body.RootElement.GetProperty("uint64Value").GetUInt64() == message.Uint64Value
                && body.RootElement.GetProperty("doubleValue").GetDouble().Equals(message.DoubleValue)
                && (message.StringList.Count == 0 || body.RootElement.GetProperty("stringList").EnumerateArray().Select(text => text.GetString()).SequenceEqual(message.StringList));
        });

    [Fact]
    public void Fields_may_come_in_any_order_and_in_parts() =>
        ForAll(seed =>
        {
            // Two messages behind each other are one that is merged of both.
            byte[] parts = [.. Sample(seed).ToByteArray(), .. Sample(~seed).ToByteArray()];
            var merged = Everything.Parser.ParseFrom(parts).ToByteArray();

            using var ofParts = JsonDocument.Parse(Server.Send("Echo", parts).Body);
            using var ofMerged = JsonDocument.Parse(Server.Send("Echo", merged).Body);
            return JsonElement.DeepEquals(ofParts.RootElement, ofMerged.RootElement);
        });

    [Fact]
    public void Queries_say_what_the_message_says() =>
        ForAll(seed =>
        {
            var random = new RandomMessages(seed);
            var message = new SearchRequest { Text = random.Text(), Limit = (uint)random.Number(), Tags = { random.Text(), random.Text() }, Ids = { random.Number() } };

            var query = Server.Send("Search", message).PathAndQuery.Split('?')[1].Split('&').Select(pair => pair.Split('=')).ToLookup(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
            return query["text"].SequenceEqual([message.Text]) && query["limit"].SequenceEqual([$"{message.Limit}"])
                && query["tags[]"].SequenceEqual(message.Tags) && query["ids[]"].SequenceEqual(message.Ids.Select(id => $"{id}"));
        });

    [Fact]
    public void Any_bytes_are_a_request_or_refused() =>
        ForAll(
            seed =>
            {
                var random = new Random(seed);
                var message = Sample(seed).ToByteArray();
                Corrupt(random, ref message);
                foreach (var plan in World.Plans.Methods)
                {
                    try
                    {
                        plan.Resolve(Server).WriteRequest(message, new UpstreamRequest());
                    }
                    catch (Exception e) when (e is InvalidRequestException or UnsupportedFieldException)
                    {
                        Assert.NotEmpty(e.Message);
                    }
                }

                return true;
            },
            tests: 100);

    [Fact]
    public void Any_bytes_are_an_answer_or_malformed() =>
        ForAll(
            seed =>
            {
                var random = new Random(seed);
                var body = Encoding.UTF8.GetBytes(World.Envelope(World.Body(Server.Send("Echo", Sample(seed)))));
                Corrupt(random, ref body);
                foreach (var plan in World.Plans.Methods)
                {
                    try
                    {
                        var target = new System.Buffers.ArrayBufferWriter<byte>();
                        plan.Resolve(Server).ReadAnswer(200, Server, body, target);
                        plan.Descriptor.OutputType.Parser.ParseFrom(target.WrittenSpan);
                    }
                    catch (MalformedAnswerException e)
                    {
                        Assert.InRange(e.Offset, 0, body.Length);
                    }
                }

                OcsEnvelope.TryRead(body, out _);
                return true;
            },
            tests: 100);

    [Fact]
    public void An_answer_cut_off_anywhere_is_malformed()
    {
        var body = Encoding.UTF8.GetBytes(World.Envelope(
            """{"id":"\u00e9😀","title":"t","count":"12","new":{"a":[1.5,true]},"parent":{"votes":{"x":1}},"params":"{\"a\":null}","children":[{},[]],"ends":5,"name":"n"}"""));

        for (var length = 0; length < body.Length; length++)
        {
            Assert.Throws<MalformedAnswerException>(() => Server.Receive("Read", body.AsSpan(0, length)));
        }

        Assert.NotEmpty(Server.Receive("Read", body));
    }

    [Fact]
    public void A_request_cut_off_within_a_field_is_refused()
    {
        byte[] message = new SearchRequest { Text = new string('x', 40) }.ToByteArray();

        for (var length = 1; length < message.Length; length++)
        {
            Assert.Equal("", Assert.Single(Server.Refuse("Search", message[..length])).Field);
        }
    }

    private static void Corrupt(Random random, ref byte[] bytes)
    {
        for (var i = random.Next(4); i > 0 && bytes.Length > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        if (random.Next(4) == 0)
        {
            bytes = bytes[..random.Next(bytes.Length + 1)];
        }
    }
}
