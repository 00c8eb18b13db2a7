using Microsoft.Extensions.Logging;
using TalkGateway.Configuration;

namespace TalkGateway.LoadTest.Servers;

/// <summary>The gateway as it is shipped, in a process of its own.</summary>
internal static class GatewayServer
{
    public static async Task RunAsync(Uri upstream, CancellationToken cancellationToken)
    {
        var settings = new CommandLineSettings(null, new Dictionary<string, string?>
        {
            ["Listen"] = "http://127.0.0.1:0",
            ["Upstreams:Servers:bench:Address"] = upstream.AbsoluteUri,
        });

        // Standard output is the pipe to the program.
        await using var gateway = await GatewayHost.StartAsync(
            settings,
            cancellationToken,
            builder => builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        await ControlPipe.ServeAsync(new ServerReady(gateway.Address), cancellationToken);
    }
}
