using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using TalkGateway.Memory;
using TalkGateway.Talk.Configuration;
using TalkGateway.Talk.Failures;
using TalkGateway.Talk.Servers;
using TalkGateway.Talk.Sessions;
using Xunit;

namespace TalkGateway.Talk.Tests.Configuration;

public sealed class UpstreamsOptionsTests
{
    [Fact]
    public void Every_key_is_bound_from_configuration()
    {
        var options = Bind(
            ("Default", "a"),
            ("Servers:a:Address", "https://cloud.example.com/nextcloud"),
            ("Servers:a:Authorities:0", "talk.example.com"),
            ("Servers:a:AttemptTimeout", "00:00:40"),
            ("Servers:a:Retry:MaxRetries", "1"),
            ("Servers:a:LoginJars:Enabled", "false"),
            ("Servers:a:Sessions:TokenLifetime", "1.00:00:00"));

        var server = options.Servers["a"];
        Assert.Equal("https://cloud.example.com/nextcloud", server.Address);
        Assert.Equal(["talk.example.com"], server.Authorities);
        Assert.Equal(TimeSpan.FromSeconds(40), server.AttemptTimeout);
        Assert.Equal(1, server.Retry.MaxRetries);
        Assert.False(server.LoginJars.Enabled);
        Assert.Equal(TimeSpan.FromDays(1), server.Sessions.TokenLifetime);
        Assert.True(new UpstreamsOptionsValidator().Validate(null, options).Succeeded);
    }

