using System.Security.Cryptography;
using System.Text;

namespace TalkGateway.Simulator;

/// <summary>Random identifiers in the shapes Nextcloud gives them.</summary>
internal static class Tokens
{
    /// <summary>Base64-like with <c>/</c> and <c>+</c>, and 255 characters although every document says 512.</summary>
    public static string TalkSession() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/", 255);

    public static string Room() => RandomNumberGenerator.GetString("abcdefghijkmnopqrstwxyz23456789", 8);

    public static string Mixed(int length) => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", length);

    public static string Lower(int length) => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", length);

    public static string Sha1(string text)
    {
#pragma warning disable CA5350 // The servers answer SHA-1 here; nothing is protected by it.
        return Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
    }
}
