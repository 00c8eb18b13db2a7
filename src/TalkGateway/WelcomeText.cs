using System.Globalization;
using System.Net;
using TalkGateway.Simulator;

namespace TalkGateway;

/// <summary>What is printed once the gateway listens: where, in front of what, and what to try next.</summary>
internal static class WelcomeText
{
    /// <param name="addresses">Where the gateway listens; the first is the one in the commands.</param>
    /// <param name="simulator">What stands behind it; null for a real server.</param>
    /// <param name="hasExplorer">Whether the explorer is switched on.</param>
    public static string For(IReadOnlyList<Uri> addresses, TalkSimulator? simulator, bool hasExplorer)
    {
        var reachable = addresses.Select(Reachable).ToList();
        var isPlaintext = reachable[0].Scheme == Uri.UriSchemeHttp;
        var url = reachable[0].AbsoluteUri.TrimEnd('/');
        var authority = $"{reachable[0].Host}:{reachable[0].Port}";
        var grpcurl = isPlaintext ? "grpcurl -plaintext" : "grpcurl";
        var buf = isPlaintext ? "buf curl --protocol grpc --http2-prior-knowledge" : "buf curl --protocol grpc";
        var (user, password) = simulator is null ? ("user", "app-password") : (TalkSimulator.Users[0], TalkSimulator.Users[0]);
        var lines = new List<string> { $"TalkGateway {GatewayVersion.Text}" };
        lines.AddRange(reachable.Select(address => $"Listening on {address.AbsoluteUri.TrimEnd('/')}"));
        if (simulator is not null)
        {
            lines.Add($"Behind it: the embedded simulator of Talk {simulator.Profile.Name}, with the users {string.Join(", ", TalkSimulator.Users)} (each with the own name as password)");
        }

        lines.AddRange(["", simulator is null ? "Try next, with a user name and an app password of your Nextcloud:" : "Try next:"]);
        if (hasExplorer)
        {
            lines.Add($"  {url}/explorer   # in a browser");
        }

        lines.AddRange(
        [
            $"  {grpcurl} {authority} list",
            $"""  {grpcurl} -H "authorization: Basic $(printf %s {user}:{password} | base64 | tr -d '\n')" {authority} talk.v1.RoomService/ListRooms""",
            $"  {buf} -u {user}:{password} {url}/talk.v1.RoomService/ListRooms",
            $$"""  curl -u {{user}}:{{password}} -H "content-type: application/json" -d "{}" {{url}}/talk.v1.RoomService/ListRooms""",
        ]);
        if (simulator is not null)
        {
            lines.Add(
                $"""  curl -u {user}:{password} -H "OCS-APIRequest: true" "{url}/ocs/v2.php/apps/spreed/api/v{RoomApiVersion(simulator.Profile)}/room?format=json"   # what is no rpc passes through""");
        }

        return string.Join(Environment.NewLine, lines);
    }

    /// <summary>A gateway that listens on every interface is reached here by this name.</summary>
    private static Uri Reachable(Uri address) =>
        IPAddress.TryParse(address.DnsSafeHost, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
            ? new UriBuilder(address) { Host = "localhost" }.Uri
            : address;

    /// <summary>Rooms are in v4 since Talk 12 and in v1 before.</summary>
    private static int RoomApiVersion(TalkProfile profile) =>
        int.Parse(profile.TalkVersion.Split('.')[0], CultureInfo.InvariantCulture) >= 12 ? 4 : 1;
}
