using TalkGateway.Talk.Upstream;
using Xunit;

namespace TalkGateway.Talk.Tests.Upstream;

public sealed class LruCacheTests
{
    [Fact]
    public void What_was_not_asked_for_the_longest_goes_first()
    {
        var cache = new LruCache<string, int>(2);
        cache.Set("a", 1);
        cache.Set("b", 2);
        Assert.True(cache.TryGet("a", out _));

        cache.Set("c", 3);

        Assert.False(cache.TryGet("b", out _));
        Assert.True(cache.TryGet("a", out var a));
        Assert.Equal((1, 2), (a, cache.Count));
    }

    [Fact]
    public void Setting_again_replaces_and_counts_as_use()
    {
        var cache = new LruCache<string, int>(2);
        cache.Set("a", 1);
        cache.Set("b", 2);
        cache.Set("a", 10);

        Assert.Equal(3, cache.GetOrAdd("c", 3, static n => n));

        Assert.False(cache.TryGet("b", out _));
        Assert.Equal(10, cache.GetOrAdd("a", 0, static n => n));
    }

    [Fact]
    public void What_is_removed_is_gone()
    {
        var cache = new LruCache<string, int>(2);
        cache.Set("a", 1);

        cache.Remove("a");
        cache.Remove("unknown");

        Assert.False(cache.TryGet("a", out _));
        Assert.Equal(0, cache.Count);
    }
}
