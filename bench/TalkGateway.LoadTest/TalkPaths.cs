namespace TalkGateway.LoadTest;

/// <summary>What a client that talks REST itself would send, to a Talk from 12 on.</summary>
internal static class TalkPaths
{
    public const string Capabilities = "/ocs/v2.php/cloud/capabilities";

    public const string Rooms = "/ocs/v2.php/apps/spreed/api/v4/room";

    /// <summary>The text of every message that is sent.</summary>
    public const string MessageText = "The release notes are ready for review, please have a look before noon.";

    public const string MessageBody = $$"""{"message":"{{MessageText}}"}""";

    public static string Room(string token) => $"{Rooms}/{token}";

    public static string Chat(string token) => $"/ocs/v2.php/apps/spreed/api/v1/chat/{token}";
}
