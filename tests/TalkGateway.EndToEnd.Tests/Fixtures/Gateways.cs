using System.Collections.Concurrent;
using TalkGateway.Simulator;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Fixtures;

/// <summary>
/// One gateway per simulator profile for the tests of a class, started when it is first asked for. Tests that share one keep to
/// rooms of their own.
/// </summary>
public sealed class Gateways : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<Task<TestGateway>>> _started = new(StringComparer.Ordinal);

    /// <summary>Every version that the simulator can be.</summary>
    public static IEnumerable<TalkProfile> Profiles => TalkProfile.All.Concat(TalkProfile.Exact);

    /// <summary>Version of Talk that a profile stands for.</summary>
    public static Version VersionOf(string profile) => Version.Parse(TalkProfile.Find(profile).TalkVersion.Split('-')[0]);

    internal Task<TestGateway> InFrontOfAsync(string profile) =>
        _started.GetOrAdd(profile, static name => new Lazy<Task<TestGateway>>(() =>
            RealServers.Addresses.ContainsKey(name) ? RealServers.StartInFrontOfAsync(name) : TestGateway.StartAsync(name))).Value;

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    async Task IAsyncLifetime.DisposeAsync()
    {
        foreach (var gateway in _started.Values)
        {
            await (await gateway.Value).DisposeAsync();
        }
    }
}

/// <summary>Runs a test on every version that the simulator can be.</summary>
public sealed class EveryProfileData : TheoryData<string>
{
    public EveryProfileData()
    {
        foreach (var profile in Gateways.Profiles)
        {
            Add(profile.Name);
        }
    }
}

/// <summary>Runs a test on every version that the simulator can be, and on the real servers that are there.</summary>
public sealed class EveryServerData : TheoryData<string>
{
    public EveryServerData()
    {
        foreach (var name in Gateways.Profiles.Select(profile => profile.Name).Concat(RealServers.Addresses.Keys))
        {
            Add(name);
        }
    }
}
