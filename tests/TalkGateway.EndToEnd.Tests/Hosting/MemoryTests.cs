using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Hosting;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Hosting;

/// <summary>What a burst took goes back to the system.</summary>
public sealed class MemoryTests
{
    private const long Megabyte = 1024 * 1024;

    [Fact]
    public void A_burst_is_over_once_nothing_is_held_and_little_is_allocated_and_is_told_once()
    {
        var bursts = new MemoryReturn.Bursts(100 * Megabyte);

        Assert.False(bursts.IsOver(400 * Megabyte, 500 * Megabyte, 0));
        Assert.False(bursts.IsOver(400 * Megabyte, 501 * Megabyte, 60 * Megabyte));
        Assert.True(bursts.IsOver(400 * Megabyte, 502 * Megabyte, 0));
        bursts.Collected(200 * Megabyte);
        Assert.False(bursts.IsOver(200 * Megabyte, 503 * Megabyte, 0));
        Assert.False(bursts.IsOver(120 * Megabyte, 504 * Megabyte, 0));
        Assert.True(bursts.IsOver(160 * Megabyte, 505 * Megabyte, 0));
    }

    [Fact]
    public async Task Connections_read_into_memory_that_can_be_given_back()
    {
        await using var gateway = await TestGateway.StartAsync();

        Assert.IsType<ConnectionMemory>(gateway.Services.GetRequiredService<IMemoryPoolFactory<byte>>());
    }

    [Fact]
    public async Task What_connections_may_take_is_bounded_on_purpose()
    {
        await using var gateway = await TestGateway.StartAsync(
            new TestGatewayOptions { Keys = new Dictionary<string, string?> { ["Limits:MaxConnections"] = "7", ["Limits:MaxStreamsPerConnection"] = "3" } });

        var limits = gateway.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;

        Assert.Equal((7, 7, 3), (limits.MaxConcurrentConnections, limits.MaxConcurrentUpgradedConnections, limits.Http2.MaxStreamsPerConnection));
        Assert.Equal((16 * 1024, 128 * 1024), (limits.MaxRequestHeadersTotalSize, limits.MaxRequestBufferSize));
    }

    [Fact]
    public void Blocks_are_kept_for_the_next_connection_and_only_so_many_until_a_burst_is_over()
    {
        const int Most = 2048;
        using var connections = new ConnectionMemory();
        using var pool = connections.Create();
        var blocks = Enumerable.Range(0, Most + 100).Select(_ => pool.Rent(4096)).ToList();
        var arrays = blocks.Select(block => block.Memory).ToHashSet();

        blocks.ForEach(block => block.Dispose());
        var again = Enumerable.Range(0, Most + 100).Select(_ => pool.Rent()).ToList();
        Assert.Equal(Most, again.Count(block => arrays.Contains(block.Memory)));

        again.ForEach(block => block.Dispose());
        connections.LetGo();
        using var fresh = pool.Rent();
        Assert.DoesNotContain(fresh.Memory, again.Select(block => block.Memory));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(4097));
    }
}
