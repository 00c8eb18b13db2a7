using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using TalkGateway.Configuration;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Talk.V1;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Hosting;

/// <summary>Who a request comes from, by which name and how, is what the connection says, or a proxy that the operator trusts.</summary>
public sealed class TrustedProxiesTests
{
    private static readonly (string Name, string Value)[] Claims =
    [
        ("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Port", "444"),
        ("X-Real-IP", "192.0.2.8"), ("Forwarded", "for=192.0.2.9"), ("X-Original-Host", "evil.example"),
    ];

    // CGI-style servers take '_' for '-'.
    private static readonly string[] Disguised = ["x_forwarded_for", "X_Forwarded_Host", "x_forwarded-proto", "x_real_ip", "x_original_for", "client_ip", "x_forwarded_ssl"];

    private static readonly string[] OfProxies =
    [
        "X-Forwarded-Ssl", "X-Forwarded-Scheme", "Front-End-Https", "Client-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Cluster-Client-IP",
    ];

    [Fact]
    public async Task What_a_client_claims_is_not_passed_on()
    {
        var headers = await PassedOnAsync([]);

        Assert.Equal("127.0.0.1", headers["X-Forwarded-For"]);
        Assert.Equal("http", headers["X-Forwarded-Proto"]);
        Assert.NotEqual("evil.example", headers["X-Forwarded-Host"].ToString());
        Assert.All(["X-Forwarded-Port", "X-Real-IP", "Forwarded", "X-Original-Host"], name => Assert.DoesNotContain(name, headers.Keys));
        Assert.Empty(headers.Keys.Intersect([.. Disguised, .. OfProxies], StringComparer.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.0/8")]
    public async Task What_a_trusted_proxy_says_is_passed_on(string trusted)
    {
        var headers = await PassedOnAsync(new() { ["TrustedProxies:0"] = "2001:db8::/32", ["TrustedProxies:1"] = trusted });

        Assert.Equal("192.0.2.7", headers["X-Forwarded-For"]);
        Assert.Equal("https", headers["X-Forwarded-Proto"]);
        Assert.Equal("evil.example", headers["X-Forwarded-Host"]);
        Assert.DoesNotContain("X-Original-Host", headers.Keys);
        Assert.Equal(OfProxies.Order(), headers.Keys.Intersect([.. Disguised, .. OfProxies], StringComparer.OrdinalIgnoreCase).Order());
    }

    [Theory]
    [InlineData(null, "127.0.0.1")]
    [InlineData("127.0.0.1", "192.0.2.7")]
    public async Task The_same_holds_for_rpcs(string? trusted, string expected)
    {
        var seen = new List<string>();
        await using var server = await StubServer.StartAsync(context =>
        {
            seen.Add(context.Request.Headers["X-Forwarded-For"].ToString());
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions
        {
            Upstream = server.Address,
            Keys = trusted is null ? [] : new Dictionary<string, string?> { ["TrustedProxies:0"] = trusted },
        });

        await (gateway.As("alice") with { Metadata = [("x-forwarded-for", "192.0.2.7")] }).FailAsync(new ListRoomsRequest());

        Assert.Equal(expected, Assert.Single(seen));
    }

    [Fact]
    public async Task A_scheme_is_not_taken_from_an_HTTP_2_client()
    {
        var proto = "";
        await using var server = await StubServer.StartAsync(context =>
        {
            proto = context.Request.Headers["X-Forwarded-Proto"].ToString();
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = server.Address });

        await using var client = await RawHttp2Client.ConnectAsync(gateway.Address);
        await client.RequestAsync("GET", "/login", scheme: "javascript");
        Assert.Equal("200", await client.StatusAsync());

        Assert.Equal("http", proto);
    }

    [Fact]
    public async Task Over_TLS_the_scheme_is_https()
    {
        var proto = "";
        await using var server = await StubServer.StartAsync(context =>
        {
            proto = context.Request.Headers["X-Forwarded-Proto"].ToString();
            return Task.CompletedTask;
        });
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var key = ECDsa.Create();
        using var certificate = new CertificateRequest("CN=gateway.test", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        await File.WriteAllBytesAsync(file, certificate.Export(X509ContentType.Pkcs12, "s3cret"));
        try
        {
            var keys = new Dictionary<string, string?>
            {
                ["Upstreams:Servers:main:Address"] = server.Address.AbsoluteUri,
                ["Kestrel:Endpoints:tls:Url"] = "https://127.0.0.1:0",
                ["Kestrel:Endpoints:tls:SslProtocols:0"] = "Tls13",
                ["Kestrel:Endpoints:tls:Certificate:Path"] = file,
                ["Kestrel:Endpoints:tls:Certificate:Password"] = "s3cret",
            };
            await using var gateway = await GatewayHost.StartAsync(new CommandLineSettings(null, keys), CancellationToken.None);
            using var connections = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString() } };
            using var http = new HttpClient(connections) { BaseAddress = gateway.Address };

            using var answer = await http.GetAsync(new Uri("/x", UriKind.Relative));

            Assert.Equal((HttpStatusCode.OK, "https"), (answer.StatusCode, proto));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<IHeaderDictionary> PassedOnAsync(Dictionary<string, string?> keys)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        await using var server = await StubServer.StartAsync(context =>
        {
            headers = new HeaderDictionary(context.Request.Headers.ToDictionary());
            return Task.CompletedTask;
        });
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = server.Address, Keys = keys });
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/x");
        foreach (var (name, value) in Claims.Concat(Disguised.Concat(OfProxies).Select(name => (name, "192.0.2.7"))))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return headers;
    }
}
