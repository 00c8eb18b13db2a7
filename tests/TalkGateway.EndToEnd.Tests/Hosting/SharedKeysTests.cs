using Microsoft.AspNetCore.DataProtection;
using TalkGateway.Configuration;
using TalkGateway.Sessions;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Hosting;

/// <summary>Replicas that share a key directory read what any of them sealed.</summary>
public sealed class SharedKeysTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Replicas_that_start_together_make_one_key()
    {
        var replicas = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(OpenAsync)));

        Assert.Single(_directory.GetFiles("key-*.xml"));
        Assert.All(replicas, replica => Assert.Equal([7], Protector(replicas[0]).Unprotect(Protector(replica).Protect([7]))));
    }

    [Fact]
    public async Task A_key_that_another_replica_made_since_is_read_when_its_first_token_comes()
    {
        var first = await OpenAsync();
        foreach (var key in _directory.GetFiles("key-*.xml"))
        {
            key.Delete();
        }

        var second = await OpenAsync();

        Assert.Equal([7], Protector(first).Unprotect(Protector(second).Protect([7])));
    }

    [Fact]
    public async Task What_no_key_of_the_directory_sealed_is_refused()
    {
        var replica = await OpenAsync();
        var foreign = new EphemeralDataProtectionProvider().CreateProtector("test").Protect([7]);

        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => Protector(replica).Unprotect(foreign));
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => Protector(replica).Unprotect([1, 2, 3]));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_is_refused_even_if_it_is_there()
    {
        // Nobody makes files in there, not even root.
        var refusal = await Assert.ThrowsAsync<ConfigurationException>(() => SharedKeys.OpenAsync("/proc/self", CancellationToken.None));

        Assert.Contains("Sessions:KeyDirectory is '/proc/self'", refusal.Message, StringComparison.Ordinal);
    }

    private static IDataProtector Protector(SharedKeys keys) => keys.CreateProtector("test");

    private Task<SharedKeys> OpenAsync() => SharedKeys.OpenAsync(_directory.FullName, CancellationToken.None);
}
