using Microsoft.Extensions.Options;
using TalkGateway.Configuration;
using TalkGateway.EndToEnd.Tests.Fixtures;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Configuration;

/// <summary>A configuration that cannot be used stops the start, and says key, value and remedy.</summary>
public sealed class ConfigurationTests
{
    private const string Main = "Upstreams:Servers:main";

    [Theory]
    [InlineData($"{Main}:Address", "cloud.example.com", "absolute http or https address")]
    [InlineData($"{Main}:Address", "ftp://cloud.example.com", "absolute http or https address")]
    [InlineData($"{Main}:Address", "https://cloud.example.com/index.php/apps/spreed", "base of the installation")]
    [InlineData($"{Main}:AttemptTimeout", "00:00:00", "from 00:00:01 to 00:10:00")]
    [InlineData($"{Main}:AttemptTimeout", "soon", "docs/configuration.md")]
    [InlineData($"{Main}:MaxConnections", "0", "from 1 to 10000")]
    [InlineData($"{Main}:Adress", "https://cloud.example.com", "docs/configuration.md")]
    [InlineData("Upstreams:Default", "Main", "set it to one of main")]
    [InlineData("Upstreams:Default", "other", "main")]
    [InlineData("Listen", "localhost:8080", "http://127.0.0.1:8080")]
    [InlineData("Listen", "https://localhost:8443", "Kestrel:Endpoints")]
    [InlineData("Listen", "http://cloud.example.com:8080", "IP address")]
    [InlineData("Cors:Origins:0", "https://app.example.com/", "without a path")]
    [InlineData("Cors:Origins:0", "app.example.com", "scheme")]
    [InlineData("Cors:Origins:0", "https://App.example.com", "lower case")]
    [InlineData("Cors:Origins:0", "https://app.example.com:443", "as browsers do")]
    [InlineData("Cors:Origins:0", "https://*", "such as https://app.example.com")]
    [InlineData("Cors:PreflightMaxAge", "-00:00:01", "from 00:00:00 to 1.00:00:00")]
    [InlineData("Cors:Origins", "https://app.example.com", "number its entries, beginning with Cors:Origins:0")]
    [InlineData("Cors:Origin", "https://app.example.com", "docs/configuration.md")]
    [InlineData("PassThrough:Enabled", "maybe", "docs/configuration.md")]
    [InlineData("PassThrough:Prefixes:0", "ocs", "/ocs")]
    [InlineData("PassThrough:Upstream", "other", "main")]
    [InlineData("PassThrough:IdleTimeout", "00:00:00", "from 00:00:01 to 01:00:00")]
    [InlineData("Explorer:Enabled", "maybe", "docs/configuration.md")]
    [InlineData("Explorer:Enable", "true", "docs/configuration.md")]
    [InlineData("Simulator:Profile", "25", "remove either")]
    [InlineData("Simulator:Speed", "25", "docs/configuration.md")]
    [InlineData("Rpc:MaxReceiveMessageSize", "0", "between 1 and")]
    [InlineData("Rpc:MaxReceiveMessageSize", "4 MB", "docs/configuration.md")]
    [InlineData("Sessions:KeyDirectory", "/dev/null/keys", "directory")]
    [InlineData("Upstraems", "https://cloud.example.com", "docs/configuration.md")]
    public async Task A_bad_value_stops_the_start_and_is_named_with_its_remedy(string key, string value, string remedy)
    {
        var message = await RefusalAsync(new() { [$"{Main}:Address"] = "http://127.0.0.1:9", ["Listen"] = "http://127.0.0.1:0", [key] = value });

        Assert.True(message.Contains(key.Replace("Rpc:", "", StringComparison.Ordinal), StringComparison.Ordinal), message);
        Assert.Contains(value, message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_and_some_pages_contradict_each_other()
    {
        var message = await RefusalAsync(new()
        {
            [$"{Main}:Address"] = "http://127.0.0.1:9",
            ["Listen"] = "http://127.0.0.1:0",
            ["Cors:Origins:0"] = "https://app.example.com",
            ["Cors:Origins:1"] = "*",
        });

        Assert.Contains("Cors:Origins:1", message, StringComparison.Ordinal);
        Assert.Contains("* alone", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_mistake_is_named_at_once()
    {
        var message = await RefusalAsync(new() { [$"{Main}:Address"] = "nowhere", [$"{Main}:MaxConnections"] = "-1", ["Listen"] = "http://127.0.0.1:0" });

        Assert.Contains($"{Main}:Address", message, StringComparison.Ordinal);
        Assert.Contains($"{Main}:MaxConnections", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_in_an_address_is_refused_and_not_repeated()
    {
        var message = await RefusalAsync(new() { [$"{Main}:Address"] = "https://alice:s3cret@cloud.example.com", ["Listen"] = "http://127.0.0.1:0" });

        Assert.Contains($"{Main}:Address", message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_upstream_and_simulator_the_start_says_what_to_do()
    {
        var message = await RefusalAsync(new() { ["Listen"] = "http://127.0.0.1:0" });

        Assert.Contains("--upstream", message, StringComparison.Ordinal);
        Assert.Contains("--simulate", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_simulator_profile_is_answered_with_those_there_are()
    {
        var message = await RefusalAsync(new() { ["Simulator:Profile"] = "13", ["Listen"] = "http://127.0.0.1:0" });

        Assert.Contains("13", message, StringComparison.Ordinal);
        Assert.Contains("10.1", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using var first = await TestGateway.StartAsync();
        var address = first.Address.AbsoluteUri.TrimEnd('/');

        var message = await RefusalAsync(new() { [$"{Main}:Address"] = "http://127.0.0.1:9", ["Listen"] = address });

        Assert.Contains($"Listen is '{address}'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "there is no such file")]
    [InlineData("{ \"Listen\": ", "JSON")]
    [InlineData("{ \"Upstreams\": { \"Servers\": { \"a\": { \"Address\": \"x\" } } } }", "Upstreams:Servers:a:Address")]
    public async Task A_configuration_file_that_cannot_be_used_is_named(string? content, string remedy)
    {
        var file = new FileInfo(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        if (content is not null)
        {
            await File.WriteAllTextAsync(file.FullName, content);
        }

        try
        {
            var message = await RefusalAsync(new() { ["Listen"] = "http://127.0.0.1:0" }, file);

            Assert.Contains(remedy, message, StringComparison.Ordinal);
            Assert.True(message.Contains(file.FullName, StringComparison.Ordinal) || remedy.StartsWith("Upstreams", StringComparison.Ordinal), message);
        }
        finally
        {
            file.Delete();
        }
    }

    [Fact]
    public async Task A_configuration_file_is_read_and_the_command_line_wins_over_it()
    {
        var file = new FileInfo(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        await File.WriteAllTextAsync(file.FullName, """{ "Listen": "nowhere", "Simulator": { "Profile": "7" }, "PassThrough": { "Enabled": false } }""");
        try
        {
            await using var gateway = await GatewayHost.StartAsync(
                new CommandLineSettings(file, new Dictionary<string, string?> { ["Listen"] = "http://127.0.0.1:0" }), CancellationToken.None);

            Assert.Equal("7", gateway.Simulator!.Profile.Name);
            Assert.Equal("127.0.0.1", gateway.Address.Host);
        }
        finally
        {
            file.Delete();
        }
    }

    /// <summary>What the start is refused with.</summary>
    private static async Task<string> RefusalAsync(Dictionary<string, string?> keys, FileInfo? file = null)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var gateway = await GatewayHost.StartAsync(new CommandLineSettings(file, keys), CancellationToken.None);
        });
        Assert.True(refusal is ConfigurationException or OptionsValidationException, refusal.ToString());
        return refusal.Message;
    }
}
