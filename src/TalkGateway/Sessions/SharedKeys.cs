using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using TalkGateway.Configuration;

namespace TalkGateway.Sessions;

/// <summary>
/// The keys in a directory that replicas share. One that finds none makes the first while the others wait, and a key that another
/// replica made since is read when the first token of it comes, not a day later.
/// </summary>
internal sealed class SharedKeys : IDataProtectionProvider
{
    /// <summary>Keeps the keys of other programs' apart where they lie in one directory.</summary>
    public const string ApplicationName = "TalkGateway";

    private const string LockFile = ".lock";
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestLock = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _directory;
    private readonly Lock _gate = new();

    // Grows by files of the directory only, so what strangers send costs one look at the directory's entries.
    private readonly ConcurrentDictionary<Guid, byte> _readFor = [];
    private volatile Ring _ring;

    private SharedKeys(DirectoryInfo directory)
    {
        _directory = directory;
        _ring = new Ring(directory, 0);
    }

    /// <summary>Opens a directory, which is made where it is not there, and makes its first key if it has none.</summary>
    /// <exception cref="ConfigurationException">The directory cannot be used.</exception>
    public static async Task<SharedKeys> OpenAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var directory = Directory.CreateDirectory(path);
            await using var others = await LockAsync(Path.Combine(directory.FullName, LockFile), cancellationToken);
            var keys = new SharedKeys(directory);

            // Keys are renewed long after the start, when nobody looks.
            Probe(directory);
            Use(keys);
            return keys;
        }
        catch (Exception failure) when (IsOfDirectory(failure))
        {
            throw Refusal(path, failure);
        }
    }

    /// <summary>Tells at the start whether the platform's own place for keys can be used.</summary>
    /// <exception cref="ConfigurationException">It cannot.</exception>
    public static void CheckDefault(IDataProtectionProvider keys)
    {
        try
        {
            Use(keys);
        }
        catch (Exception failure) when (IsOfDirectory(failure))
        {
            throw Refusal(null, failure);
        }
    }

    /// <inheritdoc />
    public IDataProtector CreateProtector(string purpose) => new Protector(this, [purpose]);

    /// <summary>Sealing anything reads the keys, and makes one where none is good.</summary>
    private static void Use(IDataProtectionProvider keys) => keys.CreateProtector("start").Protect([]);

    private static bool IsOfDirectory(Exception failure) =>
        failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or CryptographicException;

    private static ConfigurationException Refusal(string? path, Exception failure) => new(
        $"{SessionKeySettings.Section}:{nameof(SessionKeySettings.KeyDirectory)}", path, $"name a directory that the gateway may read and write ({failure.GetBaseException().Message})");

    private static void Probe(DirectoryInfo directory)
    {
        using var file = new FileStream(
            Path.Combine(directory.FullName, $".{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
    }

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; ; waited += LockRetry)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException held) when (IsHeld(held) && waited < LongestLock)
            {
                await Task.Delay(LockRetry, cancellationToken);
            }
        }
    }

    /// <summary>Whether a file can't be opened because another process has locked it: EWOULDBLOCK on Linux and macOS, a sharing violation on Windows.</summary>
    private static bool IsHeld(IOException failure) => failure.HResult is 11 or 35 or unchecked((int)0x80070020);

    /// <summary>Whether the keys were read again because this one, which is in the directory, was not among them.</summary>
    private bool ReadAgainFor(ReadOnlySpan<byte> sealedData, Ring used)
    {
        if (!KeyId.TryRead(sealedData, out var key) || !File.Exists(Path.Combine(_directory.FullName, KeyId.FileName(key))))
        {
            return false;
        }

        lock (_gate)
        {
            if (used.Number != _ring.Number)
            {
                return true;
            }

            if (!_readFor.TryAdd(key, 0))
            {
                return false;
            }

            _ring = new Ring(_directory, used.Number + 1);
            return true;
        }
    }

    /// <summary>The keys as they were when the directory was read. Data Protection reads it again once a day at most.</summary>
    private sealed class Ring(DirectoryInfo directory, int number)
    {
        private readonly IDataProtectionProvider _provider = DataProtectionProvider.Create(directory, builder => builder.SetApplicationName(ApplicationName));
        private readonly ConcurrentDictionary<string, IDataProtector> _protectors = new(StringComparer.Ordinal);

        public int Number => number;

        public IDataProtector For(string[] purposes) => _protectors.GetOrAdd(string.Join('\n', purposes), _ => _provider.CreateProtector(purposes));
    }

    private sealed class Protector(SharedKeys keys, string[] purposes) : IDataProtector
    {
        public IDataProtector CreateProtector(string purpose) => new Protector(keys, [.. purposes, purpose]);

        public byte[] Protect(byte[] plaintext) => keys._ring.For(purposes).Protect(plaintext);

        public byte[] Unprotect(byte[] protectedData)
        {
            var ring = keys._ring;
            try
            {
                return ring.For(purposes).Unprotect(protectedData);
            }
            catch (CryptographicException) when (keys.ReadAgainFor(protectedData, ring))
            {
                return keys._ring.For(purposes).Unprotect(protectedData);
            }
        }
    }
}
