using System.Collections.Frozen;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TalkGateway.Simulator;

namespace TalkGateway.LoadTest.Servers;

/// <summary>
/// An upstream that costs next to nothing: it asks a simulator once for every answer that the comparison needs, and then gives
/// those bytes to everybody.
/// </summary>
internal static class CannedServer
{
    private const int Rooms = 20;

    public static async Task RunAsync(string profile, CancellationToken cancellationToken)
    {
        var (answers, room) = await RecordAsync(profile, cancellationToken);
        await using var app = Loopback.Build(HttpProtocols.Http1);
        app.Run(http => AnswerAsync(http, answers));
        await app.StartAsync(cancellationToken);
        await ControlPipe.ServeAsync(new ServerReady(Loopback.AddressOf(app), room), cancellationToken);
    }

    private static async Task AnswerAsync(HttpContext http, FrozenDictionary<string, Answer> answers)
    {
        if (!answers.TryGetValue(Key(http.Request.Method, http.Request.Path.Value!), out var answer))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await http.Request.Body.CopyToAsync(Stream.Null, http.RequestAborted);
        http.Response.StatusCode = answer.Status;
        http.Response.ContentLength = answer.Body.Length;
        foreach (var (name, value) in answer.Headers)
        {
            http.Response.Headers[name] = value;
        }

        // As a server does: a session begins where the request brings none.
        if (http.Request.Headers.Cookie.Count == 0)
        {
            http.Response.Headers.SetCookie = answer.Cookies;
        }

        await http.Response.BodyWriter.WriteAsync(answer.Body, http.RequestAborted);
    }

    private static async Task<(FrozenDictionary<string, Answer> Answers, string Room)> RecordAsync(string profile, CancellationToken cancellationToken)
    {
        await using var simulator = await TalkSimulator.StartAsync(
            new SimulatorOptions { Profile = profile, SeedDemoData = false, LogRequests = false }, cancellationToken);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = simulator.BaseAddress };
        client.DefaultRequestHeaders.Add("OCS-APIRequest", "true");
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("alice:alice"u8));

        var token = "";
        for (var i = await CountRoomsAsync(client, cancellationToken); i < Rooms; i++)
        {
            using var created = await client.PostAsJsonAsync(TalkPaths.Rooms, new { roomType = 2, roomName = $"Release planning {i + 1}" }, cancellationToken);
            token = (string)Data(await created.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))["token"]!;
        }

        var answers = new Dictionary<string, Answer>();
        await RecordAsync(HttpMethod.Post, TalkPaths.Chat(token));
        await RecordAsync(HttpMethod.Get, TalkPaths.Capabilities);
        await RecordAsync(HttpMethod.Get, TalkPaths.Rooms);
        await RecordAsync(HttpMethod.Get, TalkPaths.Room(token));
        return (answers.ToFrozenDictionary(), token);

        async Task RecordAsync(HttpMethod method, string path)
        {
            using var request = new HttpRequestMessage(method, path);
            if (method == HttpMethod.Post)
            {
                request.Content = new StringContent(TalkPaths.MessageBody, Encoding.UTF8, "application/json");
            }

            using var response = await client.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            answers.Add(Key(method.Method, path), await Answer.OfAsync(response, cancellationToken));
        }
    }

    private static async Task<int> CountRoomsAsync(HttpClient client, CancellationToken cancellationToken) =>
        Data(await client.GetFromJsonAsync<JsonNode>(TalkPaths.Rooms, cancellationToken)).AsArray().Count;

    private static JsonNode Data(JsonNode? answer) => answer!["ocs"]!["data"]!;

    private static string Key(string method, string path) => method + " " + path;

    private sealed record Answer(int Status, byte[] Body, KeyValuePair<string, string>[] Headers, string[] Cookies)
    {
        public static async Task<Answer> OfAsync(HttpResponseMessage response, CancellationToken cancellationToken)
        {
            var headers = response.Headers.Concat(response.Content.Headers)
                .Where(h => h.Key is not ("Date" or "Content-Length" or "Transfer-Encoding" or "Set-Cookie"))
                .Select(h => KeyValuePair.Create(h.Key, string.Join(", ", h.Value)));
            var cookies = response.Headers.TryGetValues("Set-Cookie", out var values) ? values : [];
            return new Answer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken), [.. headers], [.. cookies]);
        }
    }
}
