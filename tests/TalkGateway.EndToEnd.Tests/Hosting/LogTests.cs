using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Simulator;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Hosting;

/// <summary>The log tells what an operator must know and nothing that must stay secret, at any level of any category.</summary>
public sealed class LogTests
{
    private const string Secret = "s3cret";

    [Theory]
    [InlineData("GET /index.php/s/abc?token=s3cret HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /talk.v1.RoomService/ListRooms?encoding=json&message=%7B%22a%22%3A%22s3cret%22%7D HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /talk.v1.RoomService/GetRoom?connect=v1&encoding=json&message=%7B%22token%22%3A%22s3cret%22%7D HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /s/s3cret/download HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: x\r\nAuthorization Basic s3cret\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: x\r\nAuthorization: Basic s3cret\u0001\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: x\r\nAuthorization: Basic s3cret\0\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: x\r\nAuthorization : Basic s3cret\r\n\r\n")]
    [InlineData("GET /x?s3cret=\u0001 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /x?s3cret HTTP/9.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /x?s3cret\r\nHost: x\r\n\r\n")]
    [InlineData("GET http://s3cret:s3cret@/x HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("GET /x HTTP/1.1\r\nHost: s3cret@x\r\n\r\n")]
    [InlineData("POST /talk.v1.RoomService/ListRooms HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Basic s3cret\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("POST /talk.v1.RoomService/GetRoom HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{\"s3cret\":\"s3cret\"}}")]
    public async Task No_secret_of_a_request_is_logged(string request)
    {
        using var logs = new CollectingLogs();
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Logs = logs, Keys = EverythingIsLogged() });

        await SendAsync(gateway.Address, request);
        gateway.Simulator.Faults.Plan(Fault.DropBefore(), times: null);
        await SendAsync(gateway.Address, request);

        Assert.NotEmpty(logs.Lines);
        Assert.DoesNotContain(logs.Lines, line => line.Contains(Secret, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task No_secret_of_an_HTTP_2_request_is_logged()
    {
        using var logs = new CollectingLogs();
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Logs = logs, Keys = EverythingIsLogged() });

        foreach (var (path, header, value) in new[] { ("/x?token=s3cret", "a", "b"), ("/x", "authorization", "Basic s3cret"), ("/x", "Authorization", "Basic s3cret"), ("/x", "authorization", "s3cret\u0001\n"), ("/x y?s3cret", "a", "b"), ("x?s3cret", "a", "b"), ("*?s3cret", "a", "b"), ("/s/s3cret", "a", "b"), ("/x", "content-length", "s3cret") })
        {
            await using var client = await RawHttp2Client.ConnectAsync(gateway.Address);
            await client.RequestAsync("GET", path, headers: [(header, value)]);
            await client.StatusAsync();
        }

        Assert.NotEmpty(logs.Lines);
        Assert.DoesNotContain(logs.Lines, line => line.Contains(Secret, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(true, "/talk.v1.RoomService/ListRooms", "application/grpc", "")]
    [InlineData(true, "/talk.v1.RoomService/ListRooms", "application/grpc", "\0\0\0\0\0")]
    [InlineData(true, "/talk.v1.RoomService/ListRooms", "application/grpc-web+proto", "\0\0\0\0\0")]
    [InlineData(true, "/talk.v1.RoomService/ListRooms", "application/json", "{}")]
    [InlineData(true, "/index.php", "text/plain", "x")]
    [InlineData(false, "/talk.v1.RoomService/GetRoom", "application/grpc", "\0\0\0\0\0")]
    [InlineData(false, "/talk.v1.RoomService/ListRooms", "application/json", "{}")]
    [InlineData(false, "/talk.v1.RoomService/ListRooms", "application/grpc-web+proto", "\0\0\0\0\0")]
    [InlineData(false, "/grpc.health.v1.Health/Watch", "application/grpc", "\0\0\0\0\0")]
    [InlineData(false, "/grpc.health.v1.Health/Check", "application/grpc", "\0\0\0\0\0")]
    [InlineData(false, "/nobodys.Service/Method", "application/grpc", "\0\0\0\0\0")]
    [InlineData(false, "/index.php", "text/plain", "x")]
    [InlineData(false, "/explorer", "text/plain", "")]
    [InlineData(false, "/talk.v1.RoomService/ListRooms", "application/grpc", "\0\0\0\0\0", 500)]
    [InlineData(false, "/index.php", "text/plain", "x", 500)]
    public async Task Clients_that_reset_their_requests_are_nothing_to_complain_about(bool waits, string path, string contentType, string body, int requests = 90)
    {
        using var logs = new CollectingLogs();
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Logs = logs });
        using var held = waits ? gateway.Simulator.Faults.Plan(Fault.Gated(Task.Delay(Timeout.Infinite)), times: null) : null;

        for (var connection = 0; connection < 4; connection++)
        {
            await using var client = await RawHttp2Client.ConnectAsync(gateway.Address);
            try
            {
                for (var i = 0; i < requests; i++)
                {
                    var stream = await client.RequestAsync("POST", path, "http", leaveOpen: true, ("content-type", contentType), ("te", "trailers"));
                    await client.DataAsync(stream, Encoding.Latin1.GetBytes(body), endOfStream: i % 2 == 0);
                    await client.ResetAsync(stream);
                }
            }
            catch (IOException)
            {
                // A server may end the connection of a client that resets too fast (RFC 9113 §10.5).
            }
        }

        await SettleAsync(gateway);
        Assert.Empty(logs.Complaints);
    }

    [Theory]
    [InlineData("POST /talk.v1.RoomService/ListRooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("POST /talk.v1.RoomService/ListRooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{")]
    [InlineData("POST /talk.v1.RoomService/ListRooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/grpc-web+proto\r\nContent-Length: 5\r\n\r\n\0\0\0\0\0")]
    [InlineData("POST /talk.v1.RoomService/ListRooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/grpc-web+proto\r\nContent-Length: 5\r\n\r\n\0\0")]
    [InlineData("GET /index.php/apps/spreed HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("PUT /remote.php/dav/files/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nx")]
    [InlineData("POST /talk.v1.RoomService/ListRooms HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnect-Timeout-Ms: 1\r\nContent-Length: 2\r\n\r\n{")]
    [InlineData("GET /index.php")]
    [InlineData("PRI * HTT")]
    [InlineData("")]
    public async Task A_closed_tab_is_nothing_to_complain_about(string request)
    {
        using var logs = new CollectingLogs();
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Logs = logs });
        using var held = gateway.Simulator.Faults.Plan(Fault.Gated(Task.Delay(Timeout.Infinite)), times: null);

        foreach (var abruptly in new[] { true, false })
        {
            using var client = new TcpClient();
            await client.ConnectAsync(gateway.Address.Host, gateway.Address.Port);
            await client.Client.SendAsync(Encoding.Latin1.GetBytes(request));
            client.LingerState = new LingerOption(abruptly, 0);
        }

        await SettleAsync(gateway);
        Assert.Empty(logs.Complaints);
    }

    /// <summary>Once the gateway has stopped, everything that was to be said about its calls is said.</summary>
    private static Task SettleAsync(TestGateway gateway) => gateway.Services.GetRequiredService<IHost>().StopAsync();

    /// <summary>An operator who looks for something.</summary>
    private static Dictionary<string, string?> EverythingIsLogged() => new()
    {
        ["Logging:LogLevel:Default"] = "Trace",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Trace",
        ["Logging:LogLevel:Microsoft.AspNetCore.Hosting.Diagnostics"] = "Trace",
        ["Logging:LogLevel:Microsoft.AspNetCore.Server.Kestrel"] = "Trace",
        ["Logging:LogLevel:Microsoft.AspNetCore.Server.Kestrel.BadRequests"] = "Trace",
        ["Logging:LogLevel:Microsoft.AspNetCore.Server.Kestrel.Connections"] = "Trace",
        ["Logging:LogLevel:Microsoft.AspNetCore.Server.Kestrel.Http2"] = "Trace",
        ["Logging:LogLevel:Yarp"] = "Trace",
    };

    private static async Task SendAsync(Uri address, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        client.Client.Shutdown(SocketShutdown.Send);
        try
        {
            await stream.CopyToAsync(Stream.Null);
        }
        catch (IOException)
        {
            // Reset, which is an answer as well.
        }
    }
}
