using TalkGateway.Configuration;
using TalkGateway.EndToEnd.Tests.Fixtures;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Configuration;

/// <summary>The command line: what it sets, what it prints, and with which exit code a start ends that cannot succeed.</summary>
[Collection("console")]
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--upstream https://cloud.example.com", "Upstreams:Servers:default:Address=https://cloud.example.com")]
    [InlineData("--simulate 5.0", "Simulator:Profile=5.0")]
    [InlineData("--listen http://*:80", "Listen=http://*:80")]
    [InlineData("--pass-through off", "PassThrough:Enabled=false")]
    [InlineData("--pass-through /ocs /index.php", "PassThrough:Prefixes:0=/ocs PassThrough:Prefixes:1=/index.php")]
    [InlineData("", "")]
    public async Task An_option_sets_its_key(string arguments, string keys)
    {
        CommandLineSettings? settings = null;

        var code = await CommandLine.InvokeAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), (given, _) =>
        {
            settings = given;
            return Task.FromResult(7);
        });

        Assert.Equal(7, code);
        Assert.Equal(keys, string.Join(' ', settings!.Keys.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Fact]
    public async Task Help_names_every_option()
    {
        var (code, output, _) = await RunAsync("--help");

        Assert.Equal(0, code);
        Assert.All(["--upstream", "--simulate", "--listen", "--pass-through", "--config", "--version"], option => Assert.Contains(option, output, StringComparison.Ordinal));
        Assert.Contains("docs/configuration.md", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_option_is_refused()
    {
        var (code, _, error) = await RunAsync("--upsteam", "https://cloud.example.com");

        Assert.Equal(2, code);
        Assert.Contains("--upsteam", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_cannot_succeed_says_why_and_ends_with_2()
    {
        var (code, output, error) = await RunAsync("--simulate", "13", "--listen", "http://127.0.0.1:0");

        Assert.Equal(2, code);
        Assert.Contains("Simulator:Profile is '13'", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Only_variables_of_its_own_change_the_gateway()
    {
        var variables = new Dictionary<string, string?> { ["LISTEN"] = "nowhere", ["Simulator__Profile"] = "13", ["TALKGATEWAY_Simulator__Profile"] = "7" };
        await using var process = GatewayProcess.Start(variables, "--listen", "http://127.0.0.1:0");

        Assert.Equal("127.0.0.1", (await process.Address).Host);
    }

    [Fact]
    public async Task What_Kubernetes_sets_for_a_service_of_the_gateways_name_is_no_configuration()
    {
        var variables = new Dictionary<string, string?>
        {
            ["TALKGATEWAY_SERVICE_HOST"] = "10.0.0.1",
            ["TALKGATEWAY_SERVICE_PORT"] = "8080",
            ["TALKGATEWAY_SERVICE_PORT_GRPC"] = "8080",
            ["TALKGATEWAY_PORT"] = "tcp://10.0.0.1:8080",
            ["TALKGATEWAY_PORT_8080_TCP"] = "tcp://10.0.0.1:8080",
            ["TALKGATEWAY_PORT_8080_TCP_PROTO"] = "tcp",
            ["TALKGATEWAY_PORT_8080_TCP_PORT"] = "8080",
            ["TALKGATEWAY_PORT_8080_TCP_ADDR"] = "10.0.0.1",
            ["TALKGATEWAY_METRICS_SERVICE_HOST"] = "10.0.0.2",
        };
        await using var process = GatewayProcess.Start(variables, "--simulate", "25", "--listen", "http://127.0.0.1:0");

        Assert.Equal("127.0.0.1", (await process.Address).Host);
    }

    [Theory]
    [InlineData("TALKGATEWAY_PORT", "8080", "PORT: there is no such key")]
    [InlineData("TALKGATEWAY_HOST", "10.0.0.1", "HOST: there is no such key")]
    public async Task Other_variables_with_its_prefix_are_refused(string name, string value, string expected)
    {
        await using var process = GatewayProcess.Start(new Dictionary<string, string?> { [name] = value }, "--simulate", "25", "--listen", "http://127.0.0.1:0");

        Assert.Equal(2, await process.ExitAsync());
        Assert.Contains(expected, process.Errors, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (Console.Out, Console.Error);
        using var written = new StringWriter();
        using var complained = new StringWriter();
        try
        {
            Console.SetOut(written);
            Console.SetError(complained);
            return (await CommandLine.InvokeAsync(arguments, GatewayHost.RunAsync), written.ToString(), complained.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
