using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using TalkGateway.Rpc.Tests.Protos;
using Xunit;

namespace TalkGateway.Rpc.Tests;

public sealed class PortDetectionTests
{
    // The client's preface and an empty SETTINGS frame (RFC 9113, sections 3.4 and 6.5).
    private static readonly byte[] Http2Opening = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];

    [Fact]
    public async Task One_port_serves_both_versions_and_tells_the_handler_the_plain_scheme()
    {
        await using var host = await StartAsync();

        Assert.Equal("HTTP/1.1 http", await GetAsync(host.Address, HttpVersion.Version11));
        Assert.Equal("HTTP/2 http", await GetAsync(host.Address, HttpVersion.Version20));
        Assert.DoesNotContain(host.Logs, entry => entry.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http1)]
    [InlineData(Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols.Http2)]
    public async Task Port_set_to_one_version_before_serves_both(Microsoft.AspNetCore.Server.Kestrel.Core.HttpProtocols before)
    {
        await using var host = await StartAsync(port =>
        {
            port.Protocols = before;
            port.UseHttp1AndHttp2Detection();
        });

        Assert.Equal("HTTP/1.1 http", await GetAsync(host.Address, HttpVersion.Version11));
        Assert.Equal("HTTP/2 http", await GetAsync(host.Address, HttpVersion.Version20));
    }

    [Fact]
    public async Task Preface_in_single_bytes_opens_http_2()
    {
        await using var host = await StartAsync();
        using var socket = await ConnectAsync(host.Address);

        foreach (var part in Http2Opening)
        {
            await socket.SendAsync(new[] { part });
        }

        // A server's first frame is SETTINGS.
        var header = new byte[9];
        await new NetworkStream(socket).ReadExactlyAsync(header);
        Assert.Equal(4, header[3]);
    }

    [Theory]
    [InlineData("G", "ET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 200")]
    [InlineData("PR", "OPFIND / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 200")]
    [InlineData("PRI * HTTP", "/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "HTTP/1.1 ")]
    public async Task Http_1_is_told_apart_however_long_it_looks_like_the_preface(string first, string rest, string answer)
    {
        await using var host = await StartAsync();
        using var socket = await ConnectAsync(host.Address);

        await socket.SendAsync(Encoding.ASCII.GetBytes(first));
        await socket.SendAsync(Encoding.ASCII.GetBytes(rest));

        using var reader = new StreamReader(new NetworkStream(socket));
        Assert.StartsWith(answer, await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_that_leaves_without_a_word_does_no_harm()
    {
        await using var host = await StartAsync();
        using (var socket = await ConnectAsync(host.Address))
        {
            socket.Shutdown(SocketShutdown.Both);
        }

        using (var socket = await ConnectAsync(host.Address))
        {
            await socket.SendAsync("PRI * "u8.ToArray());
            socket.Shutdown(SocketShutdown.Both);
        }

        Assert.Equal("HTTP/1.1 http", await GetAsync(host.Address, HttpVersion.Version11));
        Assert.DoesNotContain(host.Logs, entry => entry.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Silent_client_is_dropped_after_the_keep_alive_timeout_and_a_stuck_one_after_the_header_timeout()
    {
        var detecting = new SemaphoreSlim(0);
        await using var host = await StartAsync(port =>
        {
            port.Use(next => connection =>
            {
                var pipe = connection.Transport;
                connection.Transport = new ObservedPipe(pipe, detecting);
                return next(connection);
            });
            port.UseHttp1AndHttp2Detection();
        });
        using var silent = await ConnectAsync(host.Address);
        await detecting.WaitAsync();
        using var stuck = await ConnectAsync(host.Address);
        await detecting.WaitAsync();
        await stuck.SendAsync("PRI"u8.ToArray());
        await detecting.WaitAsync();

        // Kestrel's limits: 30 s for headers, 130 s for keep-alive.
        host.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(0, await ReadToEndAsync(stuck));
        host.Time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(0, await ReadToEndAsync(silent));
    }

    [Fact]
    public async Task Stop_of_the_server_does_not_wait_for_silent_clients()
    {
        await using var host = await StartAsync();
        using var silent = await ConnectAsync(host.Address);
        Assert.Equal("HTTP/1.1 http", await GetAsync(host.Address, HttpVersion.Version11));

        await host.App.StopAsync();

        Assert.Equal(0, await ReadToEndAsync(silent));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_tls_the_choice_is_left_to_alpn(bool detectionFirst)
    {
        using var certificate = CreateCertificate();
        await using var host = await StartAsync(port =>
        {
            if (detectionFirst)
            {
                port.UseHttp1AndHttp2Detection().UseHttps(certificate);
            }
            else
            {
                port.UseHttps(certificate).UseHttp1AndHttp2Detection();
            }
        });
        var address = new UriBuilder(host.Address) { Scheme = "https" }.Uri;

        Assert.Equal("HTTP/1.1 https", await GetAsync(address, HttpVersion.Version11, certificate));
        Assert.Equal("HTTP/2 https", await GetAsync(address, HttpVersion.Version20, certificate));
    }

    private static Task<RpcTestHost> StartAsync(Action<Microsoft.AspNetCore.Server.Kestrel.Core.ListenOptions>? listen = null) =>
        RpcTestHost.StartAsync(
            app =>
            {
                app.MapRpcService(EchoReflection.Descriptor.Services[0], _ => { });
                app.Map("/", http => http.Response.WriteAsync($"{http.Request.Protocol} {http.Request.Scheme}"));
            },
            listen: listen);

    private static async Task<string> GetAsync(Uri address, Version version, X509Certificate2? trusted = null)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == trusted?.GetCertHashString();
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await http.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task<Socket> ConnectAsync(Uri address)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        return socket;
    }

    // A dropped connection ends or is reset: both mean that nothing more comes.
    private static async Task<int> ReadToEndAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[100]);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(new(2020, 1, 1, 0, 0, 0, default), new(2120, 1, 1, 0, 0, 0, default));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>Signals each time the server starts waiting for input.</summary>
    private sealed class ObservedPipe(System.IO.Pipelines.IDuplexPipe inner, SemaphoreSlim waiting) : System.IO.Pipelines.IDuplexPipe
    {
        public System.IO.Pipelines.PipeReader Input { get; } = new ObservedReader(inner.Input, waiting);

        public System.IO.Pipelines.PipeWriter Output => inner.Output;

        private sealed class ObservedReader(System.IO.Pipelines.PipeReader inner, SemaphoreSlim waiting) : System.IO.Pipelines.PipeReader
        {
            public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

            public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

            public override void CancelPendingRead() => inner.CancelPendingRead();

            public override void Complete(Exception? exception = null) => inner.Complete(exception);

            public override ValueTask<System.IO.Pipelines.ReadResult> ReadAsync(CancellationToken cancellationToken = default)
            {
                var read = inner.ReadAsync(cancellationToken);
                waiting.Release();
                return read;
            }

            public override bool TryRead(out System.IO.Pipelines.ReadResult result) => inner.TryRead(out result);
        }
    }
}
