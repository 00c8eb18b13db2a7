using System.Net.Sockets;
using Google.Rpc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Rpc;
using TalkGateway.Simulator;
using TalkGateway.Talk.V1;
using TalkGateway.Testing;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Hosting;

/// <summary>A gateway that is told to stop breaks nothing that is under way, and ends well.</summary>
public sealed class ShutdownTests
{
    private static readonly Dictionary<string, string?> NoVariables = [];

    [Fact]
    public async Task A_call_in_flight_is_answered_and_a_poll_ends_when_the_process_is_told_to_stop()
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { SeedDemoData = false });
        await using var process = GatewayProcess.Start(NoVariables, "--upstream", simulator.BaseAddress.AbsoluteUri, "--listen", "http://127.0.0.1:0");
        using var client = new GrpcTestClient(await process.Address);
        var alice = new Caller(client, Caller.Basic("alice", "alice"));
        var token = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Group, Name = "Stopping" })).Room.Token;
        var newest = (await alice.AskAsync<ListMessagesResponse>(new ListMessagesRequest { Token = token, Limit = 1 })).Messages[0].Id;
        var poll = alice.FailAsync(new ListMessagesRequest { Token = token, Direction = ListDirection.Future, LastKnownMessageId = newest });
        await simulator.WaitForLongPollsAsync(1);
        var gate = new TaskCompletionSource();
        using var held = simulator.Faults.Plan(Fault.Gated(gate.Task), "POST", "/chat/");
        var message = alice.AskAsync<SendMessageResponse>(new SendMessageRequest { Token = token, Message = "Stored" });
        await held.WaitForStrikeAsync();

        process.Terminate();
        var ended = await poll;
        gate.SetResult();

        Assert.Equal((Code.Unavailable, "GATEWAY_STOPPING"), (ended.Code, ended.Reason));
        Assert.Equal("Stored", (await message).Message.Text);
        Assert.Equal(0, await process.ExitAsync());
        Assert.DoesNotContain("   at ", process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_that_last_longer_than_they_may_are_cut_and_the_process_ends_well()
    {
        await using var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { SeedDemoData = false });
        var atOnce = new Dictionary<string, string?> { ["TALKGATEWAY_Shutdown__Timeout"] = "00:00:00" };
        await using var process = GatewayProcess.Start(atOnce, "--upstream", simulator.BaseAddress.AbsoluteUri, "--listen", "http://127.0.0.1:0");
        using var http = new HttpClient { BaseAddress = await process.Address };
        var gate = new TaskCompletionSource();
        using var held = simulator.Faults.Plan(Fault.Gated(gate.Task), "GET", "/slow");
        var call = http.GetAsync(new Uri("/slow", UriKind.Relative));
        await held.WaitForStrikeAsync();

        process.Terminate();

        Assert.Equal(0, await process.ExitAsync());
        Assert.DoesNotContain("   at ", process.Errors, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => call);
        gate.SetResult();
    }

    [Fact]
    public async Task Load_balancers_have_time_to_notice_before_the_listener_closes()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Time = clock, Keys = new Dictionary<string, string?> { ["Shutdown:Delay"] = "00:00:05" } });
        var delay = clock.WaitForTimerAsync(TimeSpan.FromSeconds(5));

        // As for SIGTERM.
        gateway.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        var stopped = gateway.Services.GetRequiredService<IHost>().StopAsync();
        await delay;
        var health = gateway.Services.GetRequiredService<RpcHealth>().GetStatus("");
        await gateway.As("alice").DoAsync(new ListRoomsRequest());
        clock.Advance(TimeSpan.FromSeconds(5));
        await stopped;

        Assert.Equal(RpcServingStatus.NotServing, health);
        using var late = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(gateway.Address.Host, gateway.Address.Port));
    }
}
