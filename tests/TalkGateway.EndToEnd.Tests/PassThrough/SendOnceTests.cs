using System.Net;
using System.Net.Sockets;
using System.Text;
using TalkGateway.EndToEnd.Tests.Fixtures;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.PassThrough;

/// <summary>A connection pool repeats requests by itself when a kept connection is closed under them; those with effects must not be.</summary>
public sealed class SendOnceTests
{
    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("PUT")]
    public async Task A_request_with_effects_arrives_once_when_its_connection_is_closed(string method)
    {
        using var server = new ClosingServer(method);
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Upstream = server.Address });
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var kept = await http.GetAsync(new Uri("/x", UriKind.Relative));

        using var answer = await http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/x"));

        Assert.Equal((HttpStatusCode.BadGateway, 1), (answer.StatusCode, server.Arrived));
    }

    /// <summary>Answers every request but those of one method, on which it closes the connection in good order.</summary>
    private sealed class ClosingServer : IDisposable
    {
        private static readonly byte[] Fine = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly string _method;
        private int _arrived;

        public ClosingServer(string method)
        {
            _method = method;
            _listener.Start();
            _ = AcceptAsync();
        }

        public Uri Address => new($"http://{_listener.LocalEndpoint}");

        public int Arrived => Volatile.Read(ref _arrived);

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    _ = ServeAsync(await _listener.AcceptTcpClientAsync());
                }
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                // The test is over.
            }
        }

        private async Task ServeAsync(TcpClient client)
        {
            using var _ = client;
            var stream = client.GetStream();
            var head = new StringBuilder();
            var buffer = new byte[4096];
            for (var read = await stream.ReadAsync(buffer); read != 0; read = await stream.ReadAsync(buffer))
            {
                head.Append(Encoding.ASCII.GetString(buffer, 0, read));
                if (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
                {
                    continue;
                }

                if (head.ToString().StartsWith(_method, StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref _arrived);
                    client.Client.Shutdown(SocketShutdown.Both);
                    return;
                }

                head.Clear();
                await stream.WriteAsync(Fine);
            }
        }
    }
}
