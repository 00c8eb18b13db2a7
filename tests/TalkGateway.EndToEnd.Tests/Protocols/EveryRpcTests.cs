using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Rpc;
using TalkGateway.EndToEnd.Tests.Fixtures;
using TalkGateway.EndToEnd.Tests.Replay;
using TalkGateway.Simulator;
using TalkGateway.Talk.V1;
using TalkGateway.Testing;
using Xunit;
using Recorded = TalkGateway.EndToEnd.Tests.Replay.Replay;

namespace TalkGateway.EndToEnd.Tests.Protocols;

/// <summary>Every rpc gives the same over gRPC, gRPC-Web and Connect: answers, errors, details, metadata, deadlines, and the request to the server.</summary>
public sealed class EveryRpcTests
{
    /// <summary>Rpcs that no recorded server answers, with the newest simulator that has them.</summary>
    private static readonly IReadOnlyList<(string Profile, IMessage Request)> Unrecorded =
    [
        ("25", new ListRoomPresetsRequest()),
        ("25", new UnmarkRoomSensitiveRequest { Token = Room }),
        ("25", new SearchCandidatesRequest { Search = "b", Token = Room }),
        ("25", new GetExternalCallUrlRequest { Token = Room }),
        ("25", new SetMessageExpirationRequest { Token = Room, Expiration = new() { Seconds = 3600 } }),
        ("16", new SetAllParticipantPermissionsRequest { Token = Room, Method = PermissionMethod.Set, Permissions = 3 }),
        ("12", new SetPublishingPermissionsRequest { Token = Room, Attendee = new AttendeeRef { AttendeeId = 1 }, PublishingPermissions = 1 }),
    ];

    private const string Room = "abcd1234";

    public static TheoryData<string> Servers => Recorded.Servers;

    [Fact]
    public void Every_rpc_of_the_contract_is_called()
    {
        var called = Recorded.Cases.Where(IsCall).Select(replayed => RpcPaths.Of(replayed.Request!.Descriptor))
            .Concat(Unrecorded.Select(row => RpcPaths.Of(row.Request.Descriptor)));

        Expect.None([.. Recorded.Contract.Select(rpc => RpcPaths.Of(rpc.Method.InputType)).Except(called)]);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task The_protocols_agree_about_what_a_recorded_server_answered(string server)
    {
        var cases = Recorded.Cases.Where(replayed => replayed.Exchange.Server == server).ToArray();
        var upstream = new ReplayUpstream(Recordings.ForServer(server), cases);
        using var connections = new ListeningHandler(upstream);
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions { Connections = connections, Keys = EachForItself });
        using var caller = new ProtocolCaller(gateway);
        var differences = new List<string>();
        foreach (var replayed in cases.Where(IsCall).DistinctBy(replayed => (replayed.Rpc!.Operation.Id, replayed.Exchange.Response.Status, replayed.Exchange.IsGuest)))
        {
            var method = replayed.Rpc!.Method;
            var authorization = replayed.Exchange.IsGuest ? null : Caller.Basic(replayed.Exchange.Actor, replayed.Exchange.Credential ?? "");
            async Task<string> ObserveAsync(Dialect dialect)
            {
                upstream.Expect(replayed);
                connections.Clear();
                return ProtocolCaller.Describe(await caller.CallAsync(dialect, method, replayed.Request!, authorization)) + connections.Text;
            }

            // The first call of a caller also makes the gateway learn what the server can do.
            await ObserveAsync(ProtocolCaller.Reference);
            differences.AddRange(await DifferencesAsync($"{replayed.Exchange}", ProtocolCaller.DialectsOf(method), ObserveAsync));
        }

        Expect.None(differences);
    }

    [Fact]
    public async Task The_protocols_agree_about_rpcs_that_no_recorded_server_answered()
    {
        var differences = new List<string>();
        foreach (var (profile, template) in Unrecorded)
        {
            using var connections = new AnnouncingHandler();
            await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions
            {
                // Its clock stands still, so that the same answer has the same times.
                Simulator = new SimulatorOptions { Profile = profile, SeedDemoData = false, TimeProvider = new ManualTimeProvider() },
                Connections = connections,
            });
            using var caller = new ProtocolCaller(gateway);
            var alice = gateway.As("alice");
            var room = (await alice.AskAsync<CreateRoomResponse>(new CreateRoomRequest { Type = RoomType.Group, Name = "Protocols" })).Room;
            var request = template.Descriptor.Parser.ParseFrom(template.ToByteString());
            request.Descriptor.FindFieldByName("token")?.Accessor.SetValue(request, room.Token);

            var method = MethodOf(request);
            differences.AddRange(await DifferencesAsync(
                method.FullName,
                ProtocolCaller.DialectsOf(method),
                async dialect =>
                {
                    var reply = await caller.CallAsync(dialect, method, request, alice.Authorization);

                    // Each call leaves a message behind, so the room's last one is another every time.
                    reply.Messages.OfType<SetMessageExpirationResponse>().ToList().ForEach(answer => answer.Room.LastMessage = null);
                    return ProtocolCaller.Describe(reply);
                }));
        }

