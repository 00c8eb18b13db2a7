using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using TalkGateway.Talk.Credentials;
using TalkGateway.Talk.Failures;

namespace TalkGateway.Talk.Sessions;

/// <summary>
/// Seals sessions into tokens that clients carry, so that any replica can serve the next call. A token is bound to its upstream
/// and credential; only its sealing keys, which replicas share through ASP.NET Data Protection, are kept by the gateway.
/// </summary>
internal sealed class SessionTokens(IDataProtectionProvider protection, TimeProvider time)
{
    private const byte Format = 2;
    private const int SaltLength = 16;

    // Real ones have about 1000 characters; cookies of 4096 bytes, fifty of them, are far from this.
    private const int MaxTokenLength = 512 * 1024;

    private readonly IDataProtector _protector = protection.CreateProtector("TalkGateway.SessionToken", "v1");

    /// <summary>The token of a session, in characters that URLs and metadata can carry.</summary>
    public string Seal(SessionJar session, string upstream, Credential credential)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            Span<byte> salt = stackalloc byte[SaltLength];
            Span<byte> binding = stackalloc byte[SHA256.HashSizeInBytes];
            RandomNumberGenerator.Fill(salt);
            Bind(salt, credential, binding);
            writer.Write(Format);
            writer.Write7BitEncodedInt64(time.GetUtcNow().ToUnixTimeSeconds());
            writer.Write(upstream);
            writer.Write(salt);
            writer.Write(binding);
            WriteCookies(writer, session.Cookies);
        }

        return Base64Url.EncodeToString(_protector.Protect(stream.ToArray()));
    }

    /// <summary>The session that a token holds.</summary>
    /// <exception cref="UpstreamException">
    /// <see cref="UpstreamFailureKind.SessionMalformed"/>, <see cref="UpstreamFailureKind.SessionOfOtherUpstream"/>,
    /// <see cref="UpstreamFailureKind.SessionOfOtherCredential"/> or <see cref="UpstreamFailureKind.SessionExpired"/>.
    /// </exception>
    public SessionJar Unseal(string token, string upstream, Credential credential, TimeSpan lifetime)
    {
        using var reader = new BinaryReader(new MemoryStream(Open(token, upstream)), Encoding.UTF8);
        try
        {
            if (reader.ReadByte() != Format)
            {
                throw Malformed(upstream);
            }

            var issued = DateTimeOffset.FromUnixTimeSeconds(reader.Read7BitEncodedInt64());
            if (reader.ReadString() != upstream)
            {
                throw new UpstreamException(UpstreamFailureKind.SessionOfOtherUpstream, upstream, "The session token was issued for another upstream.");
            }

            Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
            Bind(reader.ReadBytes(SaltLength), credential, expected);
            if (!CryptographicOperations.FixedTimeEquals(expected, reader.ReadBytes(SHA256.HashSizeInBytes)))
            {
                throw new UpstreamException(UpstreamFailureKind.SessionOfOtherCredential, upstream, "The session token was issued for another credential.");
            }

            if (time.GetUtcNow() - issued > lifetime)
            {
                throw new UpstreamException(UpstreamFailureKind.SessionExpired, upstream, "The session token is too old: join the room again.");
            }

            return new SessionJar(ReadCookies(reader));
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            // Sealed by a gateway, yet not of this format: one of another version.
            throw Malformed(upstream, e);
        }
    }

    private static void WriteCookies(BinaryWriter writer, CookieJar jar)
    {
        writer.Write7BitEncodedInt(jar.Cookies.Length);
        foreach (var cookie in jar.Cookies)
        {
            writer.Write(cookie.Name);
            writer.Write(cookie.Value);
            writer.Write7BitEncodedInt64(cookie.Expires?.ToUnixTimeSeconds() ?? 0);
        }
    }

    private static CookieJar ReadCookies(BinaryReader reader)
    {
        var count = reader.Read7BitEncodedInt();
        if (count is < 0 or > CookieJar.MaxCount)
        {
            throw new FormatException("The number of cookies is impossible.");
        }

        var cookies = new Cookie[count];
        for (var i = 0; i < count; i++)
        {
            var (name, value, expires) = (reader.ReadString(), reader.ReadString(), reader.Read7BitEncodedInt64());
            cookies[i] = new Cookie(name, value, expires == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(expires));
        }

        return CookieJar.Of(cookies);
    }

    // The salt keeps equal credentials from being seen as equal; it, like the hash, is inside the sealed part.
    private static void Bind(ReadOnlySpan<byte> salt, Credential credential, Span<byte> binding)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(salt);
        hash.AppendData(Encoding.UTF8.GetBytes(credential.HeaderValue));
        hash.GetHashAndReset(binding);
    }

    private static UpstreamException Malformed(string upstream, Exception? cause = null) => new(
        new UpstreamFailure(
            UpstreamFailureKind.SessionMalformed,
            upstream,
            "The session token is not one of this gateway. Replicas must share their data protection keys.")
        {
            Cause = cause,
        });

    private byte[] Open(string token, string upstream)
    {
        try
        {
            if (token.Length is 0 or > MaxTokenLength)
            {
                throw Malformed(upstream);
            }

            return _protector.Unprotect(Base64Url.DecodeFromChars(token));
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            throw Malformed(upstream, e);
        }
    }
}
