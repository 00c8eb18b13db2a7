using System.CommandLine;
using TalkGateway.LoadTest;
using TalkGateway.LoadTest.Load;
using TalkGateway.LoadTest.Servers;
using TalkGateway.LoadTest.Story;

var profile = new Option<string>("--profile")
{
    Description = "Talk version (12 or newer) whose answers the upstream gives; 12 has rooms of about 1 KB",
    DefaultValueFactory = _ => "12",
};
var rounds = Count("--rounds", 15, "Measured phases of each kind; they alternate");
var calls = Count("--calls", 8_000, "Calls in a phase");
var warmUp = Count("--warm-up", 60_000, "Calls of each kind before anything is measured");
var concurrency = Count("--concurrency", 32, "Calls in flight");
var connections = Count("--connections", 4, "HTTP/2 connections they share");
var only = new Option<string>("--only") { Description = "Do one part only" }.AcceptOnlyFromAmong("calls", "logins");
var operation = new Option<string>("--operation") { Description = "Compare this rpc only", DefaultValueFactory = _ => "" };
var limit = Count("--limit", 900, "Seconds after which the run is given up");
var upstream = new Option<Uri>("--upstream") { Required = true, CustomParser = argument => new Uri(argument.Tokens[0].Value) };

var root = new RootCommand("Compares gRPC calls through the gateway with its own pass-through, and with REST calls made directly to a server whose logins cost what real ones do.")
{
    profile, rounds, calls, warmUp, concurrency, connections, only, operation, limit,
};
root.SetAction(async (result, cancellationToken) =>
{
    using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    bounded.CancelAfter(TimeSpan.FromSeconds(result.GetValue(limit)));
    Report.Machine(Console.Out);
    if (result.GetValue(only) is not "logins")
    {
        var shape = new LoadShape(
            result.GetValue(rounds), result.GetValue(calls), result.GetValue(warmUp), result.GetValue(concurrency), result.GetValue(connections));
        Report.Calls(Console.Out, shape, await CallComparison.RunAsync(result.GetValue(profile)!, result.GetValue(operation)!, shape, bounded.Token));
    }

    if (result.GetValue(only) is not "calls")
    {
        Report.Logins(Console.Out, await LoginComparison.RunAsync(bounded.Token));
    }

    Report.Load(Console.Out);
    return 0;
});

// The program's own children. Each prints one line when it listens, answers questions on its standard input, and ends with it.
root.Add(Server("serve-gateway", [upstream], (r, c) => GatewayServer.RunAsync(r.GetValue(upstream)!, c)));
root.Add(Server("serve-hops", [upstream], (r, c) => BareHopsServer.RunAsync(r.GetValue(upstream)!, c)));
root.Add(Server("serve-answers", [profile], (r, c) => CannedServer.RunAsync(r.GetValue(profile)!, c)));
root.Add(Server("serve-simulator", [], (_, c) => CostlySimulator.RunAsync(c)));
return await root.Parse(args).InvokeAsync();

static Option<int> Count(string name, int value, string description) =>
    new(name) { Description = description, DefaultValueFactory = _ => value };

static Command Server(string name, Option[] options, Func<ParseResult, CancellationToken, Task> run)
{
    var command = new Command(name) { Hidden = true };
    foreach (var option in options)
    {
        command.Add(option);
    }

    command.SetAction(async (result, cancellationToken) =>
    {
        await run(result, cancellationToken);
        return 0;
    });
    return command;
}
