using System.Text;
using Google.Protobuf;
using TalkGateway.LoadTest.Servers;
using TalkGateway.Talk.V1;

namespace TalkGateway.LoadTest.Load;

/// <summary>One phase as the table shows it.</summary>
/// <param name="Cpu">CPU time of the measured process per call.</param>
/// <param name="AllocatedBytes">Managed memory of the measured process per call.</param>
/// <param name="P50">Latency, 50th percentile.</param>
/// <param name="P99">Latency, 99th percentile.</param>
/// <param name="BytesUp">Per call, to the gateway.</param>
/// <param name="BytesDown">Per call, from the gateway.</param>
/// <param name="CallsPerSecond">Throughput while the machine is shared with client and upstream.</param>
internal sealed record Phase(TimeSpan Cpu, double AllocatedBytes, TimeSpan P50, TimeSpan P99, double BytesUp, double BytesDown, double CallsPerSecond);

/// <summary>The phases of one operation, by kind, in the order they were run.</summary>
/// <param name="Name">The operation.</param>
/// <param name="AnswerBytes">Size of the upstream's answer.</param>
internal sealed record Comparison(string Name, int AnswerBytes, IReadOnlyList<Phase> Grpc, IReadOnlyList<Phase> PassThrough, IReadOnlyList<Phase> BareHops);

/// <summary>
/// Compares a gRPC call with the gateway's own pass-through of the same upstream answer, and both with two bare HTTP hops. The
/// kinds take turns within a round, so that whatever else the machine does falls on all of them.
/// </summary>
internal static class CallComparison
{
    private const string User = "alice";
    private const string Session = "a1b2c3d4e5=0123456789abcdef0123456789; oc_sessionPassphrase=0123456789abcdef";

    public static async Task<IReadOnlyList<Comparison>> RunAsync(string profile, string only, LoadShape shape, CancellationToken cancellationToken)
    {
        await using var upstream = await ServerProcess.StartCannedAsync(profile, cancellationToken);
        await using var gateway = await ServerProcess.StartGatewayAsync(upstream.Address, cancellationToken);
        await using var hops = await ServerProcess.StartBareHopsAsync(upstream.Address, cancellationToken);
        var room = upstream.Ready.Room!;

        Operation[] operations =
        [
            Operation.Of<GetRoomResponse>(
                "GetRoom", "/talk.v1.RoomService/GetRoom", new GetRoomRequest { Token = room }, r => r.Room.Token == room, TalkPaths.Room(room), null),
            Operation.Of<ListRoomsResponse>(
                "ListRooms (20)", "/talk.v1.RoomService/ListRooms", new ListRoomsRequest(), r => r.Rooms.Count == 20, TalkPaths.Rooms, null),
            Operation.Of<SendMessageResponse>(
                "SendMessage",
                "/talk.v1.ChatService/SendMessage",
                new SendMessageRequest { Token = room, Message = TalkPaths.MessageText },
                r => r.Message.Text == TalkPaths.MessageText,
                TalkPaths.Chat(room),
                TalkPaths.MessageBody),
        ];
        var comparisons = new List<Comparison>();
        foreach (var operation in operations.Where(o => o.Name.StartsWith(only, StringComparison.OrdinalIgnoreCase)))
        {
            comparisons.Add(await CompareAsync(operation, gateway, hops, shape, cancellationToken));
        }

        return comparisons;
    }

    private static async Task<Comparison> CompareAsync(
        Operation operation, ServerProcess gateway, ServerProcess hops, LoadShape shape, CancellationToken cancellationToken)
    {
        var rest = await operation.AskRestAsync(gateway.Address, cancellationToken);
        Kind[] kinds =
        [
            new(gateway, operation.GrpcTo(gateway.Address), await operation.AskGrpcAsync(gateway.Address, cancellationToken)),
            new(gateway, operation.RestTo(gateway.Address), rest),
            new(hops, operation.RestTo(hops.Address), rest),
        ];
        foreach (var kind in kinds)
        {
            await kind.RunAsync(shape, shape.WarmUpCalls, cancellationToken);
        }

        var phases = kinds.Select(_ => new List<Phase>()).ToArray();
        for (var round = 0; round < shape.Rounds; round++)
        {
            for (var i = 0; i < kinds.Length; i++)
            {
                phases[i].Add(await kinds[i].RunAsync(shape, shape.Calls, cancellationToken));
            }
        }

        return new Comparison(operation.Name, rest, phases[0], phases[1], phases[2]);
    }

