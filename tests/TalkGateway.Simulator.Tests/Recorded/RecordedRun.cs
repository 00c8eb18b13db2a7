using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TalkGateway.Testing;

namespace TalkGateway.Simulator.Tests;

/// <summary>Sends a recorded run to a simulator, with the names of this run in place of the recorded ones.</summary>
internal sealed partial class RecordedRun : IAsyncDisposable
{
    private readonly TalkSimulator _simulator;
    private readonly string _profile;
    private readonly ManualTimeProvider _clock;
    private readonly Dictionary<string, OcsClient> _clients = [];
    private readonly Dictionary<string, string> _tokens = [];
    private readonly Dictionary<string, string> _sessions = [];
    private readonly Dictionary<string, string> _messages = [];
    private string _lastGiven = "";

    private RecordedRun(TalkSimulator simulator, string profile, ManualTimeProvider clock) => (_simulator, _profile, _clock) = (simulator, profile, clock);

    public static async Task<RecordedRun> StartAsync(string profile)
    {
        var clock = new ManualTimeProvider();
        var simulator = await TalkSimulator.StartAsync(new SimulatorOptions { Profile = profile, SeedDemoData = false, TimeProvider = clock });
        simulator.AddAccount("dave", "Dave");
        return new RecordedRun(simulator, profile, clock);
    }

    /// <summary>Id of the operation that answered last.</summary>
    public string LastOperation => _simulator.Requests.All[^1].Operation;

    public async Task SetUpAsync(string line)
    {
        var parts = line.Split(' ');
        var alice = Client("alice");
        switch (parts[0])
        {
            case "room":
                _tokens[parts[1]] = await CreateAsync(alice, parts[1], parts[2]);
                foreach (var user in parts[3].Split(',').Where(u => u != "-"))
                {
                    (await alice.RoomAsync("POST", $"room/{_tokens[parts[1]]}/participants", new { newParticipant = user })).Is(200);
                }

                break;
            case "roomof":
                _tokens[parts[2]] = await CreateAsync(Client(parts[1]), parts[2], parts[3]);
                break;
            case "pair":
                _tokens[parts[1]] = (string)(await alice.RoomAsync("POST", "room", new { roomType = 1, invite = parts[2] })).Is(201).Data!["token"]!;
                break;
            case "add":
                (await alice.RoomAsync("POST", $"room/{_tokens[parts[1]]}/participants", new { newParticipant = parts[2] })).Is(200);
                break;
            case "promote":
                (await alice.RoomAsync("POST", $"room/{_tokens[parts[1]]}/moderators", await TargetAsync(_tokens[parts[1]], parts[2]))).Is(200);
                break;
            default:
                var joined = (await Client($"{parts[2]}+").RoomAsync("POST", $"room/{_tokens[parts[1]]}/participants/active", new { })).Is(200);
                _sessions[parts[2]] = (string)joined.Data!["sessionId"]!;
                break;
        }
    }

    public async Task<OcsAnswer> SendAsync(RecordedStep step)
    {
        if (step.Who.EndsWith('!'))
        {
            _clients.Remove("guest+");
        }

        var client = Client(step.Who.Replace('!', '+'), step);
        var target = await FillAsync(step.Target);
        var body = await FillAsync(step.Body, target);
        target = await FillAsync(target, target);
        (target, body) = await TranslateAsync(step, target, body);
        var path = step.Family switch
        {
            "raw" => target,
            "room" => $"/ocs/v2.php/apps/spreed/api/v{client.Versions.Room}/{target}",
            "call" => $"/ocs/v2.php/apps/spreed/api/v{client.Versions.Call}/{target}",
            "signaling" => $"/ocs/v2.php/apps/spreed/api/v{client.Versions.Signaling}/{target}",
            _ => $"/ocs/v2.php/apps/spreed/api/v1/{target}",
        };
        if (_profile == "3.0")
        {
            path = Oldest(step, path);
        }

        var accept = step.Operation switch
        {
            "format-room-list-no-accept-header" or "format-room-list-format=json" => null,
            "format-room-list-accept-star" => "*/*",
            _ => "application/json",
        };
        var sent = client.SendAsync(step.Method, path, Content(body), accept, meant: !step.Operation.EndsWith("without-OCS-APIRequest", StringComparison.Ordinal));
        if (step.Operation == "chat-poll-timeout-304")
        {
            await Task.WhenAny(sent, _simulator.WaitForLongPollsAsync(1));
            _clock.Advance(TimeSpan.FromSeconds(2));
        }

        var answer = await sent;
        Learn(step, answer);
        if (step.Operation == "room-create-group-named" && answer.Status == 404)
        {
            _tokens["group"] = await CreateAsync(Client("alice"), "Group named", "group");
        }

        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }

