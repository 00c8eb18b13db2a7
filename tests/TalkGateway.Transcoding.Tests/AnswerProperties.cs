using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Sample.V1;
using Xunit;

namespace TalkGateway.Transcoding.Tests;

public class AnswerProperties
{
    private static readonly World Server = new();

    private static readonly JsonSerializerOptions[] Styles =
    [
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping },
        new() { Encoder = JavaScriptEncoder.Default, WriteIndented = true },
    ];

    [Fact]
    public void Whatever_a_server_sends_can_be_read_in_every_form_of_protobuf() =>
        Seeds.ForAll(500, seed =>
        {
            var random = new RandomMessages(seed);
            var item = RandomItem(random, 0);
            item["new"] = new JsonObject { [""] = new JsonObject { [""] = RandomValue(random, 0) }, ["far"] = 1e300, ["list"] = new JsonArray(new JsonObject { [""] = "x" }) };
            item["createdAt"] = random.Below(2) == 0 ? -1e15 : 9e17;
            var json = item.ToJsonString().Replace("\"far\"", "\"\\ud800\"", StringComparison.Ordinal);

            var answer = Server.Item(json);

            Assert.Equal(answer, JsonParser.Default.Parse<Item>(JsonFormatter.Default.Format(answer)));
            Assert.Equal(answer, Item.Parser.ParseFrom(answer.ToByteArray()));
        });

    [Fact]
    public void Any_object_is_read_as_the_rules_say() =>
        Seeds.ForAll(1500, seed =>
        {
            var random = new RandomMessages(seed);
            var json = RandomItem(random, 0).ToJsonString(Styles[random.Below(2)]);
            using var document = JsonDocument.Parse(json);

            Assert.Equal(ReferenceReader.Read(document.RootElement), Server.Item(json));
        });

    private static JsonObject RandomItem(RandomMessages random, int depth)
    {
        var item = new JsonObject();
        for (var i = random.Below(8); i > 0; i--)
        {
            item[random.Below(6) == 0 ? "new" + random.Text() : ReferenceReader.Names[random.Below(ReferenceReader.Names.Count)]] = RandomValue(random, depth);
        }

        return item;
    }

    private static JsonNode? RandomValue(RandomMessages random, int depth) => random.Below(depth > 3 ? 12 : 17) switch
    {
        0 => null,
        1 => true,
        2 => false,
        3 => 0,
        4 => "0",
        5 => random.Number(),
        6 => random.Number().ToString(System.Globalization.CultureInfo.InvariantCulture),
        7 => random.Text(),
        8 => random.Below(100_000) / 8.0,
        9 => new[] { "add", "remove", "yes", "no", "1", "true", "{\"a\":[1]}", "[]", "{x}" }[random.Below(9)],
        10 => new JsonArray(),
        11 => new JsonObject(),
        12 => new JsonArray([.. Enumerable.Range(0, random.Below(4)).Select(_ => RandomValue(random, depth + 1))]),
        13 => new JsonArray([.. Enumerable.Range(0, random.Below(4)).Select(_ => (JsonNode?)random.Below(300))]),
        14 => new JsonObject([.. Enumerable.Range(0, random.Below(4)).Select(i => new KeyValuePair<string, JsonNode?>(random.Text() + i, random.Below(300)))]),
        15 => new JsonArray([.. Enumerable.Range(0, random.Below(3)).Select(_ => (JsonNode?)RandomItem(random, depth + 1))]),
        _ => RandomItem(random, depth + 1),
    };
}
