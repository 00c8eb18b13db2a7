using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TalkGateway.Simulator.Tests;

/// <summary>A hand-written REST client of one person, with one cookie jar, as clients of Talk are.</summary>
internal sealed class OcsClient : IDisposable
{
    private readonly HttpClient _http;

    public OcsClient(TalkSimulator simulator, string? login = null, string? password = null, bool withCookies = true)
    {
        Jar = new CookieContainer();
        _http = new HttpClient(new SocketsHttpHandler { CookieContainer = Jar, UseCookies = withCookies }) { BaseAddress = simulator.BaseAddress, Timeout = TimeSpan.FromSeconds(60) };
        Versions = ApiVersions.Of(simulator.Profile.Name);
        if (login is not null)
        {
            UsePassword(login, password ?? login);
        }
    }

    public CookieContainer Jar { get; }

    public ApiVersions Versions { get; }

    public static OcsClient WithAppPassword(TalkSimulator simulator, string user) => new(simulator, user, simulator.IssueAppPassword(user));

    public void UsePassword(string login, string password) =>
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login}:{password}")));

    public void UseBearer(string token) => _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    public void ForgetAuthorization() => _http.DefaultRequestHeaders.Authorization = null;

    public Task<OcsAnswer> RoomAsync(string method, string path, object? body = null, CancellationToken cancellationToken = default) =>
        SendAsync(method, $"/ocs/v2.php/apps/spreed/api/v{Versions.Room}/{path}", body, cancellationToken: cancellationToken);

    public Task<OcsAnswer> CallAsync(string method, string path, object? body = null) =>
        SendAsync(method, $"/ocs/v2.php/apps/spreed/api/v{Versions.Call}/{path}", body);

    public Task<OcsAnswer> SignalingAsync(string method, string path, object? body = null) =>
        SendAsync(method, $"/ocs/v2.php/apps/spreed/api/v{Versions.Signaling}/{path}", body);

    public Task<OcsAnswer> ChatAsync(string method, string path, object? body = null, CancellationToken cancellationToken = default) =>
        SendAsync(method, $"/ocs/v2.php/apps/spreed/api/v1/{path}", body, cancellationToken: cancellationToken);

    public async Task<OcsAnswer> SendAsync(
        string method, string target, object? body = null, string? accept = "application/json", bool meant = true, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), target);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        if (meant)
        {
            request.Headers.Add("OCS-APIRequest", "true");
        }

        request.Content = body switch
        {
            null => null,
            HttpContent content => content,
            _ => new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
        };
        using var response = await _http.SendAsync(request, cancellationToken);
        return new OcsAnswer(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.ToString(),
            await response.Content.ReadAsStringAsync(cancellationToken),
            response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => h.Value.ToArray(), StringComparer.OrdinalIgnoreCase));
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>The API versions a client chooses on a profile.</summary>
internal sealed record ApiVersions(int Room, int Call, int Signaling)
{
    public static ApiVersions Of(string profile) => profile switch
    {
        "3.0" or "3.2" or "4" or "5" or "7" => new(1, 1, 1),
        "9" or "10.0" => new(2, 1, 1),
        "10.1" or "11" => new(3, 3, 2),
        _ => new(4, 4, 3),
    };
}

/// <summary>An answer with its envelope opened.</summary>
internal sealed record OcsAnswer(int Status, string? ContentType, string Text, IReadOnlyDictionary<string, string[]> Headers)
{
    public JsonNode? Json => Text.StartsWith('{') ? JsonNode.Parse(Text) : null;

    public JsonNode? Meta => Json?["ocs"]?["meta"];

    public JsonNode? Data => Json?["ocs"]?["data"];

    public string? Header(string name) => Headers.TryGetValue(name, out var values) ? string.Join(", ", values) : null;

    public JsonArray List => Data!.AsArray();

    public OcsAnswer Is(int status)
    {
        Xunit.Assert.True(Status == status, $"Expected {status}, got {Status}: {Text}");
        return this;
    }
}
