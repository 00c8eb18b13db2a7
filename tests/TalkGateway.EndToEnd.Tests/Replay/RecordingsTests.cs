using System.Text;
using System.Text.Json;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Replay;

/// <summary>The set of recordings is whole, and what it promises in its README.</summary>
public sealed class RecordingsTests
{
    [Fact]
    public void Every_generation_of_talk_is_there_oldest_first()
    {
        string[] expected = ["talk2.9dev", "talk3.0", "talk4", "talk5seed", "talk5", "talk6", "talk8", "talk9", "talk10.0", "talk10.1", "talk12", "talk25"];

        Assert.Equal(expected, Recordings.Servers.Select(server => server.Name));
    }

    [Fact]
    public void Every_server_has_capabilities_that_are_json()
    {
        foreach (var server in Recordings.Servers)
        {
            Assert.Equal(JsonValueKind.Object, server.Capabilities.Response.Data.GetProperty("capabilities").ValueKind);
            Assert.Equal(JsonValueKind.Object, server.GuestCapabilities.Response.Data.GetProperty("capabilities").ValueKind);
        }
    }

    [Fact]
    public void Numbers_are_unique_on_a_server_and_ascend()
    {
        foreach (var server in Recordings.Servers)
        {
            var numbers = server.Exchanges.Select(exchange => exchange.Number).ToArray();

            Assert.Equal(numbers.Distinct().Order(), numbers);
        }
    }

    [Fact]
    public void Bytes_of_an_answer_say_the_same_as_its_document()
    {
        foreach (var exchange in Recordings.All.Where(exchange => exchange.Response.IsJson))
        {
            using var parsed = JsonDocument.Parse(exchange.Response.Bytes);

            Assert.True(JsonElement.DeepEquals(exchange.Response.Body, parsed.RootElement), exchange.ToString());
        }
    }

    [Fact]
    public void Long_texts_of_requests_are_unfolded()
    {
        var tooLong = Recordings.All
            .Where(exchange => exchange.Operation == "chat.send" && exchange.Response.Status == 413)
            .Select(exchange => exchange.Request.Body["message"].GetString()!.Length)
            .ToArray();

        Assert.NotEmpty(tooLong);
        Assert.All(tooLong, length => Assert.True(length > 1000));
    }

    [Fact]
    public void Nothing_of_the_recording_machine_is_left()
    {
        foreach (var exchange in Recordings.All)
        {
            var text = Encoding.UTF8.GetString(exchange.Response.Bytes.Span) + string.Join(' ', exchange.Request.Body.Values);

            Assert.DoesNotContain("127.0.0.1", text, StringComparison.Ordinal);
            Assert.DoesNotContain("localhost", text, StringComparison.Ordinal);
        }
    }
}
