using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using TalkGateway.LoadTest.Servers;
using TalkGateway.Talk.V1;

namespace TalkGateway.LoadTest.Story;

/// <summary>How long one teller took for the story.</summary>
/// <param name="Calls">Each call, in order.</param>
internal sealed record Telling(IReadOnlyList<TimeSpan> Calls)
{
    public TimeSpan Total => new(Calls.Sum(call => call.Ticks));

    public TimeSpan First => Calls[0];

    /// <summary>The slowest of all calls but the first few, which log in.</summary>
    public TimeSpan SlowestLater => Calls.Skip(LoginComparison.CallsPerRound).Max();

    public TimeSpan Median => Calls.Order().ElementAt(Calls.Count / 2);
}

/// <summary>The same story told by a REST client directly, and over gRPC through the gateway.</summary>
/// <param name="Login">What the client logs in with.</param>
internal sealed record LoginOutcome(string Login, Telling Direct, Telling Gateway);

/// <summary>
/// Tells one story to a server whose logins cost what real ones do: a client lists its rooms, reads one and posts into it, and
/// does so again. Directly each request carries the credential, as REST clients do; through the gateway each call does too.
/// Both begin as strangers to the server, in a gateway that has served another user before.
/// </summary>
internal static class LoginComparison
{
    public const int CallsPerRound = 3;

    private const int Rounds = 10;

    public static async Task<IReadOnlyList<LoginOutcome>> RunAsync(CancellationToken cancellationToken)
    {
        await using var simulator = await ServerProcess.StartCostlySimulatorAsync(cancellationToken);
        await using var gateway = await ServerProcess.StartGatewayAsync(simulator.Address, cancellationToken);
        var appPasswords = simulator.Ready.AppPasswords!;

        // Code that was never run is slow in both clients and the gateway, and no matter of logins.
        await TellDirectlyAsync(simulator.Address, "bob", appPasswords["bob"], cancellationToken);
        await TellThroughGatewayAsync(gateway.Address, "bob", appPasswords["bob"], cancellationToken);

        var outcomes = new List<LoginOutcome>();
        foreach (var (login, secret) in new[] { ("account password", "alice"), ("app password", appPasswords["alice"]) })
        {
            outcomes.Add(new LoginOutcome(
                login,
                await TellDirectlyAsync(simulator.Address, "alice", secret, cancellationToken),
                await TellThroughGatewayAsync(gateway.Address, "alice", secret, cancellationToken)));
        }

        return outcomes;
    }

    private static async Task<Telling> TellDirectlyAsync(Uri server, string user, string secret, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = server };
        client.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(Basic(user, secret));
        client.DefaultRequestHeaders.Add("OCS-APIRequest", "true");
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        return await TellAsync(
            async () => (string)(await AskAsync(HttpMethod.Get, TalkPaths.Rooms, null))["ocs"]!["data"]![0]!["token"]!,
            token => AskAsync(HttpMethod.Get, TalkPaths.Room(token), null),
            token => AskAsync(HttpMethod.Post, TalkPaths.Chat(token), TalkPaths.MessageBody));

        async Task<JsonNode> AskAsync(HttpMethod method, string path, string? body)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await client.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            return JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
        }
    }

    private static async Task<Telling> TellThroughGatewayAsync(Uri gateway, string user, string secret, CancellationToken cancellationToken)
    {
        using var caller = new GrpcCaller(gateway, Basic(user, secret));
        return await TellAsync(
            async () => (await caller.CallAsync<ListRoomsResponse>("/talk.v1.RoomService/ListRooms", new ListRoomsRequest(), cancellationToken)).Rooms[0].Token,
            token => caller.CallAsync<GetRoomResponse>("/talk.v1.RoomService/GetRoom", new GetRoomRequest { Token = token }, cancellationToken),
            token => caller.CallAsync<SendMessageResponse>(
                "/talk.v1.ChatService/SendMessage", new SendMessageRequest { Token = token, Message = TalkPaths.MessageText }, cancellationToken));
    }

    private static async Task<Telling> TellAsync(Func<Task<string>> listRooms, Func<string, Task> getRoom, Func<string, Task> sendMessage)
    {
        var calls = new List<TimeSpan>();
        for (var round = 0; round < Rounds; round++)
        {
            var token = "";
            await TimeAsync(async () => token = await listRooms());
            await TimeAsync(() => getRoom(token));
            await TimeAsync(() => sendMessage(token));
        }

        return new Telling(calls);

        async Task TimeAsync(Func<Task> call)
        {
            var start = Stopwatch.GetTimestamp();
            await call();
            calls.Add(Stopwatch.GetElapsedTime(start));
        }
    }

    private static string Basic(string user, string secret) => "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{user}:{secret}"));
}
