using System.Globalization;
using System.Reflection;
using TalkGateway.Simulator;

namespace TalkGateway;

/// <summary>What is printed once the gateway listens: where, in front of what, and what to try next.</summary>
internal static class WelcomeText
{
    private const string AliceBasic = "YWxpY2U6YWxpY2U=";

    public static string For(Uri address, TalkSimulator? simulator)
    {
        var version = typeof(WelcomeText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        var url = address.AbsoluteUri.TrimEnd('/');
        var authority = address.Authority;
        var lines = new List<string>
        {
            $"TalkGateway {version}",
            $"Listening on {url}",
        };
        if (simulator is null)
        {
            lines.AddRange(
            [
                "",
                "Try next, with a user name and an app password of your Nextcloud in Base64:",
                $"""  grpcurl -plaintext -H "authorization: Basic $(printf 'user:app-password' | base64)" {authority} talk.v1.RoomService/ListRooms""",
                $"  grpcurl -plaintext {authority} list",
            ]);
        }
        else
        {
            lines.AddRange(
            [
                $"Behind it: the embedded simulator of Talk {simulator.Profile.Name}, with the users alice, bob and carol (each with the own name as password)",
                "",
                "Try next:",
                $"  grpcurl -plaintext {authority} list",
                $"""  grpcurl -plaintext -H "authorization: Basic {AliceBasic}" {authority} talk.v1.RoomService/ListRooms""",
                $"""  buf curl --protocol grpc --http2-prior-knowledge -H "authorization: Basic {AliceBasic}" {url}/talk.v1.RoomService/ListRooms""",
                $"""  curl -u alice:alice -H "content-type: application/json" -d "{"{}"}" {url}/talk.v1.RoomService/ListRooms""",
                $"""  curl -u alice:alice -H "OCS-APIRequest: true" "{url}/ocs/v2.php/apps/spreed/api/v{RoomApiVersion(simulator.Profile)}/room?format=json"   # what is no rpc passes through""",
            ]);
        }

        return string.Join(Environment.NewLine, lines);
    }

    /// <summary>Rooms are in v4 since Talk 12 and in v1 before.</summary>
    private static int RoomApiVersion(TalkProfile profile) =>
        int.Parse(profile.TalkVersion.Split('.')[0], CultureInfo.InvariantCulture) >= 12 ? 4 : 1;
}