    /// <summary>One way to ask.</summary>
    private sealed record Kind(ServerProcess Server, RequestTemplate Request, int ExpectedData)
    {
        public async Task<Phase> RunAsync(LoadShape shape, int calls, CancellationToken cancellationToken)
        {
            using var client = await LoadClient.OpenAsync(Server.Address, Request, ExpectedData, shape, cancellationToken);
            var before = await Server.UsageAsync(cancellationToken);
            var outcome = await client.RunAsync(calls, cancellationToken);
            var used = (await Server.UsageAsync(cancellationToken)).Since(before);
            return new Phase(
                used.Cpu / calls,
                (double)used.AllocatedBytes / calls,
                outcome.Percentile(50),
                outcome.Percentile(99),
                (double)outcome.BytesSent / calls,
                (double)outcome.BytesReceived / calls,
                calls / outcome.Elapsed.TotalSeconds);
        }
    }

    /// <summary>One operation, in both languages.</summary>
    private sealed record Operation(string Name, string Rpc, byte[] Frame, Func<byte[], bool> IsRight, string RestPath, string? RestBody)
    {
        private static readonly string Authorization = "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"{User}:{User}"));

        public static Operation Of<TResponse>(
            string name, string rpc, IMessage request, Func<TResponse, bool> isRight, string restPath, string? restBody)
            where TResponse : IMessage<TResponse>, new() =>
            new(name, rpc, GrpcFrame.Of(request), answer => isRight(GrpcFrame.Read<TResponse>(answer)), restPath, restBody);

        public RequestTemplate GrpcTo(Uri server) => new(
            isPost: true,
            server,
            Rpc,
            [("content-type", "application/grpc"), ("te", "trailers"), ("user-agent", "load/1"), ("authorization", Authorization)],
            Frame);

        // On a session's cookies, as the gateway's own requests are: the upstream's answer is the same to the byte.
        public RequestTemplate RestTo(Uri server) => new(
            isPost: RestBody is not null,
            server,
            RestPath + "?format=json",
            [
                ("accept", "application/json"), ("ocs-apirequest", "true"), ("user-agent", "load/1"), ("cookie", Session),
                .. RestBody is null ? Array.Empty<(string, string)>() :
                [
                    ("content-type", "application/json"),
                    ("content-length", Encoding.UTF8.GetByteCount(RestBody).ToString(System.Globalization.CultureInfo.InvariantCulture)),
                ],
            ],
            Encoding.UTF8.GetBytes(RestBody ?? ""));

        /// <summary>Makes the call once, checks the answer, and returns its length.</summary>
        public async Task<int> AskGrpcAsync(Uri gateway, CancellationToken cancellationToken)
        {
            using var caller = new GrpcCaller(gateway, Authorization);

            // The first ones log in.
            var answer = Array.Empty<byte>();
            for (var i = 0; i < 4; i++)
            {
                answer = await caller.CallAsync(Rpc, Frame, cancellationToken);
            }

            return IsRight(answer) ? answer.Length : throw new InvalidDataException($"{Name} answers something else over gRPC.");
        }

        /// <inheritdoc cref="AskGrpcAsync"/>
        public async Task<int> AskRestAsync(Uri gateway, CancellationToken cancellationToken)
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false });
            using var request = new HttpRequestMessage(RestBody is null ? HttpMethod.Get : HttpMethod.Post, new Uri(gateway, RestPath + "?format=json"));
            request.Headers.Add("Accept", "application/json");
            request.Headers.Add("OCS-APIRequest", "true");
            request.Headers.Add("Cookie", Session);
            request.Content = RestBody is null ? null : new StringContent(RestBody, Encoding.UTF8, "application/json");
            using var response = await client.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            return (await response.Content.ReadAsByteArrayAsync(cancellationToken)).Length;
        }
    }
}