        await _simulator.DisposeAsync();
    }

    /// <summary>3.0 signals without a token, and its chat waits even for history.</summary>
    private static string Oldest(RecordedStep step, string path) => step switch
    {
        { Family: "signaling" } when step.Target.StartsWith("signaling/{", StringComparison.Ordinal) => "/ocs/v2.php/apps/spreed/api/v1/signaling",
        { Operation: "call-history-after-call" or "chat-history-new-room" } => $"{path}&timeout=0",
        _ => path,
    };

    private static HttpContent? Content(string body) => body.Split(' ', 2) switch
    {
        [""] => null,
        ["csv", var lines] => new MultipartFormDataContent { { new StringContent(lines.Replace('|', '\n')), "file", "list.csv" } },
        ["form", var json] => new StringContent(Form(JsonNode.Parse(json)!.AsObject()), Encoding.UTF8, "application/x-www-form-urlencoded"),
        [_, var text] => new StringContent(text, Encoding.UTF8, "application/json"),
        _ => null,
    };

    private static string Form(JsonObject fields) => string.Join('&', fields.Select(f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value switch
    {
        null => "",
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        _ => f.Value.ToJsonString(),
    })}"));

    [GeneratedRegex("\\{(session:|a:|m:)?(\\w+)\\}")]
    private static partial Regex Name();

    private OcsClient Client(string who, RecordedStep? step = null)
    {
        if (step?.Operation == "auth-room-list-wrong-password")
        {
            return _clients["wrong"] = new OcsClient(_simulator, "alice", "wrong", withCookies: false);
        }

        if (_clients.TryGetValue(who, out var known))
        {
            return known;
        }

        var user = who.TrimEnd('+').Replace("alice2", "alice", StringComparison.Ordinal);
        var client = user == "anonymous" || user.StartsWith("guest", StringComparison.Ordinal) ? new OcsClient(_simulator, withCookies: who.EndsWith('+'))
            : user == "nobody" ? new OcsClient(_simulator, "nobody", "nobody", withCookies: false)
            : who.EndsWith('+') ? OcsClient.WithAppPassword(_simulator, user)
            : new OcsClient(_simulator, user, withCookies: false);
        return _clients[who] = client;
    }

    /// <summary>The oldest servers have no groups without a group of accounts: a public room made private stands in.</summary>
    private async Task<string> CreateAsync(OcsClient alice, string name, string type)
    {
        var isPublic = type == "public" || _profile == "3.0";
        var created = (await alice.RoomAsync("POST", "room", new { roomType = isPublic ? 3 : 2, roomName = name })).Is(201);
        var token = (string)created.Data!["token"]!;
        if (isPublic && type == "group")
        {
            (await alice.RoomAsync("DELETE", $"room/{token}/public")).Is(200);
        }

        return token;
    }

    private async Task<object> TargetAsync(string token, string user) => Client("alice").Versions.Room < 4
        ? new { participant = user }
        : new { attendeeId = await AttendeeAsync(token, user) };

    private async Task<int> AttendeeAsync(string token, string actor)
    {
        var list = await Client("alice").RoomAsync("GET", $"room/{token}/participants");
        var found = list.Status == 200
            ? list.List.FirstOrDefault(p => (string?)p!["actorId"] == actor || p["sessionIds"]!.AsArray().Any(s => (string?)s == actor))
                ?? (actor.Length == 40 ? list.List.FirstOrDefault(p => (string?)p!["actorType"] == "guests") : null)
            : null;
        return (int?)found?["attendeeId"] ?? 99999;
    }

    /// <summary>v4 names people by attendee id, and removes them below <c>attendees</c>.</summary>
    private async Task<(string Target, string Body)> TranslateAsync(RecordedStep step, string target, string body)
    {
        var isPeople = step.Family == "room" && (step.Target.Split('?')[0].EndsWith("/moderators", StringComparison.Ordinal) || (step.Method == "DELETE" && step.Target.Split('?')[0].EndsWith("/participants", StringComparison.Ordinal)));
        if (!isPeople || Client("alice").Versions.Room < 4 || _profile == "25")
        {
            return (target, body);
        }

        var token = target.Split('/')[1];
        var (path, query) = target.Split('?', 2) is [var before, var after] ? (before, after) : (target, "");
        path = step.Method == "DELETE" && path.EndsWith("/participants", StringComparison.Ordinal) ? path.Replace("/participants", "/attendees", StringComparison.Ordinal) : path;
        if (query.StartsWith("participant=", StringComparison.Ordinal))
        {
            return ($"{path}?attendeeId={await AttendeeAsync(token, query[12..])}", body);
        }

        var fields = body.StartsWith("form ", StringComparison.Ordinal) ? JsonNode.Parse(body[5..])!.AsObject() : [];
        var who = (string?)fields["participant"] ?? (string?)fields["sessionId"];
        return (path, who is null ? body : $"form {{\"attendeeId\": {await AttendeeAsync(token, who)}}}");
    }

    private async Task<string> FillAsync(string text, string target = "")
    {
        foreach (Match match in Name().Matches(text))
        {
            var name = match.Groups[2].Value;
            string? value;
            if (match.Groups[1].Value == "session:")
            {
                value = _sessions.GetValueOrDefault(name, "nobody");
            }
            else if (match.Groups[1].Value == "m:")
            {
                value = _messages.GetValueOrDefault(name);
            }
            else if (match.Groups[1].Value == "a:")
            {
                value = target.Length == 0 ? null : $"{await AttendeeAsync(target.Split('/')[1], name)}";
            }
            else if (name is "first" or "last")
            {
                var page = await Client("alice").ChatAsync("GET", $"chat/{_tokens["chat"]}?lookIntoFuture=0&limit=200&timeout=1");
                var comments = page.List.Where(m => ((string?)m!["systemMessage"] ?? "").Length == 0).ToList();
                value = (name == "first" ? comments[^1] : comments[0])!["id"]!.ToString();
            }
            else
            {
                value = name == "given" ? _lastGiven : _tokens.GetValueOrDefault(name);
            }

            if (value is not null)
            {
                text = text.Replace(match.Value, value, StringComparison.Ordinal);
            }
        }

        return text;
    }

    private void Learn(RecordedStep step, OcsAnswer answer)
    {
        _lastGiven = answer.Header("X-Chat-Last-Given") ?? _lastGiven;
        if (answer.Status is not (200 or 201) || answer.Data is not JsonObject data)
        {
            return;
        }

        if (step.Method == "POST" && step.Target == "room" && (string?)data["token"] is { } token)
        {
            _tokens[step.Operation switch
            {
                "room-create-group-named" => "group",
                "room-create-group-invite-team" => "team",
                "room-create-public" => "public",
                "56-room-create-room" => "open",
                "57-room-create-room" => "locked",
                "228-room-create-room" => "event",
                "room-create-one2one-bob" or "room-create-one2one-after-delete" => "one2one",
                _ => step.Operation,
            }] = token;
        }

        if (step.Operation.Split("=m:") is [_, var recorded])
        {
            _messages[recorded] = data["id"]!.ToString();
        }

        if (step.Target.EndsWith("participants/active", StringComparison.Ordinal) && (string?)data["sessionId"] is { } session)
        {
            _sessions[step.Who.TrimEnd('+', '!', '2')] = session;
        }
    }
}
