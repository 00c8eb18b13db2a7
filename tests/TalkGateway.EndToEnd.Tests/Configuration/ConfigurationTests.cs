using Microsoft.Extensions.Configuration;
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
    [InlineData("PassThrough:Enabled", "maybe", "docs/configuration.md")]
    [InlineData("PassThrough:Prefixes:0", "ocs", "/ocs")]
    [InlineData("PassThrough:Upstream", "other", "main")]
    [InlineData("PassThrough:IdleTimeout", "00:00:00", "from 00:00:01 to 01:00:00")]
    [InlineData("Explorer:Enabled", "maybe", "docs/configuration.md")]
    [InlineData("Simulator:Profile", "25", "remove either")]
    [InlineData("Rpc:MaxReceiveMessageSize", "0", "between 1 and")]
    [InlineData("Rpc:MaxReceiveMessageSize", "4 MB", "docs/configuration.md")]
    [InlineData("Sessions:KeyDirectory", "/dev/null/keys", "directory")]
    [InlineData("Sessions:KeyDirectory", "/proc/self", "may read and write")]
    [InlineData($"{Main}:Address", "https://cloud.example.com/ocs", "base of the installation")]
    [InlineData($"{Main}:Address", "https://cloud.example.com/next cloud", "without spaces")]
    [InlineData($"{Main}:Address", " https://cloud.example.com", "without spaces")]
    [InlineData($"{Main}", "https://cloud.example.com", "it is a section")]
    [InlineData("Upstreams", "https://cloud.example.com", "it is a section")]
    [InlineData($"{Main}:Authorities", "cloud.example.com", "number its entries")]
    [InlineData($"{Main}:CircuitBreaker:FailureRatio", "half", "a number")]
    [InlineData("Logging:LogLevel:Default", "Chatty", "Information")]
    [InlineData("Logging:Console:LogLevel:Default", "Chatty", "Information")]
    [InlineData("Kestrel:Endpoints:tls:Url", "cloud:8443", "https://*:8443")]
    [InlineData("Kestrel:Endpoints:tls:Url", "ftp://*:8443", "https://*:8443")]
    [InlineData("Kestrel:EndpointDefaults:Protocols", "Http4", "Http1AndHttp2")]
    [InlineData("Kestrel:Certificates:Default:Path", "/nowhere/tls.pfx", "PKCS #12")]
    [InlineData("TrustedProxies:0", "balancer", "10.0.0.0/8")]
    [InlineData("TrustedProxies", "10.0.0.0/8", "number its entries")]
    [InlineData("Shutdown:Delay", "-00:00:01", "from 00:00:00 to 00:10:00")]
    [InlineData("Shutdown:Timeout", "1.00:00:00", "from 00:00:00 to 00:10:00")]
    [InlineData("PassThrough:IdleTimeout", "soon", "hours:minutes:seconds")]
    [InlineData("Rpc:ResponseCompression", "Always", "WhenAccepted")]
    [InlineData("Rpc:ResponseCompression", "7", "WhenAccepted")]
    [InlineData("Rpc:MaxReceiveMessageSize", "67108864", "Rpc:MaxReceiveMessageSize (67108864) takes 89478489", "Limits:RequestBytes")]
    [InlineData("Shutdown:Delay", "00:00:99", "hours:minutes:seconds")]
    [InlineData("Shutdown:Timeout", "99999999999", "hours:minutes:seconds")]
    [InlineData("Limits:MaxStreamsPerConnection", "99999999999", "a whole number")]
    [InlineData("Upstreams:Servers", "https://cloud.example.com", "it is a section")]
    [InlineData("Logging", "Debug", "it is a section")]
    [InlineData("Logging:LogLevel:Default", "99", "Information")]
    [InlineData("Logging:Console:FormatterName", "nope", "simple, json, systemd")]
    [InlineData("Logging:Console:FormatterOptions:SingleLine", "nope", "true or false")]
    [InlineData("Logging:Console:FormatterOptions:TimestampFormat", "%", "HH:mm:ss")]
    [InlineData("Logging:Console:MaxQueueLength", "nope", "a whole number")]
    [InlineData("Logging:Console:MaxQueueLength", "-1", "1 or more")]
    [InlineData("Kestrel:EndpointDefaults:Protocols", "None", "Http1AndHttp2")]
    [InlineData("Kestrel:EndpointDefaults:Protocols", "Http3", "Http1AndHttp2")]
    [InlineData("Kestrel:EndpointDefaults:SslProtocols:0", "Tls99", "Tls12, Tls13")]
    [InlineData("Kestrel:Endpoints:tls:Url", "https://127.0.0.1:0", "set Kestrel:Endpoints:tls:Certificate:Path")]
    [InlineData("Kestrel:Certificates:Default:Subject", "nobody.example", "Store, Location and AllowInvalid")]
    [InlineData("Kestrel:Certificates:Default:Location", "Nowhere", "LocalMachine")]
    [InlineData("Kestrel:Certificates:Default:Password", "", "set Kestrel:Certificates:Default:Path", "Kestrel:Certificates:Default")]
    [InlineData($"{Main}:Address", "https://cloud.example.com/OCS/v2.php", "base of the installation")]
    [InlineData($"{Main}:Authorities:0", "https://x y", "host name")]
    public async Task A_bad_value_stops_the_start_and_is_named_with_its_remedy(string key, string value, string remedy, string? named = null)
    {
        var message = await RefusalAsync(new() { [$"{Main}:Address"] = "http://127.0.0.1:9", ["Listen"] = "http://127.0.0.1:0", [key] = value });

        Assert.Contains(named ?? key, message, StringComparison.Ordinal);
        Assert.Contains(value, message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"{Main}:Adress")]
    [InlineData($"{Main}:Retry:Count")]
    [InlineData($"{Main}:MaxConnections:0")]
    [InlineData("Cors:Origin")]
    [InlineData("Explorer:Enable")]
    [InlineData("Simulator:Speed")]
    [InlineData("Upstraems")]
    [InlineData("Listen:0")]
    [InlineData("AllowedHosts")]
    [InlineData("Logging:Level")]
    [InlineData("Kestrel:Limits:MaxConcurrentConnections")]
    [InlineData("Kestrel:Endpoints:tls:Port")]
    [InlineData("Kestrel:Endpoints:tls:Certificate:Pasword")]
    [InlineData("Kestrel:HasEndpoints")]
    [InlineData("Kestrel:Certificates:Other:Path")]
    [InlineData("Logging:Console:Foo")]
    [InlineData("Logging:Console:FormatterOptions:OneLine")]
    public async Task A_key_that_nothing_reads_stops_the_start_and_its_value_is_not_repeated(string key)
    {
        var message = await RefusalAsync(new() { [$"{Main}:Address"] = "http://127.0.0.1:9", [key] = "s3cret" });

        Assert.True(key.StartsWith(message.Split(": ")[0], StringComparison.Ordinal), message);
        Assert.Contains("docs/configuration.md", message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Listen", "http://alice:s3cret@127.0.0.1:8080")]
    [InlineData("Kestrel:Endpoints:plain:Url", "http://alice:s3cret@127.0.0.1:8080")]
    [InlineData("Upstreams", "https://alice:s3cret@cloud.example.com")]
    [InlineData("Cors:Origins:0", "https://alice:s3cret@app.example.com")]
    public async Task A_password_in_any_address_is_refused_and_not_repeated(string key, string value)
    {
        var message = await RefusalAsync(new() { [$"{Main}:Address"] = "http://127.0.0.1:9", [key] = value });

        Assert.Contains(key, message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_needs_an_address()
    {
        var message = await RefusalAsync(new() { [$"{Main}:Address"] = "http://127.0.0.1:9", ["Kestrel:Endpoints:tls:Protocols"] = "Http2" });

        Assert.Contains("Kestrel:Endpoints:tls:Url: it is missing", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Kestrel:Endpoints:plain:Certificate:Path", "tls.pem", "Kestrel:Endpoints:plain:Url is 'http://127.0.0.1:0': what is configured besides is for TLS")]
    [InlineData("Kestrel:Endpoints:plain:SslProtocols:0", "Tls13", "Kestrel:Endpoints:plain:Url is 'http://127.0.0.1:0': what is configured besides is for TLS")]
    [InlineData("Listen", "http://127.0.0.1:8080", "Listen is 'http://127.0.0.1:8080': Kestrel:Endpoints is configured as well and says all of where to listen: remove either")]
    [InlineData("Kestrel:Endpoints:other:Url", "http://192.0.2.1:8080", "Kestrel:Endpoints:other:Url is 'http://192.0.2.1:8080': the gateway cannot listen there")]
    public async Task What_does_not_go_with_an_endpoint_is_named(string key, string value, string expected)
    {
        var message = await RefusalAsync(new() { [$"{Main}:Address"] = "http://127.0.0.1:9", ["Kestrel:Endpoints:plain:Url"] = "http://127.0.0.1:0", [key] = value });

        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_endpoint_whose_port_is_taken_is_named()
    {
        await using var first = await TestGateway.StartAsync();
        var address = first.Address.AbsoluteUri.TrimEnd('/');

        var message = await RefusalAsync(new() { [$"{Main}:Address"] = "http://127.0.0.1:9", ["Kestrel:Endpoints:free:Url"] = "http://127.0.0.1:0", ["Kestrel:Endpoints:taken:Url"] = address });

        Assert.Equal($"Kestrel:Endpoints:taken:Url is '{address}': another program listens there: choose another address, or stop that program", message);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_named()
    {
        var message = await RefusalAsync(new() { [$"{Main}:Address"] = "http://127.0.0.1:9", ["Listen"] = "http://192.0.2.1:8080" });

        Assert.Contains("Listen is 'http://192.0.2.1:8080'", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null, "Listen", "localhost:8080")]
    [InlineData(null, null, "80;81", "ASPNETCORE_HTTP_PORTS", "*:80 *:81")]
    [InlineData(null, "http://127.0.0.1:90;http://*:91", "80", "ASPNETCORE_URLS", "127.0.0.1:90 *:91")]
    [InlineData("http://127.0.0.1:100", "http://*:90", "80", "Listen", "127.0.0.1:100")]
    public void The_variables_of_ASP_NET_Core_count_where_Listen_is_not_set(string? listen, string? urls, string? ports, string key, string addresses)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Listen", listen)]).Build();
        var variables = new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = urls, ["ASPNETCORE_HTTP_PORTS"] = ports };

        var read = ListenAddress.Read(configuration, variables.GetValueOrDefault);

        Assert.Equal(key, read.Key);
        Assert.Equal(addresses, string.Join(' ', read.Addresses.Select(a => $"{(a.IsLocalhost ? "localhost" : a.Address?.ToString() ?? "*")}:{a.Port}")));
    }

    [Theory]
    [InlineData("ASPNETCORE_URLS", ";")]
    [InlineData("ASPNETCORE_HTTP_PORTS", " ; ")]
    [InlineData("ASPNETCORE_URLS", "https://*:443")]
    [InlineData("ASPNETCORE_HTTPS_PORTS", "443")]
    [InlineData("ASPNETCORE_HTTP_PORTS", "http")]
    public void A_variable_of_ASP_NET_Core_that_cannot_be_used_is_named(string variable, string value)
    {
        var refusal = Assert.Throws<ConfigurationException>(() =>
            ListenAddress.Read(new ConfigurationBuilder().Build(), name => name == variable ? value : null));

        Assert.Contains($"{variable} is '{value}'", refusal.Message, StringComparison.Ordinal);
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
    [InlineData("{\n\"Listen\": http://*:80\n}", "LineNumber: 1")]
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

    [Theory]
    [InlineData("""{ "Upstreams": { "Servers": [ { "Address": "https://cloud.example.com" } ] } }""", "Upstreams:Servers: it is no list: give each entry a name in place of a number")]
    [InlineData("""{ "Cors": { "Origins": { "app": "https://app.example.com" } } }""", "Cors:Origins: it is a list: number its entries, beginning with Cors:Origins:0")]
    [InlineData("""{ "Listen": {} }""", "Listen: it has no value")]
    [InlineData("""{ "Listen": [] }""", "Listen: it has no value")]
    [InlineData("""{ "Sessions": { "KeyDirectory": [] } }""", "Sessions:KeyDirectory: it has no value")]
    [InlineData("""{ "Sessions": { "KeyDirectory": null } }""", "Sessions:KeyDirectory: it has no value")]
    [InlineData("""{ "Sessions": { "KeyDirectory": {} } }""", "Sessions:KeyDirectory: it has no value")]
    [InlineData("""{ "PassThrough": { "Enabled": {} } }""", "PassThrough:Enabled: it has no value: give true or false")]
    [InlineData("""{ "PassThrough": { "Enabled": [] } }""", "PassThrough:Enabled: it has no value")]
    public async Task What_has_another_shape_in_a_file_is_named(string content, string expected)
    {
        var file = new FileInfo(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        await File.WriteAllTextAsync(file.FullName, content);
        try
        {
            Assert.Contains(expected, await RefusalAsync(new() { [$"{Main}:Retry:MaxRetries"] = "1" }, file), StringComparison.Ordinal);
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