    [Theory]
    [InlineData("Servers:a:Address", "", "Upstreams:Servers:a:Address is missing: set it")]
    [InlineData("Servers:a:Address", "cloud.example.com", "Upstreams:Servers:a:Address is \"cloud.example.com\": it must be an absolute http or https address, without spaces")]
    [InlineData("Servers:a:Address", "ftp://cloud.example.com", "Upstreams:Servers:a:Address is \"ftp://cloud.example.com\"")]
    [InlineData("Servers:a:Address", "https://cloud.example.com/?a=b", "a query")]
    [InlineData("Servers:a:Address", "https://cloud.example.com/index.php", "without /index.php")]
    [InlineData("Servers:a:Address", "https://cloud.example.com/OCS/v2.php", "base of the installation")]
    [InlineData("Servers:a:Address", "https://cloud.example.com/nextcloud/remote.php/dav", "base of the installation")]
    [InlineData("Servers:a:Address", "https://cloud.example.com/nextcloud/../other", "without dots for folders")]
    [InlineData("Servers:a:Address", "https://cloud.example.com/%2E%2e/other", "without dots for folders")]
    [InlineData("Servers:a:Address", @"http:\\cloud.example.com", "backslashes")]
    [InlineData("Servers:a:Address", "http://cloud.example.com:0", "port 0")]
    [InlineData("Servers:a:Authorities:0", "https://x y", "Upstreams:Servers:a:Authorities:0 is \"https://x y\": give a host name")]
    [InlineData("Servers:a:Authorities:0", "talk.example.com/ocs", "Upstreams:Servers:a:Authorities:0 is")]
    [InlineData("Servers:a:Authorities:0", "talk.example.com:", "Upstreams:Servers:a:Authorities:0 is")]
    [InlineData("Servers:a:Authorities:0", "", "Upstreams:Servers:a:Authorities:0 is")]
    [InlineData("Servers:a:ConnectTimeout", "00:10:00", "Upstreams:Servers:a:ConnectTimeout is 00:10:00: set it to a value from 00:00:00.1000000 to 00:02:00.")]
    [InlineData("Servers:a:AttemptTimeout", "00:00:00", "Upstreams:Servers:a:AttemptTimeout is 00:00:00: set it")]
    [InlineData("Servers:a:MaxConnections", "0", "Upstreams:Servers:a:MaxConnections is 0: set it to a value from 1 to 10000.")]
    [InlineData("Servers:a:LongPolls:MaxCount", "0", "Upstreams:Servers:a:LongPolls:MaxCount is 0: set it to a value from 1 to 10000.")]
    [InlineData("Servers:a:LongPolls:MaxPerCredential", "-1", "Upstreams:Servers:a:LongPolls:MaxPerCredential is -1")]
    [InlineData("Servers:a:LongPolls:MaxForGuests", "20000", "Upstreams:Servers:a:LongPolls:MaxForGuests is 20000")]
    [InlineData("Servers:a:ConnectionLifetime", "00:00:00", "Upstreams:Servers:a:ConnectionLifetime is")]
    [InlineData("Servers:a:MaxAnswerBytes", "1", "Upstreams:Servers:a:MaxAnswerBytes is 1")]
    [InlineData("Servers:a:Retry:MaxRetries", "-1", "Upstreams:Servers:a:Retry:MaxRetries is -1")]
    [InlineData("Servers:a:Retry:BaseDelay", "00:01:00", "Upstreams:Servers:a:Retry:BaseDelay is 00:01:00")]
    [InlineData("Servers:a:CircuitBreaker:FailureRatio", "1.5", "Upstreams:Servers:a:CircuitBreaker:FailureRatio is 1.5")]
    [InlineData("Servers:a:CircuitBreaker:MinimumAttempts", "1", "Upstreams:Servers:a:CircuitBreaker:MinimumAttempts is 1")]
    [InlineData("Servers:a:CircuitBreaker:Window", "00:00:00", "Upstreams:Servers:a:CircuitBreaker:Window is")]
    [InlineData("Servers:a:CircuitBreaker:Break", "00:00:00", "Upstreams:Servers:a:CircuitBreaker:Break is")]
    [InlineData("Servers:a:LoginJars:Lifetime", "00:00:00", "Upstreams:Servers:a:LoginJars:Lifetime is")]
    [InlineData("Servers:a:LoginJars:MaxCount", "0", "Upstreams:Servers:a:LoginJars:MaxCount is 0")]
    [InlineData("Servers:a:Sessions:TokenLifetime", "00:00:01", "Upstreams:Servers:a:Sessions:TokenLifetime is")]
    [InlineData("Servers:a:WrongCredentials:Duration", "02:00:00", "Upstreams:Servers:a:WrongCredentials:Duration is")]
    [InlineData("Servers:a:WrongCredentials:MaxCount", "0", "Upstreams:Servers:a:WrongCredentials:MaxCount is 0")]
    [InlineData("Servers:a:Capabilities:MinRefreshInterval", "00:00:00", "Upstreams:Servers:a:Capabilities:MinRefreshInterval is")]
    [InlineData("Servers:a:Capabilities:MaxAge", "00:00:30", "Upstreams:Servers:a:Capabilities:MaxAge is 00:00:30: set it to a value from 00:01:00")]
    [InlineData("Servers:a:Capabilities:MaxCount", "0", "Upstreams:Servers:a:Capabilities:MaxCount is 0")]
    [InlineData("Servers:A B:Address", "https://b.example.com", "the name \"A B\": use 1 to 63 of")]
    [InlineData("Default", "c", "Upstreams:Default is \"c\": set it to one of a.")]
    public void A_bad_value_is_named_with_key_and_remedy(string key, string value, string message)
    {
        var result = new UpstreamsOptionsValidator().Validate(null, Bind(("Default", "a"), ("Servers:a:Address", "https://cloud.example.com"), (key, value)));

        Assert.Contains(message, Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://alice:secret@cloud.example.com")]
    [InlineData("alice:secret@cloud")]
    public void A_password_in_the_address_is_refused_and_not_shown(string address)
    {
        var failure = Assert.Single(new UpstreamsOptionsValidator().Validate(null, Bind(("Servers:a:Address", address))).Failures!);

        Assert.DoesNotContain("secret", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://ocs", "[2001:db8::1]:8443")]
    [InlineData("https://cloud.example.com/nextcloud/", "talk_gateway:80")]
    public void What_a_server_may_be_called_is_accepted(string address, string authority) =>
        Assert.True(new UpstreamsOptionsValidator().Validate(null, Bind(("Servers:a:Address", address), ("Servers:a:Authorities:0", authority))).Succeeded);

    [Fact]
    public void No_server_at_all_is_refused() =>
        Assert.Contains("Upstreams:Servers is empty", Assert.Single(new UpstreamsOptionsValidator().Validate(null, new UpstreamsOptions()).Failures!), StringComparison.Ordinal);

    [Fact]
    public void Several_servers_need_a_default_and_authorities_of_their_own()
    {
        var failures = new UpstreamsOptionsValidator().Validate(null, Bind(
            ("Servers:a:Address", "https://a.example.com"),
            ("Servers:a:Authorities:0", "talk.example.com"),
            ("Servers:b:Address", "https://b.example.com"),
            ("Servers:b:Authorities:0", "TALK.example.com"))).Failures!.ToList();

        Assert.Equal(2, failures.Count);
        Assert.Contains("Upstreams:Default is missing", failures[0], StringComparison.Ordinal);
        Assert.Contains("both name \"talk.example.com\"", failures[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, "a")]
    [InlineData("", "", "a")]
    [InlineData("b", null, "b")]
    [InlineData("b", "a.gateway", "b")]
    [InlineData(null, "B.gateway:8443", "b")]
    [InlineData(null, "unknown.example.com", "a")]
    public void A_call_reaches_the_upstream_it_means(string? name, string? authority, string expected)
    {
        using var registry = Registry();

        Assert.Equal(expected, registry.Resolve(name, authority).Name);
    }

    [Theory]
    [InlineData("c")]
    [InlineData("https://evil.example.com")]
    public void An_unknown_name_is_a_failure_that_does_not_repeat_it(string name)
    {
        using var registry = Registry();

        var failure = Assert.Throws<UpstreamException>(() => registry.Resolve(name)).Failure;

        Assert.Equal(UpstreamFailureKind.UnknownUpstream, failure.Kind);
        Assert.DoesNotContain("evil", failure.Message, StringComparison.Ordinal);
    }

    private static UpstreamRegistry Registry() => new(
        Bind(("Default", "a"), ("Servers:a:Address", "https://a.test"), ("Servers:b:Address", "https://b.test"), ("Servers:b:Authorities:0", "b.gateway:8443")),
        (name, options) => new UpstreamServer(
            name, options, new SessionTokens(new EphemeralDataProtectionProvider(), TimeProvider.System), TimeProvider.System, NullLoggerFactory.Instance, ByteBudget.Unlimited));

    private static UpstreamsOptions Bind(params (string Key, string Value)[] pairs) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(pairs.GroupBy(p => p.Key).Select(g => new KeyValuePair<string, string?>("Upstreams:" + g.Key, g.Last().Value)))
            .Build()
            .GetSection(UpstreamsOptions.Section)
            .Get<UpstreamsOptions>()!;
}
