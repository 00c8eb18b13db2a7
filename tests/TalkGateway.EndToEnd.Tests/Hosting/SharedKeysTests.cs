using System.Runtime.Versioning;
using Microsoft.AspNetCore.DataProtection;
using TalkGateway.Configuration;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.Sessions;
using Xunit;

namespace TalkGateway.EndToEnd.Tests.Hosting;

/// <summary>Replicas that share a key directory read what any of them sealed.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SharedKeysTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory();

    public void Dispose()
    {
        File.SetUnixFileMode(_directory.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _directory.Delete(recursive: true);
    }

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

    [Fact]
    public async Task A_directory_that_has_a_key_but_cannot_be_written_is_refused_by_a_gateway_that_is_not_root()
    {
        await OpenAsync();
        File.SetUnixFileMode(_directory.FullName, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var keys = new Dictionary<string, string?> { ["TALKGATEWAY_Sessions__KeyDirectory"] = _directory.FullName };
        await using var gateway = GatewayProcess.StartWithoutPrivileges(keys, "--upstream", "http://127.0.0.1:9", "--listen", "http://127.0.0.1:0");

        Assert.Equal(2, await gateway.ExitAsync());
        Assert.Contains($"Sessions:KeyDirectory is '{_directory.FullName}'", gateway.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_place_that_the_platform_has_for_keys_is_tried_at_the_start_as_well()
    {
        var keys = _directory.CreateSubdirectory(".aspnet/DataProtection-Keys");
        File.SetUnixFileMode(keys.FullName, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var home = new Dictionary<string, string?> { ["HOME"] = _directory.FullName };
        await using var gateway = GatewayProcess.StartWithoutPrivileges(home, "--upstream", "http://127.0.0.1:9", "--listen", "http://127.0.0.1:0");

        Assert.Equal(2, await gateway.ExitAsync());
        Assert.Contains("Sessions:KeyDirectory", gateway.Errors, StringComparison.Ordinal);
    }

    private static IDataProtector Protector(SharedKeys keys) => keys.CreateProtector("test");

    private Task<SharedKeys> OpenAsync() => SharedKeys.OpenAsync(_directory.FullName, CancellationToken.None);
}