        Expect.None(differences);
    }

    [Fact]
    public async Task Every_rpc_keeps_its_deadline_by_every_protocol()
    {
        var failures = new List<string>();
        var missing = Recorded.Contract.Select(rpc => RpcPaths.Of(rpc.Method.InputType)).ToHashSet();
        foreach (var server in Recordings.Servers.Reverse())
        {
            var calls = Recorded.Cases.Where(replayed => replayed.Exchange.Server == server.Name && IsCall(replayed) && !replayed.IsPolyfilled)
                .Select(replayed => (replayed.Rpc!.Method, replayed.Request!))
                .Where(call => missing.Remove(RpcPaths.Of(call.Method.InputType)))
                .ToList();
            using var upstream = new ReplayUpstream(server, []);
            failures.AddRange(await MissedDeadlinesAsync(upstream, calls));
        }

        foreach (var (profile, request) in Unrecorded.Where(row => missing.Remove(RpcPaths.Of(row.Request.Descriptor))))
        {
            using var upstream = new AnnouncingHandler();
            failures.AddRange(await MissedDeadlinesAsync(upstream, [(MethodOf(request), request)], profile));
        }

        Expect.None(failures);
        Assert.Empty(missing);
    }

    /// <summary>Makes calls to a server that says what it can do, and nothing more.</summary>
    private static async Task<List<string>> MissedDeadlinesAsync(HttpMessageHandler upstream, IReadOnlyList<(MethodDescriptor Method, IMessage Request)> calls, string profile = "25")
    {
        const int timeoutMs = 500;
        var failures = new List<string>();
        var time = new ManualTimeProvider();
        using var connections = new SilentHandler(upstream);
        await using var gateway = await TestGateway.StartAsync(new TestGatewayOptions
        {
            Simulator = new SimulatorOptions { Profile = profile, SeedDemoData = false },
            Connections = connections,
            Time = time,
            Keys = EachForItself,
        });
        using var caller = new ProtocolCaller(gateway);

        // Capabilities are answered from memory later on, so they come first, while even they are not told.
        foreach (var (method, request) in calls.OrderByDescending(call => call.Method.Name == "GetCapabilities"))
        {
            connections.TellsCapabilities = method.Name != "GetCapabilities";
            foreach (var dialect in ProtocolCaller.DialectsOf(method).Prepend(ProtocolCaller.Reference))
            {
                var waiting = time.WaitForTimerAsync(TimeSpan.FromMilliseconds(timeoutMs));
                var call = caller.CallAsync(dialect, method, request, Caller.Basic("alice", "alice"), timeoutMs);
                await Task.WhenAny(call, Task.WhenAll(waiting, connections.HoldsRequestAsync()));
                time.Advance(TimeSpan.FromMilliseconds(timeoutMs));
                var reply = await call;
                if (reply.Code != Code.DeadlineExceeded)
                {
                    failures.Add($"{method.FullName} by {dialect}: {reply.Code} {reply.Message}");
                }
            }
        }

        return failures;
    }

    private static MethodDescriptor MethodOf(IMessage request) => Recorded.Contract.Single(rpc => rpc.Method.InputType == request.Descriptor).Method;

    private static async Task<List<string>> DifferencesAsync(string call, IEnumerable<Dialect> dialects, Func<Dialect, Task<string>> observe)
    {
        var expected = (await observe(ProtocolCaller.Reference)).Split('\n');
        var differences = new List<string>();
        foreach (var dialect in dialects)
        {
            var observed = (await observe(dialect)).Split('\n');
            if (!observed.SequenceEqual(expected))
            {
                differences.Add($"{call} by {dialect}: {string.Join('\n', observed.Except(expected))}\ninstead of {string.Join('\n', expected.Except(observed))}");
            }
        }

        return differences;
    }

    private static bool IsCall(ReplayCase replayed) => replayed is { Kind: ReplayKind.Whole, Request: not null };

    /// <summary>Nothing is remembered from one call to the next.</summary>
    private static Dictionary<string, string?> EachForItself { get; } = new()
    {
        [$"Upstreams:Servers:{TestGateway.Upstream}:Retry:MaxRetries"] = "0",
        [$"Upstreams:Servers:{TestGateway.Upstream}:CircuitBreaker:Enabled"] = "false",
        [$"Upstreams:Servers:{TestGateway.Upstream}:LoginJars:Enabled"] = "false",
        [$"Upstreams:Servers:{TestGateway.Upstream}:WrongCredentials:Duration"] = "00:00:00",
    };
}
