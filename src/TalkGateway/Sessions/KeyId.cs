using System.Buffers.Binary;

namespace TalkGateway.Sessions;

/// <summary>
/// Which key sealed something. ASP.NET Core Data Protection begins what it seals with four fixed bytes and the id of the key, and
/// keeps each key in a file named by that id (ASP.NET Core documentation, "Context headers", "Key management").
/// </summary>
internal static class KeyId
{
    private const uint Magic = 0x09F0C9F0;
    private const int IdLength = 16;

    public static bool TryRead(ReadOnlySpan<byte> sealedData, out Guid key)
    {
        if (sealedData.Length < sizeof(uint) + IdLength || BinaryPrimitives.ReadUInt32BigEndian(sealedData) != Magic)
        {
            key = default;
            return false;
        }

        key = new Guid(sealedData.Slice(sizeof(uint), IdLength));
        return true;
    }

    public static string FileName(Guid key) => $"key-{key:D}.xml";
}
